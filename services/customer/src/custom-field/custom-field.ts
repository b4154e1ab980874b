// A custom field is a typed question that an installation adds to its customers without a release [CustomerForm]. Values stand in two columns of the
// customer's row, `custom` and `custom_personal`, so that the census erases and exports the personal ones like any other column. Pure.
import type { Row } from '@customer360/kernel/entity';
import { badInput, checkText } from '@customer360/kernel/problem';

export const CUSTOM_FIELD_TYPES = ['text', 'number', 'date', 'boolean', 'choice', 'multi_choice', 'url'] as const;
export type CustomFieldType = (typeof CUSTOM_FIELD_TYPES)[number];

export interface CustomField extends Row {
  entity: 'customer';
  /** Names the value for ever: not even a deleted field's key is used again, since its values may still be there. */
  key: string;
  label: string;
  description: string | null;
  type: CustomFieldType;
  choices: string[];
  required: boolean;
  personal: boolean;
}

export const LIMITS = { fields: 100, choices: 100, text: 1_000, bytes: 16_384 } as const;

export type Values = Record<string, unknown>;
/** The two columns. */
export interface CustomColumns {
  custom: Values | null;
  customPersonal: Values | null;
}

/** Checks values by their fields, each mistake naming `path.<key>`; null clears. */
export function checkValues(fields: readonly CustomField[], given: Values, path: string): Values {
  const byKey = new Map(fields.map((field) => [field.key, field]));
  return Object.fromEntries(
    Object.entries(given).map(([key, value]) => {
      const field = byKey.get(key);
      if (!field) throw badInput(`${path}.${key}`, 'is not a custom field');
      if (value === null && field.required) throw badInput(`${path}.${key}`, 'is required');
      return [key, value === null ? null : checkValue(field, value, `${path}.${key}`)];
    }),
  );
}

/** The same for a new customer, which has to have what is required. */
export function checkNewValues(fields: readonly CustomField[], given: Values | null | undefined, path: string): Values {
  for (const { key, required } of fields) if (required && given?.[key] === undefined) throw badInput(`${path}.${key}`, 'is required');
  return checkValues(fields, given ?? {}, path);
}

/** Checks one value; answers it as it is stored. */
export function checkValue({ type, choices }: Pick<CustomField, 'type' | 'choices'>, value: unknown, path: string): unknown {
  switch (type) {
    case 'text':
    case 'url': {
      if (typeof value !== 'string') throw badInput(path, 'must be a text');
      checkText(path, value, { max: LIMITS.text, required: true });
      if (type === 'url' && !isWebAddress(value)) throw badInput(path, 'must be an absolute http or https URL');
      return value;
    }
    case 'number': {
      const text = typeof value === 'number' || typeof value === 'string' ? String(value) : '';
      // 15 digits are what a JSON number holds exactly.
      if (!/^-?\d+(\.\d+)?$/.test(text) || text.replaceAll(/[-.]|^-?0+\.?0*/g, '').length > 15)
        throw badInput(path, 'must be a number of at most 15 digits');
      return Number(text);
    }
    case 'date':
      if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value) || !isDay(value)) throw badInput(path, 'must be a day, YYYY-MM-DD');
      return value;
    case 'boolean':
      if (typeof value !== 'boolean') throw badInput(path, 'must be true or false');
      return value;
    case 'choice':
      if (typeof value !== 'string' || !choices.includes(value)) throw badInput(path, `must be one of: ${choices.join(', ')}`);
      return value;
    case 'multi_choice':
      if (!Array.isArray(value) || value.some((one) => !choices.includes(one)))
        throw badInput(path, `must be a list of: ${choices.join(', ')}`);
      return choices.filter((choice) => value.includes(choice));
  }
}

const isDay = (text: string): boolean => {
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
};

const isWebAddress = (text: string): boolean => URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);

/** The columns once these checked values are in; those that did not change are the very same text. */
export function withValues(fields: readonly CustomField[], before: CustomColumns, values: Values, path: string): CustomColumns {
  const personal = new Set(fields.filter((field) => field.personal).map(({ key }) => key));
  const put = (column: Values | null, mine: (key: string) => boolean): Values | null => {
    const all = { ...column, ...Object.fromEntries(Object.entries(values).filter(([key]) => mine(key))) };
    const present = Object.entries(all).filter(([, value]) => value !== null);
    return present.length > 0 ? Object.fromEntries(present) : null;
  };
  const after = {
    custom: put(before.custom, (key) => !personal.has(key)),
    customPersonal: put(before.customPersonal, (key) => personal.has(key)),
  };
  const bytes = Buffer.byteLength(JSON.stringify(after));
  if (bytes > LIMITS.bytes)
    throw badInput(path, `all values together are longer than ${LIMITS.bytes} bytes`, { max: LIMITS.bytes, asked: bytes });
  return after;
}

/** What the graph shows: the values of living fields. */
export const shownValues = (fields: readonly CustomField[], { custom, customPersonal }: CustomColumns): Values => {
  const all = { ...custom, ...customPersonal };
  return Object.fromEntries(fields.flatMap(({ key }) => (key in all ? [[key, all[key]]] : [])));
};

/** The columns of a merged customer [WF-CM-002]: the survivor's, who comes first, and what only the others have. */
export function foldValues(sides: readonly CustomColumns[]): CustomColumns {
  const fold = (column: keyof CustomColumns): Values | null => {
    const kept: Values = {};
    for (const [key, value] of sides.flatMap((side) => Object.entries(side[column] ?? {}))) if (!(key in kept)) kept[key] = value;
    return Object.keys(kept).length > 0 ? kept : null;
  };
  return { custom: fold('custom'), customPersonal: fold('customPersonal') };
}

/** They are told by their keys, not as columns. */
export const isCustomColumn = (name: string): boolean => name === 'custom' || name === 'customPersonal';

/** The keys whose values differ, as `customer-updated` names them. */
export function changedCustomNames(before: CustomColumns, after: CustomColumns): string[] {
  const [was, is]: [Values, Values] = [
    { ...before.custom, ...before.customPersonal },
    { ...after.custom, ...after.customPersonal },
  ];
  const keys = new Set([...Object.keys(was), ...Object.keys(is)]);
  return [...keys].filter((key) => JSON.stringify(was[key]) !== JSON.stringify(is[key])).map((key) => `custom.${key}`);
}
