// WF-CM-002 as its users walk it: compare, choose, preview, confirm; what moves, what gives way, what leads where afterwards, and who has to be asked.
import { expect, test } from '@jest/globals';
import {
  accountOf,
  addressOf,
  contactOf,
  create,
  digits,
  ein,
  facts,
  organisation,
  person,
  read,
  refusal,
  remove,
  restore,
  staff,
  state,
  update,
  word,
} from '../support/customers.ts';
import { approve, followed, MERGE_CUSTOMERS, merge, merged, plan, reject, request, unmerged, versions } from '../support/merges.ts';
import { eventually, gql, must } from '../support/stack.ts';

const fieldOf = (made: any, field: string) => made.fields.find((one: any) => one.field === field);

test('[WF-CM-002] the plan compares field by field, says what is kept and why, and shows the merged record; nothing is written', async () => {
  const name = word();
  const [mail, other] = [`a@${word()}.example`, `b@${word()}.example`];
  const survivor = await organisation({ displayName: `Works ${name}`, email: mail, source: 'WEB' });
  const retired = await organisation({ displayName: `Works ${name} Nord`, email: other, phone: `+49301${digits(6)}`, source: 'SALES' });
  await accountOf(retired.id, { legalName: `Works ${name} GmbH`, industry: 'Machines' });
  await contactOf(retired.id);
  await addressOf(retired.id);
  const before = await versions([survivor.id, retired.id]);
  const shown = await plan({ survivorId: survivor.id, retiredIds: [retired.id] });
  expect(shown).toMatchObject({
    __typename: 'MergePlan',
    survivor: { id: survivor.id },
    retired: [{ id: retired.id }],
    conflicts: ['DISPLAY_NAME', 'SOURCE', 'EMAIL'],
    mustChoose: [],
    needsApproval: false,
    expectedVersions: before,
    merged: { displayName: `Works ${name} Nord`, source: 'web', email: other, legalName: `Works ${name} GmbH`, industry: 'Machines' },
  });
  expect(fieldOf(shown, 'DISPLAY_NAME')).toMatchObject({ keptFromId: retired.id, because: 'MOST_COMPLETE', conflict: true });
  expect(fieldOf(shown, 'SOURCE')).toMatchObject({ keptFromId: survivor.id, because: 'SURVIVOR' });
  expect(fieldOf(shown, 'EMAIL')).toMatchObject({
    values: [
      { customerId: survivor.id, value: mail },
      { customerId: retired.id, value: other },
    ],
    keptFromId: retired.id,
    because: 'NEWEST',
  });
  expect(fieldOf(shown, 'PHONE')).toMatchObject({ because: 'ONLY_VALUE' });
  expect(Object.fromEntries(shown.counts.map((c: any) => [c.table, c.count]))).toMatchObject({ contact: 1, account: 1, address: 1 });
  expect(await versions([survivor.id, retired.id])).toEqual(before);

  const chosen = await plan({ survivorId: survivor.id, retiredIds: [retired.id], choices: [{ field: 'EMAIL', fromId: survivor.id }] });
  expect(fieldOf(chosen, 'EMAIL')).toMatchObject({ kept: mail, because: 'CHOSEN' });
  await merged(survivor.id, [retired.id], [{ field: 'EMAIL', fromId: survivor.id }]);
  expect(await read(survivor.id, 'displayName email source phone account { legalName customerId }')).toEqual({
    displayName: `Works ${name} Nord`,
    email: mail,
    source: 'WEB',
    phone: retired.phone,
    account: { legalName: `Works ${name} GmbH`, customerId: survivor.id },
  });
});

