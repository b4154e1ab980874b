// `npm run contracts:check`: does the working tree keep what the last release promised, events, topics and graph? `npm run contracts -- release 0.2.0` makes the
// present contracts a release (schemas/released/<version>/); what it brought stands in schemas/CHANGELOG.md, written by hand.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { composeServices } from '@apollo/composition';
import { buildSchema, lexicographicSortSchema, parse, printSchema } from 'graphql';
import { type Contracts, readContracts } from './asyncapi.ts';
import { subgraphText } from './compose.ts';
import { compareEvents } from './contracts/compare-events.ts';
import { compareGraphs } from './contracts/compare-graph.ts';
import { inRoot } from './stack/root.ts';
import { SERVICES } from './stack/secrets.ts';
import { Sentence } from './stack/sentence.ts';

const FOLDER = inRoot('schemas', 'released');
const VERSION = /^(\d+)\.(\d+)\.(\d+)$/;

/** The released versions, oldest first. */
export const versions = (): string[] =>
  readdirSync(FOLDER)
    .filter((name) => VERSION.test(name))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));

/** The graph that clients see, as SDL: the composed supergraph without the machinery of federation. */
export function graphText(): string {
  const { schema, errors } = composeServices(SERVICES.map((name) => ({ name, typeDefs: parse(subgraphText(name)) })));
  if (!schema) throw new Sentence(`The subgraphs do not compose: ${errors?.map(String).join('; ')}`);
  return `${printSchema(lexicographicSortSchema(schema.toAPISchema().toGraphQLJSSchema()))}\n`;
}

/** What breaks the last release, and what is only worth a note. */
export async function check(): Promise<{ version: string; breaking: string[]; notes: string[] }> {
  const version = versions().at(-1);
  if (!version) throw new Sentence('Nothing is released yet: npm run contracts -- release 0.1.0');
  const released = JSON.parse(readFileSync(join(FOLDER, version, 'events.json'), 'utf8')) as Contracts;
  const graph = await compareGraphs(buildSchema(readFileSync(join(FOLDER, version, 'graph.graphql'), 'utf8')), buildSchema(graphText()));
  return { version, breaking: [...compareEvents(released, readContracts()), ...graph.breaking], notes: graph.notes };
}

function release(version: string, again: boolean): void {
  if (!VERSION.test(version)) throw new Sentence(`${version} is no version like 0.2.0.`);
  const folder = join(FOLDER, version);
  if (existsSync(folder) && !again)
    throw new Sentence(`${version} is released already: choose the next one (or --again while nobody has it).`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'events.json'), `${JSON.stringify(readContracts(), null, 1)}\n`);
  writeFileSync(join(folder, 'graph.graphql'), graphText());
  console.log(`released the contracts as ${version}; say in schemas/CHANGELOG.md what it brings`);
}

if (import.meta.main) {
  const { command } = await import('./stack/command.ts');
  await command(async () => {
    const [verb, version = '', flag] = process.argv.slice(2);
    if (verb === 'release') return release(version, flag === '--again');
    if (verb !== 'check') throw new Sentence('Usage: npm run contracts:check, or npm run contracts -- release <version>');
    const found = await check();
    for (const note of found.notes) console.log(`note: ${note}`);
    if (found.breaking.length > 0) {
      throw new Sentence(
        `The contracts break ${found.version}:\n${found.breaking.map((line) => `  ${line}`).join('\n')}\nMake a new version of the event, or deprecate with "until <date>" first.`,
      );
    }
    console.log(
      `the contracts keep what ${found.version} promised${found.notes.length > 0 ? `; ${found.notes.length} note(s) above` : ''}`,
    );
  });
}
