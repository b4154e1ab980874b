// Every mutation of the customer service against bad input: a typed error that names the field, nothing written, no event.
// One table per noun; each row says who, what, and which code and field the answer must carry.
import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from '@jest/globals';
import {
  accountOf,
  addressOf,
  CREATE,
  contactOf,
  create,
  DELETE,
  END,
  footprint,
  type Noun,
  organisation,
  person,
  RESTORE,
  refusal,
  remove,
  staff,
  UPDATE,
} from '../support/customers.ts';
import { gql } from '../support/stack.ts';

const long = (n: number) => 'x'.repeat(n + 1);
const NOWHERE = randomUUID();
const BAD = 'BAD_USER_INPUT';
let it: Record<'works' | 'other' | 'gone' | 'contact' | 'account' | 'address' | 'relationship' | 'staff', string>;
let watched: string[];

beforeAll(async () => {
  const [works, other, gone] = [await organisation(), await organisation(), await organisation()];
  const relationship = await create('admin', 'Relationship', {
    fromCustomerId: works.id,
    toCustomerId: other.id,
    relationshipType: 'PARTNER',
  });
  const member = await staff('sales_rep');
  it = {
    works: works.id,
    other: other.id,
    gone: gone.id,
    contact: (await contactOf(works.id)).id,
    account: (await accountOf(works.id)).id,
    address: (await addressOf(works.id)).id,
    relationship: relationship.id,
    staff: member.sub,
  };
  await remove('admin', 'Customer', gone.id);
  watched = [works.id, other.id, gone.id, member.sub];
});

/** Runs bad calls; each must fail with the code and name the field, and leave no trace. */
async function all(calls: ReadonlyArray<readonly [text: string, variables: object, field: string, code?: string]>): Promise<void> {
  const before = await footprint(watched);
  for (const [text, variables, field, code = BAD] of calls) {
    const got = await refusal('admin', text, variables);
    expect({ ...got, variables }).toEqual({ code, field, variables });
  }
  expect(await footprint(watched)).toEqual(before);
}

const creates = (noun: Noun, good: () => object, rows: ReadonlyArray<readonly [object, string, string?]>) =>
  all(rows.map(([bad, field, code]) => [CREATE(noun), { input: { ...good(), ...bad } }, field, code] as const));
const updates = (noun: Noun, id: string, rows: ReadonlyArray<readonly [object, string, string?]>) =>
  all(rows.map(([input, field, code]) => [UPDATE(noun), { id, version: 1, input }, field, code] as const));

/** What update, delete and restore of every noun refuse alike. */
const addressing = (noun: Noun, id: string, input: object) =>
  all([
    [UPDATE(noun), { id: NOWHERE, version: 1, input }, 'id', 'NOT_FOUND'],
    [UPDATE(noun), { id: 'not-a-uuid', version: 1, input }, 'id'],
    [UPDATE(noun), { id, version: 99, input }, 'expectedVersion', 'CONFLICT'],
    [UPDATE(noun), { id, version: 1, input: { nonsense: 1 } }, 'input'],
    [DELETE(noun), { id: NOWHERE }, 'id', 'NOT_FOUND'],
    [DELETE(noun), { id, version: 99 }, 'expectedVersion', 'CONFLICT'],
    [DELETE(noun), { id: '1 or 1=1' }, 'id'],
    [RESTORE(noun), { id: NOWHERE }, 'id', 'NOT_FOUND'],
  ]);

const CUSTOMER_FIELDS = (): ReadonlyArray<readonly [object, string, string?]> => [
  [{ displayName: long(200) }, 'input.displayName'],
  [{ displayName: '   ' }, 'input.displayName'],
  [{ displayName: 'nul\0' }, 'input.displayName'],
  [{ type: 'ROBOT' }, 'input.type'],
  [{ status: 'DELETED' }, 'input.status'],
  [{ status: 'ASLEEP' }, 'input.status'],
  [{ source: 'DREAM' }, 'input.source'],
  [{ externalId: long(200) }, 'input.externalId'],
  [{ externalId: ' ' }, 'input.externalId'],
  [{ email: 'nobody' }, 'input.email'],
  [{ phone: long(50) }, 'input.phone'],
  [{ phoneRegion: 'ZZ' }, 'input.phoneRegion'],
  [{ ownerId: 'me' }, 'input.ownerId'],
  [{ parentId: 'root' }, 'input.parentId'],
  [{ parentId: NOWHERE }, 'input.parentId', 'NOT_FOUND'],
  [{ parentId: it.gone }, 'input.parentId', 'NOT_FOUND'],
];

