// Parsed and validated documents, so that a repeated operation is neither parsed nor validated again. Bounded by the length of their texts (a
// parsed document takes some thirty times that), since callers may send a new one each time; the one used longest ago goes first.
import type { DocumentNode } from 'graphql';

export interface DocumentStore {
  get(key: string): Promise<DocumentNode | undefined>;
  set(key: string, document: DocumentNode): Promise<void>;
  delete(key: string): Promise<boolean>;
}

/** Keeps documents of at most `maxLength` characters together. */
export function createDocumentStore(maxLength: number): DocumentStore {
  const documents = new Map<string, DocumentNode>();
  let length = 0;

  function drop(key: string): boolean {
    length -= lengthOf(documents.get(key));
    return documents.delete(key);
  }

  return {
    async get(key) {
      const document = documents.get(key);
      if (document) {
        documents.delete(key);
        documents.set(key, document);
      }
      return document;
    },
    async set(key, document) {
      drop(key);
      documents.set(key, document);
      length += lengthOf(document);
      for (const oldest of documents.keys()) {
        if (length <= maxLength) break;
        drop(oldest);
      }
    },
    delete: async (key) => drop(key),
  };
}

const lengthOf = (document: DocumentNode | undefined): number => document?.loc?.end ?? 0;
