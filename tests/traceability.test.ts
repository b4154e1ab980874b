// Every promise of the catalogue is proven by a tagged test or stands in the list of those still open, and no tag is invented.
// tests/promises.json is the project's own list: 127 promises, and `open` with a reason for each that no test proves yet.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '..');
const list = JSON.parse(readFileSync(join(root, 'tests/promises.json'), 'utf8')) as {
  promises: Array<{ tag: string; kind: string; title: string }>;
  open: Record<string, string>;
};

/** Tags in the titles of `test(…)` / `test.each(…)(…)`: `[WF-IT-001]`, `[Contact AC-1][Contact AC-2]`. */
export function tagsIn(source: string): string[] {
  const titles = source.matchAll(/\b(?:test|it|describe)(?:\.\w+)*(?:\([^()]*\))?\(\s*(['"`])((?:\\.|(?!\1)[\s\S])*)\1/g);
  return [...titles].flatMap(([, , title]) => [...title!.matchAll(/\[([A-Za-z0-9][^\]$]*)\]/g)].map(([, tag]) => tag!));
}

function tests(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ['node_modules', 'dist', '.run', '.cache', '.git', 'generated'].includes(entry.name) ? [] : tests(path);
    return entry.name.endsWith('.test.ts') ? [path] : [];
  });
}

/** What is wrong with these tags against this list. */
export function faults(tagged: ReadonlyMap<string, string>, promises: readonly string[], open: Readonly<Record<string, string>>): string[] {
  const known = new Set(promises);
  return [
    ...[...tagged].filter(([tag]) => !known.has(tag)).map(([tag, file]) => `${file}: [${tag}] is not a promise of the catalogue`),
    ...promises.filter((tag) => !tagged.has(tag) && !open[tag]).map((tag) => `[${tag}] has no test and is not listed open`),
    ...promises.filter((tag) => tagged.has(tag) && open[tag]).map((tag) => `[${tag}] is listed open although ${tagged.get(tag)} proves it`),
    ...Object.keys(open)
      .filter((tag) => !known.has(tag))
      .map((tag) => `open list: [${tag}] is not a promise of the catalogue`),
  ];
}

test('all 127 promises are tagged in a test or listed open with a reason', () => {
  const tagged = new Map<string, string>();
  for (const file of tests(root)) {
    if (file === import.meta.filename) continue;
    for (const tag of tagsIn(readFileSync(file, 'utf8'))) if (!tagged.has(tag)) tagged.set(tag, relative(root, file));
  }
  expect(list.promises).toHaveLength(127);
  expect(
    faults(
      tagged,
      list.promises.map((promise) => promise.tag),
      list.open,
    ),
  ).toEqual([]);
});

test('an invented tag, a forgotten promise and a stale open entry are each found', () => {
  const source = "test('[A-1] one', () => {});\n test.each([1])('[B-2][C-3] two %p', () => {});";
  expect(tagsIn(source)).toEqual(['A-1', 'B-2', 'C-3']);
  const tagged = new Map([
    ['A-1', 'a.test.ts'],
    ['X-9', 'x.test.ts'],
  ]);
  expect(faults(tagged, ['A-1', 'B-2'], { 'A-1': 'later', 'Z-0': 'later' })).toEqual([
    'x.test.ts: [X-9] is not a promise of the catalogue',
    '[B-2] has no test and is not listed open',
    '[A-1] is listed open although a.test.ts proves it',
    'open list: [Z-0] is not a promise of the catalogue',
  ]);
});
