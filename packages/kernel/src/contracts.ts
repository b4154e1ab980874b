// The event contracts at run time: every JSON Schema under schemas/events, compiled once. Writers are held to the closed schema before the
// event reaches the outbox; readers ignore fields that they do not know (events.md, "Envelope, topics, schemas").
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

/** Checks events against their contracts. */
export interface Contracts {
  /** Throws when `data` is not what the writer's schema of `type` says, or there is no such schema. The message names paths, never values. */
  assertWritable(type: string, data: unknown): void;
  /** The first mismatch a reader has to care about (unknown fields are fine), or undefined. An unknown type is a mismatch. */
  readProblem(type: string, data: unknown): string | undefined;
}

/** Loads and compiles all contracts below `<schemas>/events`. */
export function loadContracts(schemas: URL): Contracts {
  const writers = new Ajv2020({ allErrors: false, strict: false });
  const readers = new Ajv2020({ allErrors: false, strict: false });
  for (const ajv of [writers, readers]) (formats as unknown as (ajv: Ajv2020) => void)(ajv);
  const documents = new Map<string, object>();
  const root = fileURLToPath(new URL('events/', schemas));
  for (const folder of readdirSync(root, { withFileTypes: true })) {
    if (!folder.isDirectory()) continue;
    for (const file of readdirSync(join(root, folder.name))) {
      if (!file.endsWith('.json')) continue;
      const document = JSON.parse(readFileSync(join(root, folder.name, file), 'utf8'));
      documents.set(document.$id, document);
    }
  }
  const compiled = new Map<string, { write: ValidateFunction; read: ValidateFunction }>();
  const of = (type: string) => {
    let pair = compiled.get(type);
    const document = documents.get(type);
    if (!pair && document) {
      pair = { write: writers.compile(document), read: readers.compile(opened(document) as object) };
      compiled.set(type, pair);
    }
    return pair;
  };
  const describe = (check: ValidateFunction) => check.errors?.map((e) => `${e.instancePath || '/'} ${e.message}`).join('; ');
  return {
    assertWritable(type, data) {
      const pair = of(type);
      if (!pair) throw new Error(`no contract for event type ${type}`);
      if (!pair.write(data)) throw new Error(`event ${type} breaks its contract: ${describe(pair.write)}`);
    },
    readProblem(type, data) {
      const pair = of(type);
      if (!pair) return `no contract for event type ${type}`;
      return pair.read(data) ? undefined : describe(pair.read);
    },
  };
}

/** The same schema for a tolerant reader: objects accept unknown fields. */
function opened(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(opened);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, key === 'additionalProperties' && value === false ? true : opened(value)]),
  );
}
