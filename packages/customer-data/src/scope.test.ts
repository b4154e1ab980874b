// The rule of who sees which customer (docs/decisions/0004), role by role, as SQL over columns that stand for a service's own.
import type { Actor, Role } from '@customer360/kernel/actor';
import { raw, sql } from '@customer360/kernel/sql';
import { expect, test } from '@jest/globals';
import { inScope } from './scope.ts';

const me = '11111111-1111-4111-8111-111111111111';
const scopeOf = (roles: readonly Role[], more: Partial<Actor> = {}) =>
  inScope(
    { kind: 'STAFF', id: me, roles, ...more },
    {
      id: raw('id'),
      ownerId: raw('owner'),
      processingRestricted: raw('restricted'),
      teamOf: (staffId) => sql`team of ${staffId}`,
      survivorOf: (id) => sql`survivor of ${id}`,
    },
  );
const SALES = 'owner is null or owner = $1::uuid or owner in (team of $2)';

test.each(['admin', 'sales_manager', 'support_rep', 'dpo', 'auditor', 'integration'] as const)('%s sees every customer', (role) => {
  expect(scopeOf([role]).text).toBe('true');
});

test('[Right to Restriction] marketing sees those that are not restricted', () => {
  expect(scopeOf(['marketing']).text).toBe('(not restricted)');
});

test('a sales_rep sees the pool, their own and the team’s; one whose id is no staff id the pool only', () => {
  expect(scopeOf(['sales_rep'])).toMatchObject({ text: `(${SALES})`, values: [me, me] });
  expect(scopeOf(['sales_rep'], { id: 'x' }).text).toBe('(owner is null)');
});

test('a portal customer sees the one of the token, or its survivor, and nothing without one', () => {
  expect(scopeOf(['customer'], { kind: 'CUSTOMER', customerId: me })).toMatchObject({ text: '(id = survivor of $1::uuid)', values: [me] });
  expect(scopeOf(['customer'], { kind: 'CUSTOMER' }).text).toBe('false');
});

test('several roles see the union, no role nothing, the system everything', () => {
  expect(scopeOf(['marketing', 'sales_rep']).text).toBe(`(not restricted or ${SALES})`);
  expect(scopeOf(['marketing', 'dpo']).text).toBe('true');
  expect(scopeOf([]).text).toBe('false');
  expect(scopeOf([], { kind: 'SYSTEM' }).text).toBe('true');
});
