// What is remembered of operations: their parsed and validated documents, so that a repeated one is neither parsed nor validated again, and the texts
// that clients registered by hash (automatic persisted queries). Bounded by the length of the texts (a parsed document takes some thirty times
// that), since callers may send a new one each time; the one used longest ago goes first, and a huge one is not kept at all.
import type { DocumentNode } from 'graphql';

export interface Store<V> {
  get(key: string): Promise<V | undefined>;
  set(key: string, value: V): Promise<void>;
  delete(key: string): Promise<boolean>;
}

/** No single text takes more than this part of a store. */
const LARGEST_SHARE = 1 / 16;

/** Keeps documents of at most `maxLength` characters together. */
export const createDocumentStore = (maxLength: number): Store<DocumentNode> => createStore(maxLength, (document) => document.loc?.end ?? 0);

/** Keeps texts of at most `maxLength` characters together. */
export const createTextStore = (maxLength: number): Store<string> => createStore(maxLength, (text) => text.length);

function createStore<V>(maxLength: number, textLength: (value: V) => number): Store<V> {
  const values = new Map<string, V>();
  const lengthOf = (key: string, value: V) => key.length + textLength(value);
  let length = 0;

  function drop(key: string): boolean {
    const value = values.get(key);
    if (value === undefined) return false;
    length -= lengthOf(key, value);
    return values.delete(key);
  }

  return {
    async get(key) {
      const value = values.get(key);
      if (value !== undefined) {
        values.delete(key);
        values.set(key, value);
      }
      return value;
    },
    async set(key, value) {
      drop(key);
      if (lengthOf(key, value) > maxLength * LARGEST_SHARE) return;
      values.set(key, value);
      length += lengthOf(key, value);
      for (const oldest of values.keys()) {
        if (length <= maxLength) break;
        drop(oldest);
      }
    },
    delete: async (key) => drop(key),
  };
}
