// Tax ids by country, against numbers whose check digits are known.
import { expect, test } from '@jest/globals';
import { refuseAccountOf, taxIdColumns } from './account.ts';
import { checkTaxId } from './tax-id.ts';

test.each([
  ['DE 136,695 976', 'DE', 'valid'],
  ['DE136695976', 'DE', 'valid'],
  ['DE136695978', 'DE', 'invalid'],
  ['12-3456789', 'US', 'valid'],
  ['1234', 'US', 'invalid'],
  ['Fr 40 303 265 045', 'FR', 'valid'],
  ['GB 980 7806 84', 'GB', 'valid'],
  ['802311781', 'GB', 'invalid'],
  ['whatever', null, 'unchecked'],
  ['whatever', 'AQ', 'unchecked'],
])('[Account AC-2] %p in %p is %s', (taxId, country, verdict) => {
  expect(checkTaxId(taxId, country).verdict).toBe(verdict);
});

test('[Account AC-2] two spellings of one tax id have one key, and an unknown country stays unverified', () => {
  const one = taxIdColumns('DE 136,695 976', 'DE');
  const two = taxIdColumns('de136695976', 'DE');
  expect(one).toMatchObject({ taxIdVerified: true });
  expect((one as any).taxIdKey).toBe((two as any).taxIdKey);
  expect(taxIdColumns('X-1', null)).toEqual({ taxId: 'X-1', taxIdKey: ':X1', taxIdVerified: false });
  expect(taxIdColumns('123', 'DE')).toMatchObject({ __typename: 'InvalidTaxId', country: 'DE' });
});

test('[Account AC-1] a person has no account', () => {
  expect(refuseAccountOf({ type: 'individual' })).toMatchObject({ __typename: 'AccountNotAllowed' });
  expect(refuseAccountOf({ type: 'organization' })).toBeUndefined();
});