test('[WF-CM-002] the retired one is soft-deleted, its children move, and its id leads to the survivor in queries and mutations', async () => {
  const [survivor, retired] = [await organisation(), await organisation({ externalId: `X-${word()}` })];
  const contact = await contactOf(retired.id);
  const address = await addressOf(retired.id);
  const done = await merged(survivor.id, [retired.id]);
  expect(await read(retired.id, 'id redirectedFrom contacts { nodes { id customerId } } addresses { id customerId }')).toEqual({
    id: survivor.id,
    redirectedFrom: retired.id,
    contacts: { nodes: [{ id: contact.id, customerId: survivor.id }] },
    addresses: [{ id: address.id, customerId: survivor.id }],
  });
  expect((await read(survivor.id, 'redirectedFrom')).redirectedFrom).toBeNull();
  expect(await read(survivor.id, 'externalIds { externalId originCustomerId }')).toEqual({
    externalIds: [{ externalId: retired.externalId, originCustomerId: retired.id }],
  });
  const { customersByIds } = await must('admin', 'query($ids: [ID!]!) { customersByIds(ids: $ids) { id redirectedFrom } }', {
    ids: [retired.id, survivor.id],
  });
  expect(customersByIds).toEqual([
    { id: survivor.id, redirectedFrom: retired.id },
    { id: survivor.id, redirectedFrom: null },
  ]);
  // Lists that name the retired id, and writes for it, mean the survivor.
  const { contacts } = await must('admin', 'query($id: ID!) { contacts(filter: { customerId: { eq: $id } }) { nodes { id } } }', {
    id: retired.id,
  });
  expect(contacts.nodes).toEqual([{ id: contact.id }]);
  expect((await contactOf(retired.id)).customerId).toBe(survivor.id);
  const now = await read(retired.id, 'id version');
  expect(await update('admin', 'Customer', { id: retired.id, version: now.version }, { displayName: `Renamed ${word()}` })).toMatchObject({
    __typename: 'Customer',
    id: survivor.id,
  });
  expect(
    (
      await must('admin', 'mutation($id: ID!) { restoreCustomer(id: $id) { __typename ... on CustomerMerged { survivorId mergeId } } }', {
        id: retired.id,
      })
    ).restoreCustomer,
  ).toEqual({ __typename: 'CustomerMerged', survivorId: survivor.id, mergeId: done.id });
  // The retired external id stays taken, and names the survivor.
  expect(
    await create('admin', 'Customer', { type: 'ORGANIZATION', displayName: `Works ${word()}`, externalId: retired.externalId }),
  ).toMatchObject({
    __typename: 'ExternalIdTaken',
    takenById: survivor.id,
  });
});

test('[WF-CM-002] every service follows, and says so; facts and states tell of it', async () => {
  const [survivor, retired] = [await organisation(), await organisation()];
  const contact = await contactOf(retired.id);
  const log = await must(
    'admin',
    'mutation($input: LogInteractionInput!) { logInteraction(input: $input) { ... on Interaction { id } } }',
    {
      input: {
        customerId: retired.id,
        interactionType: 'CALL',
        direction: 'INBOUND',
        subject: 'before',
        occurredAt: '2026-11-01T10:00:00Z',
      },
    },
  );
  const done = await merged(survivor.id, [retired.id]);
  const progress = await followed(done.id);
  expect(progress).toMatchObject({
    overdue: false,
    services: ['interaction', 'lifecycle', 'compliance'].map((service) => ({ service, applied: true, waitingForIds: [] })),
  });
  expect(new Date(progress.deadline).getTime()).toBeGreaterThan(new Date(progress.since).getTime());
  expect(progress.services[0].records).toContainEqual({ table: 'interaction', count: 1 });
  const { interaction } = await must('admin', 'query($id: ID!) { interaction(id: $id) { customer { id } } }', {
    id: log.logInteraction.id,
  });
  expect(interaction.customer.id).toBe(survivor.id);

  const gone = await facts(retired.id, 3);
  expect(gone.at(-1)).toMatchObject({ type: 'customer-merged', data: { mergeId: done.id, survivorId: survivor.id, redirectVersion: 1 } });
  const kept = (await facts(survivor.id, 3)).find(({ type }) => type === 'customers-merged');
  expect(kept!.data).toMatchObject({ mergeId: done.id, retiredIds: [retired.id], contacts: 1 });
  await state('crm.customer.state.v1', retired.id, (data) => expect(data).toMatchObject({ mergedInto: survivor.id, redirectVersion: 1 }));
  await state('crm.customer.contacts.v1', contact.id, (data) =>
    expect(data).toMatchObject({ customerId: survivor.id, originCustomerId: retired.id }),
  );
  expect(
    (await must('auditor', 'query($id: ID!) { merges(customerId: $id) { nodes { id status } } }', { id: retired.id })).merges.nodes,
  ).toEqual([{ id: done.id, status: 'MERGED' }]);
}, 60_000);

