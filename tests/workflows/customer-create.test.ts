// WF-CM-001 through the running stack: create a customer, with owner, duplicates, external ids, phones and the first lifecycle stage.
import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import {
  create,
  digits,
  ein,
  facts,
  mailbox,
  organisation,
  person,
  read,
  remove,
  staff,
  state,
  update,
  word,
} from '../support/customers.ts';
import { gql, must, stack } from '../support/stack.ts';

test('[WF-CM-001] a sales rep creates a prospect of their own, and the change is told in the same breath', async () => {
  const rep = await staff('sales_rep', { team: `team ${word()}` });
  const number = `1${digits(7)}`;
  const input = {
    type: 'INDIVIDUAL',
    displayName: 'Ada Example',
    source: 'WEB',
    email: mailbox(),
    phone: `+49 30 ${number}`,
    externalId: word(),
  };
  const customer = await create(rep, 'Customer', input);
  expect(customer).toMatchObject({
    __typename: 'Customer',
    ...input,
    status: 'PROSPECT',
    ownerId: rep.sub,
    version: 1,
    phoneE164: `+4930${number}`,
    deletedAt: null,
  });
  expect(customer.createdBy).toEqual({ kind: 'STAFF', id: rep.sub });
  expect(await read(customer.id, 'displayName owner { id name }', rep)).toMatchObject({
    displayName: 'Ada Example',
    owner: { id: rep.sub },
  });
  const [created] = await facts(customer.id, 1);
  expect(created).toMatchObject({
    type: 'customer-created',
    key: customer.id,
    headers: { ce_sequence: '1', ce_subject: customer.id, actor: `STAFF:${rep.sub}` },
  });
  expect(created!.data).toEqual({
    customerId: customer.id,
    version: 1,
    type: 'individual',
    status: 'prospect',
    source: 'web',
    ownerId: rep.sub,
    parentId: null,
  });
  expect(JSON.stringify([created!.data, created!.headers])).not.toMatch(/Ada|example\.com/);
  const told = await state('crm.customer.state.v1', customer.id, (data) => expect(data.ownerId).toBe(rep.sub));
  expect(told).toMatchObject({
    customerId: customer.id,
    displayName: 'Ada Example',
    email: input.email,
    phone: input.phone,
    initialStage: 'Lead',
    createdByKind: 'STAFF',
  });
});

test('[WF-CM-001] an organisation is created with its account, under a parent', async () => {
  const parent = await organisation();
  const taxId = ein();
  const child = await organisation({
    parentId: parent.id,
    account: { legalName: 'Works Inc', taxId, country: 'US', employeeCount: 'EMPLOYEES_OVER_1000', annualRevenue: 'REVENUE_UNDER_100K' },
  });
  const seen = await read(
    child.id,
    'parent { id } account { legalName taxId taxIdVerified country employeeCount annualRevenue } relationships { nodes { relationshipType from { id } to { id } startDate endDate } }',
  );
  expect(seen.account).toEqual({
    legalName: 'Works Inc',
    taxId,
    taxIdVerified: true,
    country: 'US',
    employeeCount: 'EMPLOYEES_OVER_1000',
    annualRevenue: 'REVENUE_UNDER_100K',
  });
  expect(seen.parent.id).toBe(parent.id);
  expect(seen.relationships.nodes).toEqual([
    {
      relationshipType: 'PARENT_CHILD',
      from: { id: parent.id },
      to: { id: child.id },
      startDate: new Date().toISOString().slice(0, 10),
      endDate: null,
    },
  ]);
  expect((await facts(child.id, 3)).map(({ type }) => type)).toEqual(['customer-created', 'relationship-created', 'account-created']);
});

test('[WF-CM-001] the status given picks the first stage, and only an import names it', async () => {
  for (const [status, stage] of [
    ['INACTIVE', 'Lead'],
    ['ACTIVE', 'Customer'],
    ['CHURNED', 'Churned'],
  ]) {
    const { id } = await person({ status });
    await state('crm.customer.state.v1', id, (data) => expect(data.initialStage).toBe(stage));
  }
  const imported = await person({ initialStage: 'Opportunity' }, 'integration');
  expect(imported.createdBy.kind).toBe('API');
  expect(imported.ownerId).toBeNull();
  await state('crm.customer.state.v1', imported.id, (data) => expect(data.initialStage).toBe('Opportunity'));
});

