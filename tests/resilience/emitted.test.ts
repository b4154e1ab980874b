// Everything that the tests before this one made the services tell: read from the topics, held against the closed writer schemas, and no fact carries a
// personal value. Runs after the others, so it sees what all of them caused. (events.md, "Envelope, topics, schemas")
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { person } from '../support/customers.ts';
import { type Read, readTopic, stack } from '../support/stack.ts';

const folder = join(import.meta.dirname, '../../schemas');
const topics = JSON.parse(readFileSync(join(folder, 'topics.json'), 'utf8')).topics as Array<{
  name: string;
  kind: string;
  carries?: string;
}>;
const ajv = new Ajv2020({ strict: false });
(formats as unknown as (ajv: Ajv2020) => void)(ajv);
const schemas = new Map<string, any>(
  readdirSync(join(folder, 'events'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => JSON.parse(readFileSync(join(entry.parentPath, entry.name), 'utf8')))
    .map((schema) => [schema.$id, schema]),
);

/** What tests themselves put on our topics, to see what a consumer makes of it (`publishInbound`). */
const FORGED = /^\/(crm|tests)$/;

/** What breaks the envelope or the contract of a record; names the place, never a value. */
export function faults(topic: { name: string; kind: string; carries?: string }, { key, data, headers }: Read): string[] {
  const type = headers.ce_type ?? '';
  const at = `${topic.name} ${type} of ${key}:`;
  const found: string[] = [];
  for (const name of ['ce_id', 'ce_source', 'ce_subject', 'ce_time', 'ce_dataschema', 'actor', 'content-type'])
    if (!headers[name]) found.push(`${at} header ${name} is missing`);
  if (headers.ce_specversion !== '1.0') found.push(`${at} is not CloudEvents 1.0`);
  if (headers.ce_subject !== key) found.push(`${at} the subject is not the key`);
  if (!/^[1-9]\d*$/.test(headers.ce_sequence ?? '')) found.push(`${at} no sequence`);
  if (topic.carries ? type !== topic.carries : !type.startsWith(topic.name.replace('events.v1', '')))
    found.push(`${at} is on the wrong topic`);
  const schema = schemas.get(type);
  if (!schema) return [...found, `${at} has no contract`];
  if (data === null) return topic.kind === 'state' ? found : [...found, `${at} a fact without a payload`];
  const check = ajv.getSchema(type) ?? ajv.compile(schema);
  if (!check(data)) found.push(`${at} ${check.errors?.map((e) => `${e.instancePath} ${e.message}`).join('; ')}`);
  return found;
}

/** Personal texts in a payload, by the marks of its schema. */
function personal(schema: any, data: any): string[] {
  if (data === null || data === undefined) return [];
  if (Array.isArray(data)) return data.flatMap((item) => personal(schema.items ?? {}, item));
  if (typeof data !== 'object') return [];
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]: [string, any]) => {
    const value = data[name];
    return property['x-personal'] && typeof value === 'string' ? [value] : personal(property, value);
  });
}

const texts = (data: unknown): string[] =>
  typeof data === 'string' ? [data] : typeof data === 'object' && data !== null ? Object.values(data).flatMap(texts) : [];

/** Does this text say who somebody is? Ids, dates and the catalogue's words are no secret although a personal field may hold the same. */
export function isPersonal(text: string, known: ReadonlySet<string>): boolean {
  if (/[^\s@]+@[^\s@]+\.[^\s@]+/.test(text)) return true;
  return known.has(text) && !/^[0-9a-f-]{36}$|^\d{4}-\d\d-\d\d|^[a-z_]{1,40}$|^[A-Z]{2,3}$|^-?[\d.]{1,8}$/.test(text);
}