test('[WF-CM-002] what may be there only once gives way by the stated rules', async () => {
  const [survivor, one, two, partner] = [await organisation(), await organisation(), await organisation(), await organisation()];
  const primaries = [];
  for (const { id } of [two, one, survivor]) primaries.push(await contactOf(id, { isPrimary: true }));
  const billing = [];
  for (const { id } of [one, survivor]) billing.push(await addressOf(id, { isDefault: true }));
  const shipping = await addressOf(one.id, { isDefault: true, addressType: 'SHIPPING' });
  const otherShipping = await addressOf(two.id, { isDefault: true, addressType: 'SHIPPING' });
  for (const { id } of [survivor, one]) await accountOf(id);
  const relate = (fromCustomerId: string, toCustomerId: string, relationshipType: string) =>
    create('admin', 'Relationship', { fromCustomerId, toCustomerId, relationshipType });
  const older = await relate(one.id, partner.id, 'PARTNER');
  const younger = await relate(survivor.id, partner.id, 'PARTNER');
  const self = await relate(survivor.id, one.id, 'REFERRAL');
  const shown = await plan({ survivorId: survivor.id, retiredIds: [one.id, two.id] });
  expect([...shown.contactsSteppingBack].sort()).toEqual([primaries[0].id, primaries[1].id].sort());
  expect([...shown.addressesSteppingBack].sort()).toEqual([billing[0].id, otherShipping.id].sort());
  expect([...shown.relationshipsGivingWay].sort()).toEqual([younger.id, self.id].sort());

  await merged(survivor.id, [one.id, two.id]);
  const now = await read(
    survivor.id,
    `contacts { nodes { id isPrimary } } addresses { id isDefault } account { id } relationships { nodes { id fromCustomerId toCustomerId } }`,
  );
  expect(now.contacts.nodes.filter((c: any) => c.isPrimary).map((c: any) => c.id)).toEqual([primaries[2].id]);
  expect(now.contacts.nodes).toHaveLength(3);
  expect(
    now.addresses
      .filter((a: any) => a.isDefault)
      .map((a: any) => a.id)
      .sort(),
  ).toEqual([billing[1].id, shipping.id].sort());
  expect(now.addresses).toHaveLength(4);
  expect(now.relationships.nodes).toEqual([{ id: older.id, fromCustomerId: survivor.id, toCustomerId: partner.id }]);
  expect(await restore('admin', 'Relationship', self.id)).toMatchObject({ __typename: 'RestoreConflict' });
});

test('[WF-CM-002] the hierarchy follows: children move, a parent within the group is dropped, a loop is refused with its path', async () => {
  const top = await organisation();
  const survivor = await organisation({ parentId: top.id });
  const middle = await organisation({ parentId: survivor.id });
  const retired = await organisation({ parentId: middle.id });
  const child = await organisation({ parentId: retired.id });
  // The survivor's own parent stays by the rule; the retired one's would close a loop.
  expect(
    await merge({ survivorId: survivor.id, retiredIds: [retired.id], choices: [{ field: 'PARENT', fromId: retired.id }] }),
  ).toMatchObject({
    __typename: 'CircularHierarchy',
    path: [survivor.id, middle.id, survivor.id],
  });
  await merged(survivor.id, [retired.id]);
  expect((await read(child.id, 'parentId ancestors { id }')).ancestors).toEqual([{ id: survivor.id }, { id: top.id }]);
  expect((await read(survivor.id, 'parentId')).parentId).toBe(top.id);
  // A parent merged with its child stands where the parent stood.
  await merged(top.id, [survivor.id]);
  expect(await read(top.id, 'parentId children { nodes { id } }')).toMatchObject({ parentId: null });
  expect((await read(top.id, 'children { nodes { id } }')).children.nodes.map((c: any) => c.id).sort()).toEqual(
    [child.id, middle.id].sort(),
  );
});

