// Small files that describe a stack: written whole or not at all, readable by their owner only.
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

export function writePrivate(file: string, content: unknown): void {
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  chmodSync(fresh, 0o600);
  renameSync(fresh, file);
}

/** The file's JSON, or undefined when it is absent or was cut short by a crash. */
export function readJson<T>(file: string): T | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
