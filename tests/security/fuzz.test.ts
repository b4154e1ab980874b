// 2,000 random operations, valid and hostile, under several roles: no internal error, no crash, no leaked text, memory flat. `npm run fuzz --
// --seed S --count N` runs any number on a stack of its own, settings for everybody included; a finding prints the smallest operation that shows it.
import { expect, test } from '@jest/globals';
import { stack, token } from '../support/stack.ts';
import { fuzz, grown } from './fuzz/run.ts';

test('2,000 random inputs find nothing', async () => {
  const lines: string[] = [];
  const report = await fuzz({
    target: stack(),
    portalToken: (customer_id) => token({ kind: 'portal', customer_id }),
    seed: 360,
    count: 2_000,
    shared: true,
    log: (line) => lines.push(line),
  });
  expect(lines.join('\n')).toBe('');
  expect(report).toMatchObject({ inputs: 2_000, findings: [], crashed: [] });
  expect(grown(report)).toEqual([]);
  // It would find nothing if it asked nothing: many kinds of answers came, and a good part were data.
  expect(Object.keys(report.outcomes).length).toBeGreaterThan(8);
  expect(report.outcomes.ok).toBeGreaterThan(300);
}, 180_000);
