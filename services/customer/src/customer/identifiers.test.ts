// The keys by which the same customer is recognised, and the status rules; pure, table by table.
import { refuseRestricted } from '@customer360/customer-data/restriction';
import { expect, test } from '@jest/globals';
import { firstStage, refuseStatus, statusAfterStage } from './customer.ts';
import { emailKey } from './email-key.ts';
import { phoneE164 } from './phone.ts';

test('[Duplicate on create] two spellings of one e-mail address have one key', () => {
  expect(emailKey('Ann.Lee@Example.COM')).toBe('ann.lee@example.com');
  expect(emailKey('ann@bücher.example')).toBe('ann@xn--bcher-kva.example');
  expect(emailKey('ann+x@example.com')).not.toBe(emailKey('ann@example.com'));
  expect(emailKey(null)).toBeNull();
});

test.each([
  ['030 12345678', 'DE', '+493012345678'],
  ['+49 (0)30 12345678', null, '+493012345678'],
  ['0049 30 12345678', null, '+493012345678'],
  ['(212) 555-2368', 'US', '+12125552368'],
  ['+81-3-1234-5678', 'DE', '+81312345678'],
  ['030 12345678', null, null],
  ['ask for Bob', 'DE', null],
  ['030 12345678', 'ZZ', null],
  ['', 'DE', null],
])('[International phone format] %p read in %p is %p', (phone, region, expected) => {
  expect(phoneE164(phone, region)).toBe(expected);
});

test('the stage leads the status, and inactive is kept until lifted', () => {
  expect(statusAfterStage('prospect', 'customer')).toBe('active');
  expect(statusAfterStage('active', 'post_customer')).toBe('churned');
  expect(statusAfterStage('inactive', 'customer')).toBe('inactive');
  expect(statusAfterStage('deleted', 'customer')).toBe('deleted');
  expect(['prospect', 'inactive', 'active', 'churned'].map((s) => firstStage(s as never))).toEqual(['Lead', 'Lead', 'Customer', 'Churned']);
});

test('a status that the stage does not give is refused with what is allowed', () => {
  const customer = { status: 'prospect', stageCategory: 'pre_customer', initialStage: null } as const;
  expect(refuseStatus(customer, 'inactive')).toBeUndefined();
  expect(refuseStatus(customer, 'prospect')).toBeUndefined();
  expect(refuseStatus(customer, 'active')).toMatchObject({ __typename: 'StatusFollowsStage', allowed: ['inactive', 'prospect'] });
  expect(refuseStatus({ ...customer, status: 'inactive', stageCategory: 'customer' }, 'active')).toBeUndefined();
});

test('[Right to Restriction] only a dpo or an admin changes a restricted customer', () => {
  const customer = { id: 'c', processingRestricted: true };
  expect(refuseRestricted(customer, { kind: 'STAFF', id: 's', roles: ['sales_manager'] })).toMatchObject({
    __typename: 'ProcessingRestricted',
  });
  expect(refuseRestricted(customer, { kind: 'STAFF', id: 's', roles: ['dpo'] })).toBeUndefined();
  expect(refuseRestricted({ ...customer, processingRestricted: false }, { kind: 'API', id: 's', roles: ['integration'] })).toBeUndefined();
});
