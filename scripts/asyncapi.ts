// `npm run asyncapi`: derives from schemas/topics.json and schemas/events/ what other teams read: schemas/asyncapi.yaml (AsyncAPI 3, every outbound and
// inbound topic) and the types of the SDK (packages/events/src/generated/contracts.ts). Both are committed; a test compares them with a fresh run.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { inRoot } from './stack/root.ts';

/** A JSON Schema of an event (the subset that the contracts use). */
export interface EventSchema {
  $id: string;
  title?: string;
  description?: string;
  type?: string | string[];
  properties?: Record<string, EventSchema>;
  required?: string[];
  items?: EventSchema;
  enum?: unknown[];
  format?: string;
  examples?: unknown[];
  [keyword: string]: unknown;
}
export interface Topic {
  name: string;
  kind: 'facts' | 'state' | 'inbound';
  owner: string;
  holds: string;
  /** The one type on a state topic. */
  carries?: string;
}
export interface Contracts {
  partitions: number;
  kinds: Record<string, Record<string, string>>;
  topics: Topic[];
  events: EventSchema[];
}

/** The contracts as they stand in the working tree. */
export function readContracts(folder: string = inRoot('schemas')): Contracts {
  const events: EventSchema[] = [];
  for (const entry of readdirSync(join(folder, 'events'), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!entry.isDirectory()) continue;
    for (const file of readdirSync(join(folder, 'events', entry.name)).sort())
      if (file.endsWith('.json')) events.push(JSON.parse(readFileSync(join(folder, 'events', entry.name, file), 'utf8')));
  }
  const { partitions, kinds, topics } = JSON.parse(readFileSync(join(folder, 'topics.json'), 'utf8'));
  return { partitions, kinds, topics, events };
}

/** The topic that carries a type: state by name, the others by their first words. */
export function topicOf({ topics }: Pick<Contracts, 'topics'>, type: string): Topic {
  const owner = type
    .split('.')
    .slice(0, type.startsWith('crm.') ? 2 : 1)
    .join('.');
  const found = topics.find(({ carries }) => carries === type) ?? topics.find(({ name }) => name === `${owner}.events.v1`);
  if (!found) throw new Error(`no topic of schemas/topics.json carries ${type}`);
  return found;
}