test('[WF-CM-001] an owner who is unknown, inactive or deleted is refused', async () => {
  const inactive = await staff('sales_rep', { active: false });
  const gone = await staff('sales_rep');
  await remove('admin', 'StaffMember', gone.sub);
  for (const ownerId of [inactive.sub, gone.sub, randomUUID()]) {
    expect(await create('sales_manager', 'Customer', { type: 'INDIVIDUAL', displayName: 'X', ownerId })).toMatchObject({
      __typename: 'InactiveOwner',
      ownerId,
    });
  }
  const { id, version } = await person();
  expect(await update('sales_manager', 'Customer', { id, version }, { ownerId: inactive.sub })).toMatchObject({
    __typename: 'InactiveOwner',
  });
  expect(await update('sales_manager', 'Customer', { id, version }, { ownerId: stack().staff.sales_rep })).toMatchObject({
    __typename: 'Customer',
    version: 2,
  });
  expect((await facts(id, 3)).slice(1).map(({ type, data }) => [type, data.changed ?? data.toOwnerId])).toEqual([
    ['customer-updated', ['ownerId']],
    ['owner-changed', stack().staff.sales_rep],
  ]);
});

test('[Customer AC-2][Duplicate on create] the same e-mail, phone or tax id is shown with reasons, and can be created anyway, once', async () => {
  const email = mailbox();
  const first = await person({ email, phone: `+49 30 2${digits(7)}` });
  const again = { type: 'INDIVIDUAL', displayName: 'Somebody', ownerId: null, email: email.toUpperCase() };
  const found = await create('sales_manager', 'Customer', again);
  expect(found).toMatchObject({
    __typename: 'DuplicateCandidates',
    candidates: [
      {
        hidden: false,
        reasons: expect.arrayContaining([{ field: 'email', level: 'exact', bits: expect.any(Number) }]),
        customer: { id: first.id },
      },
    ],
  });
  expect(found.candidates[0].score).toBeGreaterThan(80);
  const lifetime = Date.parse(found.overrideTokenExpiresAt) - Date.now();
  expect(lifetime).toBeGreaterThan(14 * 60_000);
  expect(lifetime).toBeLessThan(15 * 60_000 + 5_000);
  const { overrideToken } = found;
  // Bound to the input and to the actor.
  expect(await create('sales_manager', 'Customer', { ...again, displayName: 'Other', overrideToken })).toMatchObject({
    __typename: 'DuplicateCandidates',
  });
  expect(await create('admin', 'Customer', { ...again, overrideToken })).toMatchObject({ __typename: 'DuplicateCandidates' });
  expect(await create('sales_manager', 'Customer', { ...again, overrideToken: 'guess' })).toMatchObject({
    __typename: 'DuplicateCandidates',
  });
  const anyway = await create('sales_manager', 'Customer', { ...again, overrideToken });
  expect(anyway).toMatchObject({ __typename: 'Customer' });
  const thrice = await create('sales_manager', 'Customer', { ...again, overrideToken });
  expect(thrice.candidates.map((c: any) => c.customer.id).sort()).toEqual([first.id, anyway.id].sort());
});

test('[Duplicate on create] phone and tax id count in any spelling, deleted customers do not', async () => {
  const number = `3${digits(7)}`;
  const first = await person({ displayName: 'Yvonne Zahnarzt', phone: `+4930${number}` });
  const national = {
    type: 'INDIVIDUAL',
    displayName: 'Frau Zahnarzt, Yvonne',
    ownerId: null,
    phone: `030 ${number.slice(0, 3)} ${number.slice(3)}`,
    phoneRegion: 'DE',
  };
  expect((await create('admin', 'Customer', national)).candidates).toMatchObject([
    { reasons: expect.arrayContaining([expect.objectContaining({ field: 'phone', level: 'equal' })]), customer: { id: first.id } },
  ]);
  const taxId = `T-${word()}-${word()}`;
  const works = await organisation({ account: { legalName: 'A', taxId, country: 'AQ' } });
  const second = {
    type: 'ORGANIZATION',
    displayName: 'B',
    ownerId: null,
    account: { legalName: 'B', taxId: taxId.toLowerCase().replaceAll('-', ' '), country: 'AQ' },
  };
  expect((await create('admin', 'Customer', second)).candidates).toMatchObject([
    { reasons: expect.arrayContaining([expect.objectContaining({ field: 'taxId', level: 'equal' })]), customer: { id: works.id } },
  ]);
  await remove('admin', 'Customer', works.id);
  expect(await create('admin', 'Customer', second)).toMatchObject({ __typename: 'Customer' });
});

