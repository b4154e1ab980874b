// One of the product's programs as a process of a test's own: for what the shared stack cannot be asked to do, such as other settings or a second
// instance. It ends with the test's process.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export const root = join(import.meta.dirname, '../..');

export interface Program {
  /** Base URL. */
  readonly url: string;
  /** What it logged as an error. */
  readonly complaints: Array<Record<string, any>>;
  signal(name: NodeJS.Signals): void;
  /** Sends SIGTERM and answers the exit code (null: it was killed). */
  stop(): Promise<number | null>;
}

/** Starts `<folder>/src/main.ts` and waits until it says that it is ready; throws when it ends before. */
export async function startProgram(folder: string, env: Record<string, string | undefined>): Promise<Program> {
  const child = spawn(
    process.execPath,
    ['--conditions=customer360-source', '--disable-warning=ExperimentalWarning', join(root, folder, 'src/main.ts')],
    {
      cwd: root,
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: join(root, '.cache/node-compile'), EXIT_WITH_PARENT: 'true', ...env },
    },
  );
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const complaints: Program['complaints'] = [];
  const { promise: url, resolve, reject } = Promise.withResolvers<string>();
  exited.then(([code]) => reject(new Error(`${folder} ended with code ${code}`)));
  createInterface({ input: child.stdout }).on('line', (line) => {
    const entry = line.startsWith('{') ? JSON.parse(line) : {};
    if (entry.level >= 50) complaints.push(entry);
    if (entry.msg === 'ready') resolve(entry.url);
  });
  return {
    url: await url,
    complaints,
    signal: (name) => child.kill(name),
    async stop() {
      child.kill('SIGTERM');
      return (await exited)[0];
    },
  };
}