test('bad input to createCustomer and updateCustomer', async () => {
  const account = (fields: object) => ({ type: 'ORGANIZATION', account: { legalName: 'L', ...fields } });
  await creates('Customer', () => ({ type: 'INDIVIDUAL', displayName: 'Good', ownerId: null }), [
    ...CUSTOMER_FIELDS(),
    [{ idempotencyKey: long(100) }, 'input.idempotencyKey'],
    [{ overrideToken: long(100) }, 'input.overrideToken'],
    [{ initialStage: long(100) }, 'input.initialStage'],
    [account({ legalName: long(300) }), 'input.account.legalName'],
    [account({ dbaName: long(300) }), 'input.account.dbaName'],
    [account({ taxId: long(50) }), 'input.account.taxId'],
    [account({ country: 'XX' }), 'input.account.country'],
    [account({ website: 'javascript:alert(1)' }), 'input.account.website'],
    [account({ employeeCount: 'MANY' }), 'input.account.employeeCount'],
  ]);
  await updates('Customer', it.works, [
    ...CUSTOMER_FIELDS(),
    [{ displayName: null }, 'input.displayName'],
    [{ type: null }, 'input.type'],
    [{ status: null }, 'input.status'],
  ]);
  await addressing('Customer', it.works, { displayName: 'x' });
  await all([
    [UPDATE('Customer'), { id: it.gone, version: 1, input: { displayName: 'x' } }, 'id', 'NOT_FOUND'],
    [DELETE('Customer'), { id: it.gone }, 'id', 'NOT_FOUND'],
  ]);
  const { errors } = await gql('sales_rep', CREATE('Customer'), {
    input: { type: 'INDIVIDUAL', displayName: 'x', initialStage: 'Customer' },
  });
  expect(errors![0]!.extensions).toMatchObject({ code: BAD, field: 'input.initialStage' });
});

const CONTACT_FIELDS: ReadonlyArray<readonly [object, string, string?]> = [
  [{ firstName: long(100) }, 'input.firstName'],
  [{ firstName: ' ' }, 'input.firstName'],
  [{ lastName: long(100) }, 'input.lastName'],
  [{ email: 'x@' }, 'input.email'],
  [{ phone: long(50) }, 'input.phone'],
  [{ phoneRegion: 'XX' }, 'input.phoneRegion'],
  [{ jobTitle: long(100) }, 'input.jobTitle'],
  [{ status: 'GONE' }, 'input.status'],
  [{ communicationPreference: 'PIGEON' }, 'input.communicationPreference'],
  [{ roles: ['KING'] }, 'input.roles.0'],
  [{ roles: ['USER', 'USER', 'USER', 'USER', 'USER', 'USER', 'USER'] }, 'input.roles'],
  [{ isPrimary: 'yes' }, 'input.isPrimary'],
];

/** A child cannot be added to a customer that is unknown, deleted or malformed. */
const parents = (): ReadonlyArray<readonly [object, string, string?]> => [
  [{ customerId: NOWHERE }, 'input.customerId', 'NOT_FOUND'],
  [{ customerId: it.gone }, 'input.customerId', 'NOT_FOUND'],
  [{ customerId: 'x' }, 'input.customerId'],
];

test('bad input to the mutations of contacts', async () => {
  await creates('Contact', () => ({ customerId: it.works, firstName: 'A', lastName: 'B' }), [...CONTACT_FIELDS, ...parents()]);
  await updates('Contact', it.contact, [
    ...CONTACT_FIELDS,
    [{ firstName: null }, 'input.firstName'],
    [{ lastName: null }, 'input.lastName'],
    [{ customerId: it.other }, 'input'],
  ]);
  await addressing('Contact', it.contact, { jobTitle: 'x' });
});

const ACCOUNT_FIELDS: ReadonlyArray<readonly [object, string, string?]> = [
  [{ legalName: long(300) }, 'input.legalName'],
  [{ legalName: '' }, 'input.legalName'],
  [{ dbaName: long(300) }, 'input.dbaName'],
  [{ taxId: long(50) }, 'input.taxId'],
  [{ taxId: ' ' }, 'input.taxId'],
  [{ country: 'EU' }, 'input.country'],
  [{ industry: long(100) }, 'input.industry'],
  [{ employeeCount: 'TEN' }, 'input.employeeCount'],
  [{ annualRevenue: 'MUCH' }, 'input.annualRevenue'],
  [{ website: 'ftp://example.com' }, 'input.website'],
];

test('bad input to the mutations of accounts', async () => {
  await creates('Account', () => ({ customerId: it.other, legalName: 'L' }), [...ACCOUNT_FIELDS, ...parents()]);
  await updates('Account', it.account, [...ACCOUNT_FIELDS, [{ legalName: null }, 'input.legalName']]);
  await addressing('Account', it.account, { industry: 'x' });
});