const text = (description: string, examples: string[]) => ({ type: 'string', description, examples });
const HEADERS = {
  type: 'object',
  description: 'CloudEvents 1.0, Kafka binding in binary mode: all headers are text, the value is the payload as JSON.',
  required: ['ce_specversion', 'ce_id', 'ce_type', 'ce_source', 'ce_time'],
  properties: {
    ce_specversion: { type: 'string', const: '1.0', description: 'Version of CloudEvents.' },
    ce_id: text('Unique per event: the key of idempotency.', ['0b5f0a1e-43c1-4c60-9c0b-0b7e4a3b1f10']),
    ce_type: text('The name of the payload’s schema.', ['crm.customer.customer-created.v1']),
    ce_source: text('Who tells it.', ['/customer360/customer']),
    ce_subject: text('What it is about; the same as the key.', ['5f0c1d3e-6a70-4c9f-9d86-0a3c2f2f7b11']),
    ce_time: { type: 'string', format: 'date-time', description: 'When it happened, UTC.' },
    ce_dataschema: text('The name of the payload’s schema.', ['crm.customer.customer-created.v1']),
    ce_sequence: {
      type: 'string',
      pattern: '^[1-9][0-9]*$',
      description:
        'Facts: gapless per service and key, from 1. State: the version of what the record holds. Absent on topics of other modules.',
    },
    'content-type': { type: 'string', const: 'application/json', description: 'Absent on a tombstone’s empty value.' },
    actor: text('Who caused it: kind and id.', ['STAFF:9e7a4b1c-2d3e-4f50-8a6b-7c8d9e0f1a2b']),
    traceparent: text('W3C trace context, where there is a trace.', ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01']),
  },
};
const KEY = { type: 'string', format: 'uuid', description: 'See the channel: the customer’s id, or the id of what a state record holds.' };

/** The document as text. */
export function asyncapi(contracts: Contracts): string {
  const name = (topic: string) => topic.replaceAll(/[^A-Za-z0-9]/g, '_');
  const channels: Record<string, object> = {};
  const operations: Record<string, object> = {};
  const messages: Record<string, object> = {};
  const schemas: Record<string, object> = {};
  for (const schema of contracts.events) {
    const { $id, $schema: _, ...body } = schema;
    const state = topicOf(contracts, $id).kind === 'state';
    schemas[$id] = body;
    messages[$id] = {
      name: $id,
      title: schema.title,
      summary: `${schema.title}.${state ? ' An empty value is a tombstone: forget it.' : ''}`,
      contentType: 'application/json',
      headers: { $ref: '#/components/schemas/headers' },
      payload: { $ref: `#/components/schemas/${$id}` },
      bindings: { kafka: { key: { $ref: '#/components/schemas/key' }, bindingVersion: '0.5.0' } },
    };
  }
  for (const topic of contracts.topics) {
    const settings = contracts.kinds[topic.kind]!;
    const types = contracts.events.filter(({ $id }) => topicOf(contracts, $id) === topic).map(({ $id }) => $id);
    channels[name(topic.name)] = {
      address: topic.name,
      title: topic.name,
      description: `${topic.holds} ${topic.kind === 'state' ? 'Compacted: the newest record per key is the truth.' : 'Kept for 30 days.'} Owner: ${topic.owner}.`,
      messages: Object.fromEntries(types.map((type) => [type, { $ref: `#/components/messages/${type}` }])),
      bindings: {
        kafka: {
          topic: topic.name,
          partitions: contracts.partitions,
          topicConfiguration: {
            'cleanup.policy': [settings['cleanup.policy']],
            ...(settings['retention.ms'] ? { 'retention.ms': Number(settings['retention.ms']) } : {}),
            ...(settings['delete.retention.ms'] ? { 'delete.retention.ms': Number(settings['delete.retention.ms']) } : {}),
          },
          bindingVersion: '0.5.0',
        },
      },
    };
    const inbound = topic.kind === 'inbound';
    operations[`${inbound ? 'receive' : 'send'}_${name(topic.name)}`] = {
      action: inbound ? 'receive' : 'send',
      channel: { $ref: `#/channels/${name(topic.name)}` },
      title: inbound ? `Customer 360 hears ${topic.name}` : `Customer 360 tells on ${topic.name}`,
      summary: topic.holds,
    };
  }
  const document = {
    asyncapi: '3.0.0',
    info: {
      title: 'Customer 360 events',
      version: '0.1.0',
      description:
        'Every change as an event. Facts (crm.<service>.events.v1) carry no personal values and are gapless per customer and service; state topics hold the newest record per key and are where a new consumer begins. Within a version only optional fields are added. `x-personal` marks fields that hold personal data.',
      tags: [{ name: 'facts' }, { name: 'state' }, { name: 'inbound' }],
    },
    defaultContentType: 'application/json',
    servers: {
      cluster: { host: 'localhost:9092', protocol: 'kafka', description: 'The cluster of the installation; names may carry a prefix.' },
    },
    channels,
    operations,
    components: { messages, schemas: { headers: HEADERS, key: KEY, ...schemas } },
  };
  const head = '# Derived from schemas/topics.json and schemas/events/ by `npm run asyncapi`: do not edit.\n';
  return head + stringify(document, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** The TypeScript type of a schema. */
function typeOf(schema: EventSchema, indent: string): string {
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value).replaceAll('"', "'")).join(' | ');
  const types = [schema.type ?? 'object'].flat().map((type) => {
    if (type === 'object') return schema.properties ? objectOf(schema, indent) : 'Record<string, unknown>';
    if (type === 'array') return `ReadonlyArray<${typeOf(schema.items!, indent)}>`;
    return type === 'integer' ? 'number' : type;
  });
  return types.join(' | ');
}

function objectOf(schema: EventSchema, indent: string): string {
  const inner = `${indent}  `;
  const lines = Object.entries(schema.properties!).map(([name, property]) => {
    const optional = schema.required?.includes(name) ? '' : '?';
    return `${inner}/** ${property.description?.replaceAll('*/', '* /')}${property['x-personal'] ? ' Personal.' : ''} */\n${inner}readonly ${name}${optional}: ${typeOf(property, inner)};`;
  });
  return `{\n${lines.join('\n')}\n${indent}}`;
}

/** The module of types as text. */
export function sdkTypes(contracts: Contracts): string {
  const entries = contracts.events.map((schema) => {
    const about = [schema.title, schema.description].filter(Boolean).join('. ').replaceAll('*/', '* /');
    return `  /** ${about} */\n  '${schema.$id}': ${typeOf(schema, '  ')};`;
  });
  const state = contracts.topics.flatMap(({ carries }) => (carries ? [`'${carries}'`] : []));
  const topics = contracts.events.map(({ $id }) => `  '${$id}': '${topicOf(contracts, $id).name}',`);
  const kinds = contracts.topics.map(({ name, kind }) => `  '${name}': '${kind}',`);
  return `// Derived from schemas/ by \`npm run asyncapi\`: do not edit.

/** The payload of each event type. Within a version only optional fields are added; ignore what you do not know. */
export interface EventData {
${entries.join('\n')}
}

export type EventType = keyof EventData;

/** Types of compacted topics: the newest record per key is the truth, null a tombstone. */
export type StateType = ${state.join(' | ')};

/** The topic that carries a type. */
export const TOPIC_OF: Readonly<Record<EventType, string>> = {
${topics.join('\n')}
};

/** What kind of topic it is. */
export const KIND_OF: Readonly<Record<string, 'facts' | 'state' | 'inbound'>> = {
${kinds.join('\n')}
};
`;
}

if (import.meta.main) {
  const { command } = await import('./stack/command.ts');
  await command(async () => {
    const contracts = readContracts();
    writeFileSync(inRoot('schemas', 'asyncapi.yaml'), asyncapi(contracts));
    writeFileSync(inRoot('packages', 'events', 'src', 'generated', 'contracts.ts'), sdkTypes(contracts));
    console.log(`derived ${contracts.events.length} types on ${contracts.topics.length} topics`);
  });
}
