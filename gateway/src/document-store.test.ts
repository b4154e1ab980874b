// A store forgets what was used longest ago, and never holds more text than it may.
import { expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { createDocumentStore, createTextStore } from './document-store.ts';

const text = (name: string) => `{ ${name.padEnd(15)} }`; // 19 characters, 20 with a key of one
const keysOf = async (store: { get(key: string): Promise<unknown> }) => {
  const kept: string[] = [];
  for (const key of 'abcdefghijklmnopqrstuvwxyz') if (await store.get(key)) kept.push(key);
  return kept.join('');
};

test.each([
  ['documents', createDocumentStore(320), parse],
  ['texts', createTextStore(320), (source: string) => source],
])('%s are found again, and forgotten when newer ones need their place', async (_, store, toValue) => {
  const set = (key: string, source = text(key)) => store.set(key, toValue(source) as never);
  for (const key of 'abcdefghijklmnop') await set(key); // 16 of 20 characters fill it
  expect(await store.get('a')).toBeDefined();
  await set('q');
  await set('r');
  expect(await keysOf(store)).toBe('adefghijklmnopqr');
  await set('z', `{ ${'x'.repeat(50)} }`); // more than a sixteenth of the store
  await set('r', `{ ${'x'.repeat(50)} }`);
  expect(await keysOf(store)).toBe('adefghijklmnopq');
  for (let again = 0; again < 3; again++) await set('q');
  expect(await keysOf(store)).toBe('adefghijklmnopq');
  expect([await store.delete('q'), await store.delete('q'), await store.get('q')]).toEqual([true, false, undefined]);
});
