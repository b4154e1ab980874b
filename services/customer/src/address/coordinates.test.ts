// What becomes of the coordinates when an address changes; pure.

import { SYSTEM } from '@customer360/kernel/actor';
import { expect, test } from '@jest/globals';
import type { Address } from './address.ts';
import { coordinatesAfter } from './coordinates.ts';
import { newAddress } from './new-address.ts';

const now = new Date('2026-11-25T10:00:00Z');
const place = { addressType: 'billing', streetLine1: 'Weg 1', city: 'Berlin', country: 'DE' } as const;
const made = newAddress({ actor: SYSTEM, now }, crypto.randomUUID(), place);
const given = newAddress({ actor: SYSTEM, now }, crypto.randomUUID(), { ...place, latitude: '52.5', longitude: '13.4' });
const located: Address = { ...made, latitude: '52.524370', longitude: '13.410530', coordinatePrecision: 'city', geocodeDueAt: null };

test('[Address AC-3] a new address is due at once, one with coordinates never', () => {
  expect(made).toMatchObject({ latitude: null, coordinatePrecision: null, geocodeDueAt: now });
  expect(given).toMatchObject({ latitude: '52.500000', longitude: '13.400000', coordinatePrecision: 'provided', geocodeDueAt: null });
});

test('[Address AC-3] another place is looked up anew, anything else is not', () => {
  for (const change of [{ city: 'Bonn' }, { streetLine1: 'Allee 2' }, { stateProvince: 'NW' }, { postalCode: '53111' }, { country: 'AT' }])
    expect(coordinatesAfter(located, change, now)).toMatchObject({ latitude: null, coordinatePrecision: null, geocodeDueAt: now });
  for (const change of [{ streetLine2: 'Floor 2' }, { isDefault: true }, { addressType: 'other' as const }])
    expect(coordinatesAfter(located, change, now)).toEqual({});
});

test('[Address AC-3] provided coordinates outlive another place, until they are changed or cleared', () => {
  expect(coordinatesAfter(given, { city: 'Bonn' }, now)).toEqual({});
  expect(coordinatesAfter(located, { latitude: '1.000000' }, now)).toMatchObject({
    longitude: '13.410530',
    coordinatePrecision: 'provided',
  });
  expect(coordinatesAfter(given, { latitude: null, longitude: null }, now)).toMatchObject({ coordinatePrecision: null, geocodeDueAt: now });
});
