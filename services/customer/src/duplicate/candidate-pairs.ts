// Every pair of customers in a set that share a key, each once: the in-memory twin of the look-up in match-key.table.ts, with the same keys and the same
// bound on a block. Used where a whole file is at hand: an import's own rows, `matching learn`, the benchmark. [Duplicate Detection]
import { MAX_BLOCK, type MatchKey, matchKeys } from './match-keys.ts';
import type { Profile } from './profile.ts';

export interface KeyIndex {
  /** How many of the set have the key, besides the two that are compared. */
  others(kind: MatchKey['kind'], key: string): number;
  /** Calls back for every pair, the lower position first. */
  pairs(visit: (a: number, b: number) => void): void;
}

export function indexOf(profiles: readonly Profile[]): KeyIndex {
  const blocks = new Map<string, number[]>();
  const keysOf = profiles.map((profile, position) => {
    const keys = matchKeys(profile).map(({ kind, key }) => `${kind}:${key}`);
    for (const key of keys) {
      const block = blocks.get(key);
      if (block) block.push(position);
      else blocks.set(key, [position]);
    }
    return keys;
  });
  return {
    others: (kind, key) => Math.max(0, (blocks.get(`${kind}:${key}`)?.length ?? 0) - 2),
    pairs(visit) {
      for (let a = 0; a < profiles.length; a++) {
        const met = new Set<number>();
        for (const key of keysOf[a]!) {
          const block = blocks.get(key)!;
          if (block.length > MAX_BLOCK) continue;
          for (const b of block) if (b > a) met.add(b);
        }
        for (const b of met) visit(a, b);
      }
    },
  };
}
