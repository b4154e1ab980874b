// The event contracts as data: one closed schema per fact and version, every field described and marked personal or not, no personal field on a
// fact topic, and examples that keep their own promise. (events.md, "Envelope, topics, schemas")
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

const root = join(import.meta.dirname, '../../schemas/events');
interface Schema {
  $id?: string;
  title?: string;
  description?: string;
  type: string;
  additionalProperties?: boolean;
  properties?: Record<string, Schema & { 'x-personal'?: boolean }>;
  items?: Schema;
  examples?: unknown[];
  required?: string[];
}
const schemas = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name: folder }) =>
    readdirSync(join(root, folder))
      .filter((file) => file.endsWith('.json'))
      .map((file) => ({ folder, file: `${folder}/${file}`, schema: JSON.parse(readFileSync(join(root, folder, file), 'utf8')) as Schema })),
  );

/** What is wrong with one schema. */
export function faults(folder: string, file: string, schema: Schema): string[] {
  const found: string[] = [];
  const expected = `${folder.replace(/\.state$/, '')}.${basename(file, '.json')}`;
  if (schema.$id !== expected) found.push(`$id is ${schema.$id}, not ${expected}`);
  if (!schema.title || !schema.description) found.push('title or description is missing');
  if (!schema.examples?.length) found.push('there is no example');
  const walk = (node: Schema, path: string) => {
    if (node.properties && node.additionalProperties !== false) found.push(`${path || 'the root'} is not closed`);
    for (const [name, property] of Object.entries(node.properties ?? {})) {
      const at = `${path}/${name}`;
      if (!property.description) found.push(`${at} has no description`);
      if (typeof property['x-personal'] !== 'boolean') found.push(`${at} is not marked personal or not`);
      if (property['x-personal'] && /^crm\.[a-z]+$/.test(folder)) found.push(`${at} is personal, on a fact topic`);
      walk(property, at);
    }
    if (node.items) walk(node.items, `${path}[]`);
  };
  walk(schema, '');
  const ajv = new Ajv2020({ strict: false });
  (formats as unknown as (ajv: Ajv2020) => void)(ajv);
  const check = ajv.compile(schema);
  schema.examples?.forEach((example, i) => {
    if (!check(example)) found.push(`example ${i}: ${ajv.errorsText(check.errors)}`);
  });
  return found;
}

test('there are contracts of all four services and of the modules that we hear', () => {
  const folders = new Set(schemas.map(({ folder }) => folder));
  for (const folder of [
    'crm.customer',
    'crm.interaction',
    'crm.lifecycle',
    'crm.compliance',
    'crm.customer.state',
    'crm.lifecycle.state',
    'crm.compliance.state',
    'crm.interaction.state',
    'financial',
    'sales',
    'support',
    'field-service',
    'usage',
  ]) {
    expect(folders).toContain(folder);
  }
});

test.each(schemas.map((s) => [s.file, s] as const))('%s is closed, described, marked and exemplified', (_, { folder, file, schema }) => {
  expect(faults(folder, file, schema)).toEqual([]);
});

test('an open schema, a personal fact and a lying example are each found', () => {
  const schema: Schema = {
    $id: 'crm.customer.x.v1',
    title: 'x',
    description: 'x',
    type: 'object',
    properties: { name: { type: 'string', description: 'a name', 'x-personal': true } },
    examples: [{ name: 3 }],
  };
  expect(faults('crm.customer', 'crm.customer/x.v1.json', schema)).toEqual([
    'the root is not closed',
    '/name is personal, on a fact topic',
    expect.stringContaining('example 0'),
  ]);
});
