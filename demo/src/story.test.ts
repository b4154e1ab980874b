// The demo's story is told the same way every time, breaks no contract of another module, and uses each identifier once: what a load, and a
// load that is run again, rely on.

import { loadContracts } from '@customer360/kernel/contracts';
import { expect, test } from '@jest/globals';
import { castOf } from './cast.ts';
import { firstChoices, laterStatements, rightsUsed } from './consents.ts';
import { SAMPLE_KEY } from './group.ts';
import { milestones } from './journeys.ts';
import { opportunities, purchases } from './purchases.ts';
import { cases, fieldService } from './services.ts';
import { activities, interactions, notes } from './touchpoints.ts';
import type { World } from './world.ts';

const staff = (n: number) => `c0113a90-0000-4000-8000-0000000001${String(n).padStart(2, '0')}`;

/** A world as if everything had been created; ids are made from the keys, so that two worlds are equal. */
function world(): World {
  const crew = { reps: { north: [staff(1), staff(2)], south: [staff(3), staff(4)] }, support: [staff(5)] };
  const cast = castOf(crew);
  const places = new Map(cast.map((one, at) => [one.key, at]));
  const idOf = (key: string) => `11111111-1111-4111-8111-${String(places.get(key)).padStart(12, '0')}`;
  const contactsOf = (key: string) => cast[places.get(key)!]!.contacts.map((_, n) => `${key} ${n}`);
  return { cast, crew, today: new Date('2026-03-04T10:00:00Z'), reportingCurrency: 'EUR', idOf, contactsOf };
}

const wishes = (of: World) => [
  ...interactions(of),
  ...notes(of),
  ...activities(of),
  ...firstChoices(of),
  ...laterStatements(of),
  ...milestones(of),
];
const events = (of: World) => [...purchases(of), ...opportunities(of), ...cases(of), ...fieldService(of)];
const repeated = (values: unknown[]) => {
  const seen = new Set<unknown>();
  return values.filter((value) => value != null && seen.size === seen.add(value).size);
};

test('the same day and staff give the same story, to the last word', () => {
  const told = (of: World) => JSON.stringify([of.cast, wishes(of), events(of), rightsUsed(of)]);
  expect(told(world())).toBe(told(world()));
});

test('no customer shares an identifier with another, so that none is taken for a duplicate', () => {
  const { cast } = world();
  expect(cast).toHaveLength(480);
  expect(new Set(cast.map((one) => one.country.code)).size).toBe(8);
  const taxIds = cast.map((one) => (one.input.account as { taxId: string } | undefined)?.taxId);
  const phones = cast.flatMap((one) => [one.input, ...one.contacts]).map((one) => one.phone);
  const emails = cast.flatMap((one) => [one.input, ...one.contacts]).map((one) => one.email);
  const people = cast.filter((one) => one.input.type === 'INDIVIDUAL').map((one) => one.input.displayName);
  for (const values of [taxIds, phones, emails, cast.map((one) => one.key), cast.map((one) => one.input.externalId), people]) {
    expect(repeated(values)).toEqual([]);
  }
});

test('every idempotency key and every event id occurs once, and every event keeps its contract', () => {
  const of = world();
  expect(repeated(wishes(of).map(({ item }) => (item.input as { idempotencyKey: string }).idempotencyKey))).toEqual([]);
  expect(repeated(events(of).map((event) => `${event.type} ${event.id}`))).toEqual([]);
  const contracts = loadContracts(new URL('../../schemas/', import.meta.url));
  for (const event of events(of)) contracts.assertWritable(event.type, event.data);
});

test('nothing has happened after today, except what is planned', () => {
  const of = world();
  for (const { item } of wishes(of)) {
    const { occurredAt } = item.input as { occurredAt?: string };
    if (occurredAt) expect(Date.parse(occurredAt)).toBeLessThanOrEqual(of.today.getTime());
  }
  const ahead = events(of).filter((event) => event.time > of.today);
  expect(ahead.every((event) => event.data.status === 'scheduled')).toBe(true);
});

test('the sample customer stands in the middle of a group of three levels', () => {
  const { cast } = world();
  const sample = cast.find((one) => one.key === SAMPLE_KEY)!;
  expect(cast.find((one) => one.key === sample.parentKey)?.parentKey).toBeUndefined();
  expect(cast.filter((one) => one.parentKey === SAMPLE_KEY)).toHaveLength(3);
});
