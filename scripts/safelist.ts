// `npm run --silent safelist -- <folder>`: the manifest of a client's operations, for SAFELIST_FILE. Every .graphql file below the folder is read; fragments may
// stand in other files than the operations that use them. Each operation is checked against the graph. The format is Apollo's, so that the tools of
// Apollo's clients can be used instead, and must be where they add `__typename` to what they send.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildSchema, concatAST, type DocumentNode, getOperationAST, parse, print, separateOperations, validate } from 'graphql';
import { command } from './stack/command.ts';
import { inRoot } from './stack/root.ts';
import { Sentence } from './stack/sentence.ts';

export interface Manifest {
  format: 'apollo-persisted-query-manifest';
  version: 1;
  operations: Array<{ id: string; name: string; type: string; body: string }>;
}

/** Reads the folder's operations; an operation's id is the SHA-256 of its text, as in automatic persisted queries. */
function manifestOf(folder: string): Manifest {
  const documents = filesIn(folder).map((file) => {
    try {
      return parse(readFileSync(file, 'utf8'), { noLocation: true });
    } catch (error) {
      throw new Sentence(`${file} cannot be parsed: ${(error as Error).message}`);
    }
  });
  const operations = Object.entries(separateOperations(checked(concatAST(documents))));
  return {
    format: 'apollo-persisted-query-manifest',
    version: 1,
    operations: operations.map(([name, document]) => {
      const body = print(document);
      const type = getOperationAST(document)!.operation;
      return { id: createHash('sha256').update(body).digest('hex'), name, type, body };
    }),
  };
}

function checked(document: DocumentNode): DocumentNode {
  const schema = buildSchema(readFileSync(inRoot('schemas', 'graphql', 'supergraph.graphql'), 'utf8'), { assumeValidSDL: true });
  const errors = validate(schema, document);
  if (errors.length > 0) throw new Sentence(`Not operations of this graph:\n${errors.map(({ message }) => `  ${message}`).join('\n')}`);
  return document;
}

function filesIn(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.graphql'));
  } catch {
    throw new Sentence(`The folder ${folder} cannot be read.`);
  }
  if (names.length === 0) throw new Sentence(`There is no .graphql file in ${folder}.`);
  return names.sort().map((name) => join(folder, name));
}

if (import.meta.main) {
  await command(async () => {
    const [folder] = process.argv.slice(2);
    if (!folder) throw new Sentence('Usage: npm run --silent safelist -- <folder of .graphql files> > safelist.json');
    console.log(JSON.stringify(manifestOf(resolve(folder)), null, 2));
  });
}