test('[WF-CM-002] what the law or the data forbids is refused with its reason', async () => {
  const [a, b] = [await organisation(), await organisation()];
  const human = await person();
  expect(await merge({ survivorId: a.id, retiredIds: [human.id] })).toMatchObject({ __typename: 'MergeRefused', reason: 'TYPES_DIFFER' });
  const twice = { survivorId: a.id, retiredIds: [b.id, b.id], expectedVersions: [] };
  expect(await refusal('admin', MERGE_CUSTOMERS, twice)).toEqual({ code: 'BAD_USER_INPUT', field: 'retiredIds' });
  expect(await refusal('admin', MERGE_CUSTOMERS, { survivorId: a.id, retiredIds: [a.id] })).toEqual({
    code: 'BAD_USER_INPUT',
    field: 'retiredIds',
  });
  expect(await refusal('admin', MERGE_CUSTOMERS, { survivorId: a.id, retiredIds: [b.id] })).toEqual({
    code: 'BAD_USER_INPUT',
    field: 'expectedVersions',
  });
  const stale = {
    survivorId: a.id,
    retiredIds: [b.id],
    expectedVersions: [
      { id: a.id, version: 1 },
      { id: b.id, version: 7 },
    ],
  };
  expect((await refusal('admin', MERGE_CUSTOMERS, stale)).code).toBe('CONFLICT');
  expect((await gql('sales_rep', MERGE_CUSTOMERS, stale)).errors![0]!.extensions.code).toBe('FORBIDDEN');
  const deleted = await organisation();
  await remove('admin', 'Customer', deleted.id);
  expect((await refusal('admin', MERGE_CUSTOMERS, { survivorId: a.id, retiredIds: [deleted.id], dryRun: true })).code).toBe('NOT_FOUND');

  for (const { id } of [a, b]) await accountOf(id, { taxId: ein(), country: 'US' });
  expect(await plan({ survivorId: a.id, retiredIds: [b.id] })).toMatchObject({ mustChoose: ['TAX_ID'] });
  expect(await merge({ survivorId: a.id, retiredIds: [b.id] })).toMatchObject({ __typename: 'MergeNeedsChoice', undecided: ['TAX_ID'] });
  await merged(a.id, [b.id], [{ field: 'TAX_ID', fromId: b.id }]);
  const other = await organisation();
  expect(await plan({ survivorId: other.id, retiredIds: [b.id] })).toMatchObject({
    __typename: 'MergeRefused',
    reason: 'ALREADY_MERGED',
    customerIds: [b.id],
  });
});

test('[WF-CM-002] a restricted or held customer, and one with an open deletion request, are not merged', async () => {
  const refuses = async (make: (id: string) => Promise<unknown>, reason: string) => {
    const [survivor, retired] = [await person(), await person()];
    await make(retired.id);
    await eventually(async () =>
      expect(await plan({ survivorId: survivor.id, retiredIds: [retired.id] })).toMatchObject({
        __typename: 'MergeRefused',
        reason,
        customerIds: [retired.id],
      }),
    );
    expect(await merge({ survivorId: survivor.id, retiredIds: [retired.id] }, 'admin')).toMatchObject({
      __typename: 'MergeRefused',
      reason,
    });
    return { survivor, retired };
  };
  await refuses(
    (customerId) =>
      must('dpo', `mutation($input: RequestDeletionInput!) { requestDeletion(input: $input) { ... on DeletionRequest { id } } }`, {
        input: { customerId, requestType: 'ANONYMIZATION', requestedVia: 'EMAIL', verificationMethod: 'EMAIL_CONFIRMED' },
      }),
    'DELETION_OPEN',
  );
  let hold: any;
  const held = await refuses(async (customerId) => {
    hold = (
      await must('dpo', 'mutation($input: PlaceLegalHoldInput!) { placeLegalHold(input: $input) { ... on LegalHold { id version } } }', {
        input: { customerId, reference: 'case 1', reason: 'a case' },
      })
    ).placeLegalHold;
  }, 'LEGAL_HOLD');
  await must('dpo', 'mutation($id: ID!, $v: Int!) { liftLegalHold(id: $id, expectedVersion: $v, reason: "over") { __typename } }', {
    id: hold.id,
    v: hold.version,
  });
  await eventually(async () =>
    expect(await plan({ survivorId: held.survivor.id, retiredIds: [held.retired.id] })).toMatchObject({ __typename: 'MergePlan' }),
  );
}, 60_000);

