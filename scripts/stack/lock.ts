// One stack per folder: a second command that wants the same folder is told who holds it; a lock whose holder was killed is taken over.
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identify, isAlive } from './pids.ts';
import { Sentence } from './sentence.ts';

export function lockFolder(dir: string): () => void {
  const file = join(dir, 'lock');
  const mine = JSON.stringify(identify(process.pid, 'scripts'));
  for (let attempt = 0; attempt < 20; attempt++) {
    try {
      writeFileSync(file, mine, { flag: 'wx' });
      return () => {
        if (read(file) === mine) rmSync(file, { force: true });
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = read(file);
    if (holder && lives(holder)) {
      throw new Sentence(`A stack already runs in ${dir} (process ${JSON.parse(holder).pid}): use it, or stop it first.`);
    }
    const aside = `${file}.${process.pid}`;
    try {
      renameSync(file, aside);
      if (read(aside) === holder) rmSync(aside);
      else renameSync(aside, file);
    } catch {}
  }
  throw new Sentence(`The lock ${file} could not be taken: remove it if no stack runs there.`);
}

const read = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
};

function lives(holder: string): boolean {
  try {
    return isAlive(JSON.parse(holder));
  } catch {
    return false;
  }
}
