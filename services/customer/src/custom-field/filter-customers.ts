// `custom` in a filter of customers: each condition names a field by its key and is compiled by the field's type. Equality goes by the columns' GIN indexes,
// whatever the field; an unknown key is BAD_USER_INPUT. [CustomerList]
import type { Reader } from '@customer360/kernel/database';
import { contains, type FilterField, field, startsWith } from '@customer360/kernel/filter';
import { badInput } from '@customer360/kernel/problem';
import { and, join, raw, type Sql, sql } from '@customer360/kernel/sql';
import { customerList } from '../customer/customer.table.ts';
import { customFields } from './custom-field.table.ts';
import { type CustomField, checkValue } from './custom-field.ts';

/** The fields of a customer filter; the custom ones are looked up only where the filter names some. */
export async function customerFilterFor(reader: Reader, filter: object | null | undefined): Promise<Readonly<Record<string, FilterField>>> {
  const named = filter && JSON.stringify(filter).includes('"custom":');
  return named ? withCustomFields(await customFields(reader)) : customerList.filter;
}

/** The fields of a customer filter and these custom ones. */
export function withCustomFields(fields: readonly CustomField[]): Readonly<Record<string, FilterField>> {
  const byKey = new Map(fields.map((each) => [each.key, each]));
  const leaf = (_at: string, condition: unknown, path: string): Sql => {
    const { key, ...operators } = condition as { key: string };
    const custom = byKey.get(key);
    if (!custom) throw badInput(`${path}.key`, 'is not a custom field');
    const given = Object.entries(operators).filter(([, operand]) => operand !== undefined && operand !== null);
    return and(...given.map(([operator, operand]) => compare(custom, operator, operand, `${path}.${operator}`)));
  };
  return { ...customerList.filter, custom: { ...field('c.custom', 'text'), leaf } };
}

const ORDER: Readonly<Record<string, string>> = { gt: '>', gte: '>=', lt: '<', lte: '<=' };

function compare(custom: CustomField, operator: string, operand: unknown, path: string): Sql {
  const column = raw(custom.personal ? 'c.custom_personal' : 'c.custom');
  const is = (text: string): Sql => sql`${column} @> ${JSON.stringify({ [custom.key]: parse(custom, text, path) })}::jsonb`;
  const present = sql`coalesce(jsonb_exists(${column}, ${custom.key}), false)`;
  switch (operator) {
    case 'eq':
      return is(operand as string);
    case 'ne':
      return sql`(${present} and not ${is(operand as string)})`;
    case 'in':
      return oneOf(operand as string[], is, path);
    case 'notIn':
      return sql`(${present} and not ${oneOf(operand as string[], is, path)})`;
    case 'isNull':
      return operand ? sql`not ${present}` : present;
    case 'contains':
    case 'startsWith': {
      if (custom.type !== 'text' && custom.type !== 'url') throw badInput(path, `is not for a ${custom.type} field`);
      const value = sql`(${column}->>${custom.key}::text)`;
      return operator === 'contains' ? contains(value, operand as string) : startsWith(value, operand as string);
    }
    default: {
      if (custom.type !== 'number' && custom.type !== 'date') throw badInput(path, `is not for a ${custom.type} field`);
      const type = raw(custom.type === 'number' ? 'numeric' : 'date');
      const value = String(parse(custom, operand as string, path));
      return sql`(${column}->>${custom.key}::text)::${type} ${raw(ORDER[operator]!)} ${value}::${type}`;
    }
  }
}

const MAX_LIST = 200;

const oneOf = (texts: readonly string[], is: (text: string) => Sql, path: string): Sql => {
  if (texts.length > MAX_LIST)
    throw badInput(path, `has more than ${MAX_LIST} values`, { limit: 'filterList', max: MAX_LIST, asked: texts.length });
  if (texts.length === 0) return raw('false');
  return sql`(${join(texts.map(is), raw(' or '))})`;
};

/** An operand is text; it stands for a value of the field's type. One choice of several is found by containment. */
function parse(custom: CustomField, text: string, path: string): unknown {
  if (custom.type === 'boolean') return checkValue(custom, { true: true, false: false }[text] ?? text, path);
  return checkValue(custom, custom.type === 'multi_choice' ? [text] : text, path);
}
