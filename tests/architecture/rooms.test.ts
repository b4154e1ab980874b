// The rules of the rooms hold over the whole tree, and each rule is seen to fail on a planted violation.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize, relative } from 'node:path';
import { expect, test } from '@jest/globals';
import { EMPTY_NAMES, ENV_READERS, type Rule, rules } from './rules.ts';

const root = join(import.meta.dirname, '../..');
const SKIP = new Set(['node_modules', 'dist', 'generated', '.run', '.cache', '.git']);

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (SKIP.has(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? sources(path) : /\.(ts|mjs)$/.test(entry.name) ? [relative(root, path)] : [];
  });
}

/** What a file imports: relative paths resolved to the root, package names as they are. */
function imports(file: string, source: string): string[] {
  const code = source.replace(/^\s*(\/\/|\*).*$/gm, '');
  const found = code.matchAll(
    /(?:^|\n)\s*(?:import|export)\s[^'"`;]*?from\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g,
  );
  return [...found]
    .map((match) => match[1] ?? match[2] ?? match[3]!)
    .map((name) => (name.startsWith('.') ? normalize(join(dirname(file), name)) : name));
}

const broken = (rule: Rule, file: string, source: string): string[] =>
  rule.from.test(file) && !rule.except?.test(file) && !file.endsWith('.test.ts')
    ? imports(file, source)
        .filter((name) => rule.never.test(name))
        .map((name) => `${file} imports ${name}: ${rule.name}`)
    : [];

const files = ['services', 'gateway', 'packages', 'infra', 'examples', 'demo', 'scripts', 'tests', 'bench'].flatMap((folder) =>
  sources(join(root, folder)),
);
const all = files.map((file) => ({ file, source: readFileSync(join(root, file), 'utf8') }));

test('no file imports across a wall', () => {
  const found = all.flatMap(({ file, source }) => [
    ...rules.flatMap((rule) => broken(rule, file, source)),
    // Tests beside the code may use the database, but never another service.
    ...(file.endsWith('.test.ts')
      ? rules
          .filter((rule) => /service|gateway|public/.test(rule.name))
          .flatMap((rule) => broken(rule, file.replace('.test.ts', '.ts'), source))
      : []),
  ]);
  expect(found).toEqual([]);
});

test.each<[string, string, string]>([
  ['a noun is pure: no database', 'services/customer/src/customer/customer.ts', "import { DataSource } from 'typeorm';"],
  ['a noun is pure: no GraphQL', 'services/customer/src/customer/customer.ts', "import { GraphQLError } from 'graphql';"],
  ['use-cases know no GraphQL', 'services/customer/src/customer/create-customer.ts', "import type { GraphQLResolveInfo } from 'graphql';"],
  ['nobody but the seam knows kafkajs', 'services/lifecycle/src/main.ts', "import { Kafka } from 'kafkajs';"],
  ['resolvers translate: no SQL', 'services/customer/src/customer/customer.resolvers.ts', "import { sql } from '@customer360/kernel/sql';"],
  [
    'tables know no use-cases',
    'services/customer/src/customer/customer.table.ts',
    "import { createCustomer } from './create-customer.ts';",
  ],
  ['a service knows no other service', 'services/customer/src/main.ts', "import { x } from '../../interaction/src/note/note.ts';"],
  ['a service knows no other service', 'services/compliance/src/main.ts', "import { x } from '@customer360/service-lifecycle/main';"],
  ['the gateway knows no service', 'gateway/src/main.ts', "import { x } from '../../services/customer/src/main.ts';"],
  ['the kernel knows libraries only', 'packages/kernel/src/relay.ts', "import { x } from '@customer360/customer-data/directory';"],
  [
    'customer-data knows no service',
    'packages/customer-data/src/census.ts',
    "import { census } from '../../../services/customer/src/census.ts';",
  ],
  ['the SDK knows nothing of ours', 'packages/events/src/apply.ts', "import { sql } from '@customer360/kernel/sql';"],
  ['an example knows the SDK alone', 'examples/warehouse-feed/src/main.ts', "import { sql } from '@customer360/kernel/sql';"],
  [
    'tests come through public doors',
    'tests/workflows/a.test-support.ts',
    "const x = await import('../../services/customer/src/main.ts');",
  ],
])('the rule "%s" is seen to fail when planted in %s', (name, file, source) => {
  expect(rules.filter((rule) => rule.name === name).flatMap((rule) => broken(rule, file, source))).toHaveLength(1);
});

test('process.env is read in one place per process', () => {
  const readers = all
    .filter(({ file, source }) => !ENV_READERS.test(file) && /\bprocess\.env\b/.test(source.replace(/^\s*(\/\/|\*).*$/gm, '')))
    .map(({ file }) => file);
  expect(readers.filter((file) => !file.endsWith('.test.ts'))).toEqual([]);
});

test('no name is empty, and files begin with their promise', () => {
  const named = files.filter((file) => EMPTY_NAMES.test(basename(file).replace(/(^|-)(\w)/g, (_, __, c) => c.toUpperCase())));
  expect(named).toEqual([]);
  const silent = all.filter(({ source }) => !/^(#!.*\n)?(\/\/|\/\*)/.test(source)).map(({ file }) => file);
  expect(silent).toEqual([]);
});

test('no file is longer than a reader can hold', () => {
  const long = all
    .filter(({ source }) => source.split('\n').length > 450)
    .map(({ file, source }) => `${file}: ${source.split('\n').length} lines`);
  expect(long).toEqual([]);
});

test('no committed file names a registry host or a path of one machine', () => {
  const hits = all.filter(
    ({ file, source }) =>
      !file.startsWith('tests/architecture/') && /registry\.[a-z]+js\.|repo1?\.maven\.|deb\.debian\.|\/work\/(main|\.library)/.test(source),
  );
  expect(hits.map(({ file }) => file)).toEqual([]);
});
