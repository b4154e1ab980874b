// The rules of relationships and of the hierarchy; pure. The cycle rule is tried on random forests.
import { expect, test } from '@jest/globals';
import { checkDays, loopOf, refuseSelf } from './relationship.ts';

test('[Relationship AC-1] a customer cannot relate to itself', () => {
  expect(refuseSelf('a', 'a')).toMatchObject({ __typename: 'SelfRelationship', customerId: 'a' });
  expect(refuseSelf('a', 'b')).toBeUndefined();
});

test('a relationship does not end before it begins', () => {
  expect(() => checkDays('2026-02-02', '2026-02-01')).toThrow('input.endDate');
  expect(() => checkDays('2026-02-02', '2026-02-02')).not.toThrow();
  expect(() => checkDays(null, '2026-02-01')).not.toThrow();
});

test('[Circular hierarchy] the loop is told from the moved customer back to itself', () => {
  expect(loopOf('a', ['c', 'b', 'a', 'root'])).toEqual(['a', 'c', 'b', 'a']);
  expect(loopOf('a', ['a'])).toEqual(['a', 'a']);
  expect(loopOf('a', ['b', 'root'])).toBeUndefined();
});

test('[Circular hierarchy] random moves never leave a loop behind, and refuse only those that would', () => {
  let seed = 42;
  const random = (n: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % n;
  };
  const parents = new Map<string, string | null>(Array.from({ length: 30 }, (_, i) => [`c${i}`, null]));
  const climb = (id: string | null) => {
    const path: string[] = [];
    for (let at = id; at !== null && path.length <= parents.size; at = parents.get(at)!) path.push(at);
    return path;
  };
  for (let move = 0; move < 2_000; move++) {
    const child = `c${random(30)}`;
    const parent = `c${random(30)}`;
    if (!loopOf(child, climb(parent))) parents.set(child, parent);
    for (const id of parents.keys()) expect(climb(id).length).toBeLessThanOrEqual(parents.size);
  }
});
