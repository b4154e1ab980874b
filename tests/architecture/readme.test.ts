// What the README says is what the code does: its configuration table is generated from the env schemas and fresh, and the files it names exist.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { stripIgnoredCharacters } from 'graphql';

const root = join(import.meta.dirname, '../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

test('the configuration table is fresh', () => {
  execFileSync(process.execPath, ['--conditions=customer360-source', join(root, 'scripts/docs.ts'), '--check'], {
    cwd: root,
    stdio: 'pipe',
  });
});

test('every file and folder that the README names exists', () => {
  const named = [...readme.matchAll(/`((?:schemas|services|gateway|packages|infra|demo|examples|bench|tests|docs)\/[\w./-]*)`/g)].map(
    (match) => match[1]!,
  );
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test('every npm command that the README names exists', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
  const named = [...readme.matchAll(/npm run (?:--silent )?([\w:]+)/g)].map((match) => match[1]!);
  expect(named.filter((name) => !scripts[name])).toEqual([]);
});

test('the operations that the README shows are those that GraphiQL starts with', () => {
  const operation = (name: string) =>
    stripIgnoredCharacters(readFileSync(join(root, 'scripts/graphiql', name), 'utf8')).replace(/^(query|mutation) \w+/, '$1');
  const inShell = /<<JSON\n(\{[\s\S]*?\})\nJSON/.exec(readme)?.[1]?.replaceAll('\\$', '$').replace(/\n\s*/g, ' ');
  expect(stripIgnoredCharacters(JSON.parse(inShell ?? '{}').query)).toBe(operation('first-look.graphql'));
  const [mutation] = [...readme.matchAll(/```graphql\n([\s\S]*?)```/g)].map(([, text]) => stripIgnoredCharacters(text!));
  expect(mutation).toBe(operation('create-customer.graphql'));
});
