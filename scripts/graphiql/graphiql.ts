// The folder that the gateway of `npm start` serves at `/`: GraphiQL's own bundle and React's, out of node_modules, around our page. The gateway's
// image has none of it. The operations are those that the README shows and `npm start` prints, one file each. [issue 5, section 4]
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivate } from '../stack/files.ts';
import { inRoot } from '../stack/root.ts';

const ASSETS: Readonly<Record<string, string>> = {
  'index.html': inRoot('scripts', 'graphiql', 'index.html'),
  'page.css': inRoot('scripts', 'graphiql', 'page.css'),
  'page.js': inRoot('scripts', 'graphiql', 'page.js'),
  'graphiql.css': inRoot('node_modules', 'graphiql', 'graphiql.min.css'),
  'graphiql.js': inRoot('node_modules', 'graphiql', 'graphiql.min.js'),
  'react.js': inRoot('node_modules', 'react', 'umd', 'react.production.min.js'),
  'react-dom.js': inRoot('node_modules', 'react-dom', 'umd', 'react-dom.production.min.js'),
};

/** The example operations in the order of their tabs; `id` = the sample customer is its variable. */
const OPERATIONS = [
  { file: inRoot('scripts', 'graphiql', 'first-look.graphql'), id: true },
  { file: inRoot('scripts', 'customer360.graphql'), id: true },
  { file: inRoot('scripts', 'graphiql', 'list-customers.graphql'), id: false },
  { file: inRoot('scripts', 'graphiql', 'create-customer.graphql'), id: false },
];

/** Makes the folder, with a page that waits for `writeSession`; answers it. */
export function prepareGraphiql(dir: string): string {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  for (const [name, from] of Object.entries(ASSETS)) copyFileSync(from, join(dir, name));
  writeSession(dir, { tokens: {}, sampleCustomerId: null });
  return dir;
}

/** Gives the page tokens by role and the customer that its operations ask for. */
export function writeSession(dir: string, stack: { tokens: Readonly<Record<string, string>>; sampleCustomerId: string | null }): void {
  const { tokens, sampleCustomerId } = stack;
  const operations = OPERATIONS.map(({ file, id }) => ({
    query: readFileSync(file, 'utf8'),
    ...(id && { variables: { id: sampleCustomerId } }),
  }));
  writePrivate(join(dir, 'session.json'), { tokens, sampleCustomerId, operations });
}
