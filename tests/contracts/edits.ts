// Edits that somebody might make to an event's schema, with what each means for those who know the old one.
import type { EventSchema } from '../../scripts/asyncapi.ts';

export interface Edit {
  readonly name: string;
  readonly breaks: boolean;
  fits(node: EventSchema): boolean;
  apply(node: EventSchema, name?: string): void;
}

/** Every schema in a schema: itself, properties, items. */
export function nodesOf(schema: EventSchema): EventSchema[] {
  return [schema, ...Object.values(schema.properties ?? {}).flatMap(nodesOf), ...(schema.items ? nodesOf(schema.items) : [])];
}

/** Payloads cannot show these: nobody misreads them, but who relies on the field or its mark is let down. */
export const unseen = new Set(['remove an optional field', 'mark a field personal']);

const types = (node: EventSchema): string[] => [node.type ?? []].flat();
const isObject = (node: EventSchema) => Boolean(node.properties);
const optional = (node: EventSchema) => Object.keys(node.properties ?? {}).filter((name) => !node.required?.includes(name));
const plainText = (node: EventSchema) => types(node).includes('string') && !node.enum && !node.format && !node.pattern;
const number = (node: EventSchema) => types(node).some((type) => type === 'integer' || type === 'number') && !node.enum;
const field = { type: 'string', description: 'New.', 'x-personal': false } as unknown as EventSchema;

/** No contract has a field of this name. */
const ADDED = 'addedByAnEdit';

export const edits: readonly Edit[] = [
  {
    name: 'say it better',
    breaks: false,
    fits: () => true,
    apply: (n) => {
      n.description = 'Said better.';
    },
  },
  {
    name: 'another example',
    breaks: false,
    fits: isObject,
    apply: (n) => {
      n.examples = [];
    },
  },
  {
    name: 'add an optional field',
    breaks: false,
    fits: isObject,
    apply: (n, name = ADDED) => {
      n.properties![name] = structuredClone(field);
    },
  },
  {
    name: 'add an optional object with a required field',
    breaks: false,
    fits: isObject,
    apply: (n) => {
      n.properties![ADDED] = {
        type: 'object',
        additionalProperties: false,
        required: ['x'],
        properties: { x: field },
      } as unknown as EventSchema;
    },
  },
  {
    name: 'add a required field',
    breaks: true,
    fits: isObject,
    apply: (n) => {
      n.properties![ADDED] = structuredClone(field);
      n.required = [...(n.required ?? []), ADDED];
    },
  },
  {
    name: 'remove a required field',
    breaks: true,
    fits: (n) => isObject(n) && Boolean(n.required?.length),
    apply: (n) => {
      const [name, ...others] = n.required!;
      n.required = others;
      delete n.properties![name!];
    },
  },
  {
    name: 'remove an optional field',
    breaks: true,
    fits: (n) => optional(n).length > 0,
    apply: (n) => void delete n.properties![optional(n)[0]!],
  },
  {
    name: 'require an optional field',
    breaks: true,
    fits: (n) => optional(n).length > 0,
    apply: (n) => {
      n.required = [...(n.required ?? []), optional(n)[0]!];
    },
  },
  {
    name: 'no longer require a field',
    breaks: true,
    fits: (n) => Boolean(n.required?.length),
    apply: (n) => {
      n.required = n.required!.slice(1);
    },
  },
  {
    name: 'one more value',
    breaks: true,
    fits: (n) => Boolean(n.enum) && types(n).includes('string'),
    apply: (n) => void n.enum!.push('one more'),
  },
  { name: 'one value fewer', breaks: true, fits: (n) => (n.enum?.length ?? 0) > 1, apply: (n) => void n.enum!.shift() },
  {
    name: 'may be null now',
    breaks: true,
    fits: (n) => types(n).length === 1 && !n.enum && !isObject(n) && n.$id === undefined,
    apply: (n) => {
      n.type = [n.type as string, 'null'];
    },
  },
  {
    name: 'never null any more',
    breaks: true,
    fits: (n) => types(n).includes('null') && !n.enum,
    apply: (n) => {
      n.type = types(n).filter((type) => type !== 'null');
    },
  },
  {
    name: 'a number instead of text',
    breaks: true,
    fits: plainText,
    apply: (n) => {
      n.type = 'integer';
    },
  },
  {
    name: 'a day instead of text',
    breaks: true,
    fits: plainText,
    apply: (n) => {
      n.format = 'date';
    },
  },
  { name: 'any text instead of a format', breaks: true, fits: (n) => Boolean(n.format), apply: (n) => void delete n.format },
  {
    name: 'shorter text',
    breaks: true,
    fits: (n) => plainText(n) && Number(n.maxLength) > 1,
    apply: (n) => {
      n.maxLength = Number(n.maxLength) - 1;
    },
  },
  {
    name: 'longer text',
    breaks: true,
    fits: (n) => plainText(n) && Boolean(n.maxLength),
    apply: (n) => {
      n.maxLength = Number(n.maxLength) + 1;
    },
  },
  {
    name: 'only larger numbers',
    breaks: true,
    fits: number,
    apply: (n) => {
      n.minimum = Number(n.minimum ?? 0) + 1;
    },
  },
  {
    name: 'smaller numbers too',
    breaks: true,
    fits: (n) => number(n) && n.minimum !== undefined,
    apply: (n) => {
      n.minimum = Number(n.minimum) - 1;
    },
  },
  {
    name: 'mark a field personal',
    breaks: true,
    fits: (n) => n['x-personal'] === false,
    apply: (n) => {
      n['x-personal'] = true;
    },
  },
];
