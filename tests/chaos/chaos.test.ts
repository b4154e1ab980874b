// The short version of `npm run chaos`, with a stack of its own, and the guard of the planted faults: a plant whose text is gone from the product
// would catch nothing. [issue 5, section 2] [issue 4, section 5]
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { PLANTS, planted } from './plants.ts';

const root = join(import.meta.dirname, '../..');
const MINUTES = '1';

function chaos(...args: string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const flags = ['--conditions=customer360-source', '--disable-warning=ExperimentalWarning', '--disable-warning=TimeoutNegativeWarning'];
    // Its channel ends with this process, however that ends; then it stops its stack.
    const child = spawn(process.execPath, [...flags, join(root, 'scripts/chaos.ts'), ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    let output = '';
    for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk) => (output += chunk));
    child.on('close', (code) => resolve({ code, output }));
  });
}

test('a minute of kills, pauses, second leaders, resets, refusals, full and hanging disks and jumping clocks loses and doubles nothing, of merges and imports neither', async () => {
  const { code, output } = await chaos('--seed', '5', '--minutes', MINUTES);
  console.log(output);
  expect(output).toMatch(/the oracle found nothing wrong\nthe oracle saw each of \d+ lies about this run/);
  for (const what of ['merges', 'un-merges', 'imports']) expect(output).toMatch(new RegExp(`│ ${what} +│ [1-9]`));
  expect(code).toBe(0);
}, 420_000);

for (const plant of PLANTS) {
  test(`the planted fault "${plant.name}" still finds the source that it changes`, () => {
    for (const file of new Set(plant.edits.map((edit) => edit.file))) {
      const text = readFileSync(join(root, file), 'utf8');
      expect(planted(plant, `/${file}`, text)).not.toBe(text);
      expect(() => planted(plant, `/${file}`, 'refactored')).toThrow(/does not hold this text/);
    }
  });
}
