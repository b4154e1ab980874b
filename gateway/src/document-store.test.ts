// The store forgets what was used longest ago, and never holds more text than it may.
import { expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { createDocumentStore } from './document-store.ts';

const document = (name: string) => parse(`{ ${name.padEnd(16)} }`); // 20 characters

test('a document is found again, and forgotten when newer ones need its place', async () => {
  const store = createDocumentStore(40);
  await store.set('a', document('a'));
  await store.set('b', document('b'));
  expect(await store.get('a')).toBeDefined();
  await store.set('c', document('c'));
  expect([await store.get('a'), await store.get('b'), await store.get('c')].map(Boolean)).toEqual([true, false, true]);
  await store.set('huge', parse(`{ ${'x'.repeat(50)} }`));
  expect([await store.get('a'), await store.get('c'), await store.get('huge')]).toEqual([undefined, undefined, undefined]);
  await store.set('c', document('c'));
  await store.set('c', document('c'));
  expect(await store.delete('c')).toBe(true);
  expect(await store.get('c')).toBeUndefined();
});