test('[WF-CM-002] the most restrictive side wins: an objection of the retired one holds for the survivor at once, and goes back with it', async () => {
  const [survivor, retired] = [await person(), await person()];
  await must('dpo', 'mutation($id: ID!) { setObjection(customerId: $id, doNotProcess: true, reason: "asked for it") { __typename } }', {
    id: retired.id,
  });
  const objects = async (id: string) => (await read(id, 'doNotProcess')).doNotProcess;
  await eventually(async () => expect(await objects(retired.id)).toBe(true));
  const done = await merged(survivor.id, [retired.id]);
  expect(await objects(survivor.id)).toBe(true);
  await followed(done.id);
  expect(await objects(survivor.id)).toBe(true);
  await unmerged(done);
  await followed(done.id);
  await eventually(async () => expect([await objects(survivor.id), await objects(retired.id)]).toEqual([false, true]));
}, 60_000);

test('[WF-CM-002] a large merge needs a second person, who is not the one who asked', async () => {
  const [survivor, retired] = [await organisation(), await organisation()];
  const CONTACTS = `mutation($c: ID!) { ${Array.from({ length: 15 }, (_, i) => `c${i}: createContact(input: { customerId: $c, firstName: "Ada", lastName: "Example ${i}" }) { __typename }`).join(' ')} }`;
  for (let i = 0; i < 34; i++) await must('admin', CONTACTS, { c: retired.id });
  const order = { survivorId: survivor.id, retiredIds: [retired.id] };
  expect(await plan(order)).toMatchObject({ needsApproval: true, records: 510 });
  expect(await merge(order)).toMatchObject({ __typename: 'MergeNeedsApproval', records: 510, limit: 500 });

  const other = await staff('sales_manager');
  const asked = await request(order, other);
  expect(asked).toMatchObject({ __typename: 'Merge', status: 'REQUESTED', requestedBy: { id: other.sub }, records: 510 });
  expect(await approve(asked, other)).toMatchObject({ __typename: 'ApproverIsRequester' });
  const rejected = await reject(asked, 'sales_manager', 'not the same');
  expect(rejected).toMatchObject({ status: 'REJECTED', rejectionReason: 'not the same' });
  expect(await approve(rejected, 'sales_manager')).toMatchObject({ __typename: 'MergeNotRequested', status: 'REJECTED' });
  expect((await read(retired.id, 'id')).id).toBe(retired.id);

  const again = await request(order, other);
  const approved = await approve(again, 'sales_manager');
  expect(approved).toMatchObject({ status: 'MERGED', requestedBy: { id: other.sub } });
  expect(approved.decidedBy.id).not.toBe(other.sub);
  expect((await read(retired.id, 'id contacts { totalCount }')).contacts.totalCount).toBe(510);
  await unmerged(approved);
  expect((await read(retired.id, 'id contacts { totalCount }')).contacts.totalCount).toBe(510);
}, 120_000);

test('[WF-CM-002] the same order under the same key merges once', async () => {
  const [survivor, retired] = [await person(), await person()];
  const order = {
    survivorId: survivor.id,
    retiredIds: [retired.id],
    expectedVersions: await versions([survivor.id, retired.id]),
    idempotencyKey: word(),
  };
  const [first, second] = [await must('admin', MERGE_CUSTOMERS, order), await must('admin', MERGE_CUSTOMERS, order)];
  expect(second.result).toEqual(first.result);
});