const ADDRESS_FIELDS: ReadonlyArray<readonly [object, string, string?]> = [
  [{ addressType: 'MOON' }, 'input.addressType'],
  [{ streetLine1: long(200) }, 'input.streetLine1'],
  [{ streetLine1: ' ' }, 'input.streetLine1'],
  [{ streetLine2: long(200) }, 'input.streetLine2'],
  [{ city: long(100) }, 'input.city'],
  [{ stateProvince: long(100) }, 'input.stateProvince'],
  [{ postalCode: long(20) }, 'input.postalCode'],
  [{ country: 'QQ' }, 'input.country'],
  [{ country: 'Germany' }, 'input.country'],
  [{ latitude: '91', longitude: '0' }, 'input.latitude'],
  [{ latitude: '0', longitude: '181' }, 'input.longitude'],
  [{ latitude: 'north', longitude: '0' }, 'input.latitude'],
];

test('bad input to the mutations of addresses', async () => {
  await creates('Address', () => ({ customerId: it.works, addressType: 'OTHER', streetLine1: 'a', city: 'b', country: 'DE' }), [
    ...ADDRESS_FIELDS,
    [{ latitude: '1' }, 'input.longitude'],
    ...parents(),
  ]);
  await updates('Address', it.address, [
    ...ADDRESS_FIELDS,
    [{ city: null }, 'input.city'],
    [{ country: null }, 'input.country'],
    [{ addressType: null }, 'input.addressType'],
  ]);
  await addressing('Address', it.address, { city: 'x' });
});

test('bad input to the mutations of relationships', async () => {
  const days: ReadonlyArray<readonly [object, string, string?]> = [
    [{ notes: long(10_000) }, 'input.notes'],
    [{ startDate: '2026-02-30' }, 'input.startDate'],
    [{ startDate: '2026-02-02', endDate: '2026-02-01' }, 'input.endDate'],
  ];
  await creates('Relationship', () => ({ fromCustomerId: it.other, toCustomerId: it.works, relationshipType: 'RESELLER' }), [
    ...days,
    [{ relationshipType: 'ENEMY' }, 'input.relationshipType'],
    [{ fromCustomerId: NOWHERE }, 'input.fromCustomerId', 'NOT_FOUND'],
    [{ toCustomerId: it.gone }, 'input.toCustomerId', 'NOT_FOUND'],
    [{ toCustomerId: 'x' }, 'input.toCustomerId'],
    [{ relationshipType: 'PARENT_CHILD', endDate: '2030-01-01' }, 'input.endDate'],
    [{ relationshipType: 'PARENT_CHILD', startDate: '2999-01-01' }, 'input.startDate'],
  ]);
  await updates('Relationship', it.relationship, days);
  await addressing('Relationship', it.relationship, { notes: 'x' });
  await all([
    [END, { id: NOWHERE }, 'id', 'NOT_FOUND'],
    [END, { id: it.relationship, endDate: 'soon' }, 'endDate'],
    [END, { id: it.relationship, version: 99 }, 'expectedVersion', 'CONFLICT'],
  ]);
});

test("bad input to the mutations of the staff directory, which is an admin's alone", async () => {
  const fields: ReadonlyArray<readonly [object, string, string?]> = [
    [{ name: long(200) }, 'input.name'],
    [{ name: ' ' }, 'input.name'],
    [{ email: 'x' }, 'input.email'],
    [{ roles: [] }, 'input.roles'],
    [{ roles: ['KING'] }, 'input.roles.0'],
    [{ team: long(100) }, 'input.team'],
    [{ managerId: NOWHERE }, 'input.managerId', 'NOT_FOUND'],
  ];
  await creates('StaffMember', () => ({ name: 'N', email: `${randomUUID()}@staff.example`, roles: ['SALES_REP'] }), [
    ...fields,
    [{ id: it.staff }, 'input.id'],
    [{ id: '7' }, 'input.id'],
  ]);
  await updates('StaffMember', it.staff, [...fields, [{ roles: null }, 'input.roles'], [{ managerId: it.staff }, 'input.managerId']]);
  await addressing('StaffMember', it.staff, { team: 'x' });
  for (const role of ['sales_manager', 'dpo', 'auditor', 'integration', 'customer'] as const) {
    expect((await refusal(role, CREATE('StaffMember'), { input: { name: 'N', email: 'n@staff.example', roles: ['ADMIN'] } })).code).toBe(
      'FORBIDDEN',
    );
  }
});

test('a person is not an organisation: bad input is refused before anything is looked up', async () => {
  const { id } = await person();
  const { errors } = await gql('admin', CREATE('Account'), { input: { customerId: id, legalName: '' } });
  expect(errors![0]!.extensions).toMatchObject({ code: BAD, field: 'input.legalName' });
});
