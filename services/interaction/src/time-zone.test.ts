// Days of a time zone, at the edges where clocks change.
import { expect, test } from '@jest/globals';
import { dayOf, endOfDay } from './time-zone.ts';

test('[Timezone mismatch] an instant lies on different days in different zones', () => {
  const instant = new Date('2026-03-01T23:30:00Z');
  expect(dayOf(instant, 'UTC')).toBe('2026-03-01');
  expect(dayOf(instant, 'Europe/Berlin')).toBe('2026-03-02');
  expect(dayOf(instant, 'America/New_York')).toBe('2026-03-01');
});

test('[Timezone mismatch] a day ends where the zone says, also when its clocks change', () => {
  expect(endOfDay(new Date('2026-03-01T10:00:00Z'), 'UTC').toISOString()).toBe('2026-03-02T00:00:00.000Z');
  // 29 March 2026 has 23 hours in Berlin, 25 October 2026 has 25.
  expect(endOfDay(new Date('2026-03-29T00:00:00Z'), 'Europe/Berlin').toISOString()).toBe('2026-03-29T22:00:00.000Z');
  expect(endOfDay(new Date('2026-10-24T23:00:00Z'), 'Europe/Berlin').toISOString()).toBe('2026-10-25T23:00:00.000Z');
  // Cairo's clocks skip midnight on 24 April 2026: the day begins at 01:00.
  expect(endOfDay(new Date('2026-04-23T12:00:00Z'), 'Africa/Cairo').toISOString()).toBe('2026-04-23T22:00:00.000Z');
});

test('[Timezone mismatch] an unknown zone is refused and names the argument', () => {
  for (const zone of ['Mars/Olympus', '', 'x'.repeat(65)]) {
    expect(() => dayOf(new Date(), zone)).toThrow(/^timeZone: is not an IANA time zone/);
  }
});
