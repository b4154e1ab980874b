// Where things are in this clone, and which machine it is.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const platform = `${process.platform}-${process.arch}`;
export const inRoot = (...parts: string[]) => join(root, ...parts);
