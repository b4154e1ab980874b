// Within a version an event contract may only gain optional fields. Two reasons, both about what is deployed already: an old reader must understand the
// new writer, and a new reader must understand what lies on the topics. Everything else is a new version. (events.md, "Envelope, topics, schemas")
import type { Contracts, EventSchema } from '../asyncapi.ts';

/** Words that tell people something and validators nothing. */
const SILENT = new Set(['$schema', '$comment', 'title', 'description', 'examples']);
const SETS = new Set(['enum', 'type', 'required']);

const canonical = (keyword: string, value: unknown): string =>
  JSON.stringify(
    SETS.has(keyword)
      ? [value]
          .flat()
          .map((entry) => JSON.stringify(entry))
          .sort()
      : value,
  );

/** How the new schema breaks those who know the old one; each entry names the place. */
export function compareSchema(released: EventSchema, current: EventSchema, path = ''): string[] {
  const at = path || '/';
  const found: string[] = [];
  for (const keyword of new Set([...Object.keys(released), ...Object.keys(current)])) {
    if (SILENT.has(keyword) || keyword === 'properties' || keyword === 'items' || keyword === 'required') continue;
    if (canonical(keyword, released[keyword]) !== canonical(keyword, current[keyword])) found.push(`${at}: ${keyword} changed`);
  }
  const wasRequired = new Set(released.required);
  const isRequired = new Set(current.required);
  for (const name of isRequired) if (!wasRequired.has(name)) found.push(`${at}: ${name} became required`);
  for (const name of wasRequired) if (!isRequired.has(name)) found.push(`${at}: ${name} is not required any more`);
  for (const [name, property] of Object.entries(released.properties ?? {})) {
    const now = current.properties?.[name];
    if (!now) found.push(`${at}: ${name} was removed`);
    else found.push(...compareSchema(property, now, `${path}/${name}`));
  }
  if (released.items && current.items) found.push(...compareSchema(released.items, current.items, `${path}[]`));
  else if (released.items || current.items) found.push(`${at}: items ${current.items ? 'were added' : 'were removed'}`);
  return found;
}

/** How the working tree breaks the released events and topics. */
export function compareEvents(released: Contracts, current: Contracts): string[] {
  const found: string[] = [];
  const now = new Map(current.events.map((schema) => [schema.$id, schema]));
  for (const schema of released.events) {
    const same = now.get(schema.$id);
    if (!same) found.push(`${schema.$id} was removed`);
    else found.push(...compareSchema(schema, same).map((why) => `${schema.$id} ${why}`));
  }
  if (released.partitions !== current.partitions) found.push('the partition count changed: keys would move');
  for (const topic of released.topics) {
    const same = current.topics.find(({ name }) => name === topic.name);
    if (!same) found.push(`topic ${topic.name} was removed`);
    else if (same.kind !== topic.kind || same.carries !== topic.carries) found.push(`topic ${topic.name} is of another kind`);
  }
  for (const [kind, settings] of Object.entries(released.kinds)) {
    const before = Number(settings['retention.ms'] ?? 0);
    if (Number(current.kinds[kind]?.['retention.ms'] ?? 0) < before) found.push(`${kind} topics are kept for a shorter time`);
  }
  return found;
}