test('[Duplicate on create] a candidate that the caller may not see shows that it exists, and nothing of it', async () => {
  const owner = await staff('sales_rep', { team: `team ${word()}` });
  const stranger = await staff('sales_rep', { team: `team ${word()}` });
  const email = mailbox();
  await person({ email, ownerId: owner.sub });
  const found = await create(stranger, 'Customer', { type: 'INDIVIDUAL', displayName: 'Z', email });
  expect(found.candidates).toEqual([
    { hidden: true, score: expect.any(Number), reasons: [{ field: 'email', level: 'exact', bits: expect.any(Number) }], customer: null },
  ]);
});

test('[Duplicate on create] of two callers at once only one passes the check', async () => {
  const email = mailbox();
  const input = { type: 'INDIVIDUAL', displayName: 'Twin', ownerId: null, email };
  const both = await Promise.all(Array.from({ length: 8 }, () => create('sales_manager', 'Customer', input)));
  expect(both.filter((r) => r.__typename === 'Customer')).toHaveLength(1);
  expect(both.filter((r) => r.__typename === 'DuplicateCandidates')).toHaveLength(7);
});

test('[Customer AC-2] an external id of a live customer is refused for good, and free again after a deletion', async () => {
  const externalId = `EXT ${word()}`;
  const first = await person({ externalId });
  const input = { type: 'INDIVIDUAL', displayName: 'W', ownerId: null, externalId };
  expect(await create('admin', 'Customer', input)).toMatchObject({ __typename: 'ExternalIdTaken', takenById: first.id });
  const other = await person();
  expect(await update('admin', 'Customer', other, { externalId })).toMatchObject({ __typename: 'ExternalIdTaken', takenById: first.id });
  await remove('admin', 'Customer', first.id);
  const second = await create('admin', 'Customer', input);
  expect(second).toMatchObject({ __typename: 'Customer', externalId });
  const { restoreCustomer } = await must(
    'admin',
    'mutation($id: ID!) { restoreCustomer(id: $id) { __typename ... on RestoreConflict { field } } }',
    { id: first.id },
  );
  expect(restoreCustomer).toEqual({ __typename: 'RestoreConflict', field: 'externalId' });
});

test('an idempotency key answers the first result, and refuses other input', async () => {
  const input = { type: 'INDIVIDUAL', displayName: 'Once', ownerId: null, idempotencyKey: randomUUID(), email: mailbox() };
  const [one, two] = [await create('admin', 'Customer', input), await create('admin', 'Customer', input)];
  expect(two.id).toBe(one.id);
  const { errors } = await gql('admin', 'mutation($input: CreateCustomerInput!) { createCustomer(input: $input) { __typename } }', {
    input: { ...input, displayName: 'Twice' },
  });
  expect(errors![0]!.extensions.code).toBe('IDEMPOTENCY_KEY_REUSED');
});

test('[International phone format] any format is kept as entered, and read once a country is known', async () => {
  const odd = await person({ phone: 'ask reception, ext. 12' });
  expect(odd).toMatchObject({ phone: 'ask reception, ext. 12', phoneE164: null });
  const { id } = await person({ phone: '030 12345678' });
  const { createContact } = await must(
    'admin',
    'mutation($input: CreateContactInput!) { createContact(input: $input) { ... on Contact { id phoneE164 } } }',
    { input: { customerId: id, firstName: 'A', lastName: 'B', phone: '(030) 7654321' } },
  );
  expect(createContact.phoneE164).toBeNull();
  await create('admin', 'Address', { customerId: id, addressType: 'BILLING', streetLine1: 'Weg 1', city: 'Berlin', country: 'DE' });
  const seen = await read(id, 'phone phoneE164 contacts { nodes { phone phoneE164 } }');
  expect(seen).toEqual({
    phone: '030 12345678',
    phoneE164: '+493012345678',
    contacts: { nodes: [{ phone: '(030) 7654321', phoneE164: '+49307654321' }] },
  });
});