test('everything that was told keeps its envelope and its closed contract, and no fact carries a personal value', async () => {
  const grace = await person({ displayName: 'Grace Example', email: 'grace.example@example.com', phone: '+49 30 901820' });
  const own = topics.filter(({ kind }) => kind !== 'inbound');
  const records: Array<{ topic: (typeof own)[number]; record: Read }> = [];
  for (const topic of own)
    for (const record of await readTopic(topic.name, { withinMs: 60_000 })) {
      if (!FORGED.test(record.headers.ce_source ?? '')) records.push({ topic, record });
    }
  expect(records.length).toBeGreaterThan(2);
  expect(records.flatMap(({ topic, record }) => faults(topic, record)).slice(0, 20)).toEqual([]);

  // What is personal about whom: a fact about a customer may hold nothing of it.
  const known = new Map<string, Set<string>>();
  for (const { topic, record } of records) {
    if (topic.kind !== 'state') continue;
    const about = record.data?.customerId ?? record.key;
    known.set(about, new Set([...(known.get(about) ?? []), ...personal(schemas.get(topic.carries!), record.data)]));
  }
  expect(known.get(grace.id)?.has('grace.example@example.com')).toBe(true);
  const nothing: ReadonlySet<string> = new Set();
  const leaks = records
    .filter(({ topic }) => topic.kind === 'facts')
    .flatMap(({ topic, record }) => {
      const spoken = [...texts(record.data), ...Object.values(record.headers)];
      return spoken.some((text) => isPersonal(text, known.get(record.key ?? '') ?? nothing))
        ? [`${topic.name} ${record.headers.ce_type} of ${record.key}`]
        : [];
    });
  expect(leaks).toEqual([]);
  console.log(`${records.length} records on ${own.length} topics keep their contracts`);
}, 180_000);

test('a broken envelope, an open payload and a personal value are each found', () => {
  const topic = topics.find(({ name }) => name === 'crm.customer.events.v1')!;
  const good: Read = {
    key: '5f0c1d3e-6a70-4c9f-9d86-0a3c2f2f7b11',
    data: schemas.get('crm.customer.customer-updated.v1').examples[0],
    partition: 0,
    offset: 0,
    headers: {
      ce_specversion: '1.0',
      ce_id: 'x',
      ce_type: 'crm.customer.customer-updated.v1',
      ce_source: '/customer360/customer',
      ce_subject: '5f0c1d3e-6a70-4c9f-9d86-0a3c2f2f7b11',
      ce_time: '2026-03-01T00:00:00Z',
      ce_dataschema: 'crm.customer.customer-updated.v1',
      ce_sequence: '1',
      actor: 'STAFF:x',
      'content-type': 'application/json',
    },
  };
  expect(faults(topic, good)).toEqual([]);
  expect(faults(topic, { ...good, data: { ...good.data, displayName: 'Ada' } })).toEqual([
    expect.stringContaining('additional properties'),
  ]);
  expect(faults(topic, { ...good, headers: { ...good.headers, ce_subject: 'other' } })).toEqual([expect.stringContaining('subject')]);
  expect(faults(topic, { ...good, data: null })).toEqual([expect.stringContaining('without a payload')]);
  expect(isPersonal('Ada Example', new Set(['Ada Example']))).toBe(true);
  expect(isPersonal('somebody@example.com', new Set())).toBe(true);
  expect(isPersonal('active', new Set(['active']))).toBe(false);
});

// ── a foreign client ────────────────────────────────────────────────────────────────────────────────────────────────────

const run = promisify(execFile);
const kcat = await run('kcat', ['-V']).then(
  () => true,
  () => false,
);
if (!kcat)
  process.stderr.write('SKIPPED: kcat is not installed (Debian, Ubuntu: apt-get install kcat), so no foreign client reads the topics.\n');

(kcat ? test : test.skip)(
  'kcat, a client that is not ours, reads facts and state with their headers',
  async () => {
    const { id } = await person({ displayName: 'Foreign Example' });
    await readTopic('crm.customer.events.v1', { key: id, untilCount: 1 });
    for (const [topic, type] of [
      ['crm.customer.events.v1', 'crm.customer.customer-created.v1'],
      ['crm.customer.state.v1', 'crm.customer.customer-state.v1'],
    ]) {
      const args = ['-C', '-b', stack().kafka, '-t', stack().topicPrefix + topic, '-o', 'beginning', '-e', '-q', '-f', '%k\\t%h\\t%s\\n'];
      const { stdout } = await run('kcat', args, { maxBuffer: 200_000_000 });
      const line = stdout.split('\n').find((text) => text.startsWith(id));
      const [, headers, value] = line!.split('\t');
      expect(headers).toContain(`ce_type=${type}`);
      expect(headers).toContain('ce_sequence=1');
      expect(JSON.parse(value!).customerId).toBe(id);
    }
  },
  60_000,
);
