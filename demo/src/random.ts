// The one source of chance in the demo data: a small seeded generator, so that every load tells the same story. A stream per name keeps the
// rest of the story where it was when one customer's part of it changes.

export interface Random {
  /** 0 ≤ n < 1. */
  float(): number;
  /** min ≤ n ≤ max, whole. */
  int(min: number, max: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** `count` different elements, or all when there are fewer. */
  some<T>(list: readonly T[], count: number): T[];
}

/** A generator for this name; the same name gives the same numbers for ever (FNV-1a seed, mulberry32). */
export function random(name: string): Random {
  let state = 2166136261;
  for (const char of name) state = Math.imul(state ^ char.codePointAt(0)!, 16777619);
  const float = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const int = (min: number, max: number) => min + Math.floor(float() * (max - min + 1));
  const pick = <T>(list: readonly T[]): T => list[int(0, list.length - 1)]!;
  const some = <T>(list: readonly T[], count: number): T[] => {
    const rest = [...list];
    return Array.from({ length: Math.min(count, rest.length) }, () => rest.splice(int(0, rest.length - 1), 1)[0]!);
  };
  return { float, int, chance: (probability) => float() < probability, pick, some };
}
