// Payloads as a writer may write them, at the edges of what its schema allows; and the search for one that the reader of another schema refuses.
// Independent of the comparison that it judges: it only generates and validates.
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import fc from 'fast-check';
import type { EventSchema } from '../../scripts/asyncapi.ts';

const FORMATS: Record<string, string> = {
  uuid: '5f0c1d3e-6a70-4c9f-9d86-0a3c2f2f7b11',
  date: '2026-03-01',
  'date-time': '2026-03-01T09:30:00.000Z',
};

function texts(schema: EventSchema): string[] {
  if (schema.format) return [FORMATS[schema.format] ?? 'text'];
  if (schema.pattern) return fc.sample(fc.stringMatching(new RegExp(String(schema.pattern))), { numRuns: 3, seed: 7 });
  const least = Number(schema.minLength ?? 0);
  const most = Number(schema.maxLength ?? least + 40);
  return [...new Set([least, Math.min(least + 1, most), most])].map((length) => 'x'.repeat(length));
}

function numbers(schema: EventSchema, whole: boolean): number[] {
  const least = Number(schema.minimum ?? -3);
  const most = Number(schema.maximum ?? Math.max(least, 0) + 1_000);
  return [...new Set([least, Math.min(least + 1, most), most, ...(whole ? [] : [(least + most) / 2])])];
}

/** Values of a schema, the first one ordinary, each other one at some edge. */
export function samples(schema: EventSchema): unknown[] {
  if (schema.enum) return schema.enum;
  return [schema.type ?? 'object'].flat().flatMap((type): unknown[] => {
    if (type === 'null') return [null];
    if (type === 'boolean') return [true, false];
    if (type === 'string') return texts(schema);
    if (type === 'integer' || type === 'number') return numbers(schema, type === 'integer');
    if (type === 'array') return arrays(schema);
    return objects(schema);
  });
}

function arrays(schema: EventSchema): unknown[][] {
  const items = samples(schema.items!);
  const least = Number(schema.minItems ?? 0);
  const singles = items.map((item) => [item]);
  return least === 0 ? [...singles, []] : singles;
}

/** One with everything, one with the least, one for each edge of each field, one without each optional field. */
function objects(schema: EventSchema): object[] {
  const fields = Object.entries(schema.properties ?? {}).map(([name, property]) => ({ name, values: samples(property) }));
  const full = Object.fromEntries(fields.map(({ name, values }) => [name, values[0]]));
  const required = new Set(schema.required);
  const least = Object.fromEntries(Object.entries(full).filter(([name]) => required.has(name)));
  return [
    full,
    least,
    ...fields.flatMap(({ name, values }) => values.slice(1).map((value) => ({ ...full, [name]: value }))),
    ...fields
      .filter(({ name }) => !required.has(name))
      .map(({ name }) => Object.fromEntries(Object.entries(full).filter(([other]) => other !== name))),
  ];
}

/** A reader ignores what it does not know. */
function reader(node: any): any {
  if (Array.isArray(node)) return node.map(reader);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      key,
      key === 'additionalProperties' ? true : key === 'properties' ? mapValues(value) : reader(value),
    ]),
  );
}
const mapValues = (properties: any) => Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, reader(value)]));

function validator({ $id: _, $schema: __, ...schema }: EventSchema, tolerant: boolean) {
  const ajv = new Ajv2020({ strict: false, allErrors: false, validateSchema: false });
  (formats as unknown as (ajv: Ajv2020) => void)(ajv);
  return ajv.compile(tolerant ? reader(schema) : schema);
}

/** A payload that one side may write and the other cannot read, as a sentence; undefined when all are understood both ways. */
export function misunderstanding(old: EventSchema, current: EventSchema): string | undefined {
  for (const [writer, other, story] of [
    [old, current, 'the new reader refuses what the old writer wrote'],
    [current, old, 'the old reader refuses what the new writer writes'],
  ] as const) {
    const mayWrite = validator(writer, false);
    const canRead = validator(other, true);
    for (const payload of samples(writer)) {
      if (!mayWrite(payload)) continue; // the generator overshot: no writer may write it
      if (!canRead(payload)) return `${story}: ${canRead.errors?.[0]?.instancePath} ${canRead.errors?.[0]?.message}`;
    }
  }
  return undefined;
}
