// What an address may hold; pure.
import { expect, test } from '@jest/globals';
import { checkCountry, checkPosition } from './address.ts';

test('[Address AC-2] only assigned country codes are accepted', () => {
  for (const code of ['DE', 'US', 'AU', 'GB']) expect(() => checkCountry('input.country', code)).not.toThrow();
  for (const code of ['ZZ', 'XX', 'de', 'UK', 'DEU']) expect(() => checkCountry('input.country', code)).toThrow('input.country');
});

test('a position lies on the globe and is whole', () => {
  expect(() => checkPosition('52.5', '13.4')).not.toThrow();
  expect(() => checkPosition(null, null)).not.toThrow();
  expect(() => checkPosition('90.1', '0')).toThrow('input.latitude');
  expect(() => checkPosition('0', '-180.5')).toThrow('input.longitude');
  expect(() => checkPosition('1', null)).toThrow('input.longitude');
});
