// Contacts, accounts and addresses of a customer through the running stack.
import { expect, test } from '@jest/globals';
import {
  accountOf,
  addressOf,
  CREATE,
  contactOf,
  create,
  ein,
  facts,
  organisation,
  person,
  read,
  refusal,
  remove,
  restore,
  state,
  update,
  word,
} from '../support/customers.ts';
import { database } from '../support/stack.ts';

test('[Contact AC-1] making a second contact primary demotes the first, in one transaction and with both facts', async () => {
  const { id } = await organisation();
  const first = await contactOf(id, { isPrimary: true });
  const second = await contactOf(id, { isPrimary: true });
  const primaries = async () =>
    (await read(id, 'contacts { nodes { id isPrimary } }')).contacts.nodes.filter((c: any) => c.isPrimary).map((c: any) => c.id);
  expect(await primaries()).toEqual([second.id]);
  const told = await facts(id, 4);
  expect(told.slice(2).map(({ type, data }) => [type, data.contactId, data.changed])).toEqual([
    ['contact-updated', first.id, ['isPrimary']],
    ['contact-created', second.id, undefined],
  ]);
  await state('crm.customer.contacts.v1', first.id, (data) => expect(data.isPrimary).toBe(false));
  const back = await update('admin', 'Contact', { id: first.id, version: 2 }, { isPrimary: true });
  expect(back).toMatchObject({ isPrimary: true, version: 3 });
  expect(await primaries()).toEqual([first.id]);
});

test('[Contact AC-1] many at once leave one primary contact', async () => {
  const { id } = await organisation();
  await Promise.all(Array.from({ length: 6 }, () => contactOf(id, { isPrimary: true })));
  const { rows } = await (await database('customer')).query(
    'select count(*)::int as n from contact where customer_id = $1 and is_primary',
    [id],
  );
  expect(rows).toEqual([{ n: 1 }]);
});

test('[Contact AC-1] a restored primary contact gives way to the present one', async () => {
  const { id } = await organisation();
  const first = await contactOf(id, { isPrimary: true });
  await remove('admin', 'Contact', first.id, 1);
  const second = await contactOf(id, { isPrimary: true });
  expect(await restore('admin', 'Contact', first.id)).toMatchObject({ __typename: 'Contact', isPrimary: false, deletedAt: null });
  expect((await read(id, 'contacts { nodes { id } }')).contacts.nodes.map((c: any) => c.id)).toEqual([second.id, first.id]);
});

test('[Contact AC-2] a malformed e-mail address is refused, naming the field', async () => {
  const { id: customerId } = await person();
  for (const email of ['no-at', 'a@b', 'two@@example.com', 'a b@example.com', '', `${'x'.repeat(250)}@example.com`]) {
    expect(await refusal('admin', CREATE('Contact'), { input: { customerId, firstName: 'A', lastName: 'B', email } })).toEqual({
      code: 'BAD_USER_INPUT',
      field: 'input.email',
    });
  }
  expect(await contactOf(customerId, { email: 'bücher@bücher.example' })).toMatchObject({ email: 'bücher@bücher.example' });
});

test('[Contact AC-3] do_not_contact travels with the contact to every service', async () => {
  const { id } = await person();
  const contact = await contactOf(id);
  expect(contact.doNotContact).toBe(false);
  await update('support_rep', 'Contact', contact, { doNotContact: true });
  await state('crm.customer.contacts.v1', contact.id, (data, record) => {
    expect(data).toMatchObject({ contactId: contact.id, customerId: id, doNotContact: true });
    expect(record.headers.ce_sequence).toBe('2');
  });
  expect((await read(id, 'contacts { nodes { doNotContact } }')).contacts.nodes).toEqual([{ doNotContact: true }]);
});

test('[360 contacts] all contacts with their roles, the primary one first, by pages', async () => {
  const { id } = await organisation();
  for (const lastName of ['C', 'A', 'B'])
    await contactOf(id, { lastName, roles: ['BILLING', 'CHAMPION', 'BILLING'], isPrimary: lastName === 'B', jobTitle: 'CFO' });
  const page = async (after: string | null) =>
    (
      await read(
        id,
        `contacts(first: 2, after: ${JSON.stringify(after)}) { totalCount nodes { lastName roles isPrimary } pageInfo { hasNextPage endCursor } }`,
      )
    ).contacts;
  const one = await page(null);
  expect(one.totalCount).toBe(3);
  expect(one.nodes).toEqual([
    { lastName: 'B', roles: ['BILLING', 'CHAMPION'], isPrimary: true },
    { lastName: 'A', roles: ['BILLING', 'CHAMPION'], isPrimary: false },
  ]);
  const two = await page(one.pageInfo.endCursor);
  expect(two.nodes.map((c: any) => c.lastName)).toEqual(['C']);
  expect(two.pageInfo.hasNextPage).toBe(false);
});

test('[Account AC-1] an account belongs to one organisation, and to no person', async () => {
  const works = await organisation();
  const account = await accountOf(works.id);
  expect(await create('admin', 'Account', { customerId: works.id, legalName: 'Twice' })).toMatchObject({
    __typename: 'AccountExists',
    accountId: account.id,
  });
  const { id: personId } = await person();
  expect(await create('admin', 'Account', { customerId: personId, legalName: 'Me' })).toMatchObject({ __typename: 'AccountNotAllowed' });
  expect(await create('admin', 'Customer', { type: 'INDIVIDUAL', displayName: 'Me', account: { legalName: 'Me' } })).toMatchObject({
    __typename: 'AccountNotAllowed',
  });
  expect(await update('admin', 'Customer', works, { type: 'INDIVIDUAL' })).toMatchObject({ __typename: 'AccountNotAllowed' });
  await remove('admin', 'Account', account.id);
  expect((await read(works.id, 'account { id }')).account).toBeNull();
  const second = await accountOf(works.id);
  expect(await restore('admin', 'Account', account.id)).toMatchObject({ __typename: 'RestoreConflict', field: 'customerId' });
  await remove('admin', 'Account', second.id);
  expect(await restore('admin', 'Account', account.id)).toMatchObject({ __typename: 'Account', id: account.id });
});

test('[Account AC-2] a tax id follows its country, by default that of the headquarters; an unknown country stays unverified', async () => {
  const works = await organisation();
  await addressOf(works.id, { addressType: 'HEADQUARTERS', country: 'US' });
  expect(await create('admin', 'Account', { customerId: works.id, legalName: 'A', taxId: 'DE000' })).toMatchObject({
    __typename: 'InvalidTaxId',
    country: 'US',
  });
  const account = await accountOf(works.id, { taxId: ein() });
  expect(account).toMatchObject({ country: 'US', taxIdVerified: true });
  expect(await update('admin', 'Account', account, { country: 'DE' })).toMatchObject({ __typename: 'InvalidTaxId', country: 'DE' });
  expect(await update('admin', 'Account', account, { country: 'DE', taxId: 'DE136695976' })).toMatchObject({
    taxIdVerified: true,
    version: 2,
  });
  const taxId = `ANY ${word()}`;
  const anywhere = await organisation({ account: { legalName: 'B', taxId } });
  expect((await read(anywhere.id, 'account { taxId taxIdVerified country }')).account).toEqual({
    taxId,
    taxIdVerified: false,
    country: null,
  });
});

test('[Address AC-1] one default address per type', async () => {
  const { id } = await person();
  const first = await addressOf(id, { isDefault: true });
  const service = await addressOf(id, { addressType: 'SERVICE', isDefault: true });
  const second = await addressOf(id, { isDefault: true });
  const defaults = async () =>
    (await read(id, 'addresses { id isDefault }')).addresses
      .filter((a: any) => a.isDefault)
      .map((a: any) => a.id)
      .sort();
  expect(await defaults()).toEqual([service.id, second.id].sort());
  expect((await read(id, 'addresses(addressType: SERVICE) { id }')).addresses).toEqual([{ id: service.id }]);
  // A default that changes its type becomes the default there.
  await update('admin', 'Address', service, { addressType: 'BILLING' });
  expect(await defaults()).toEqual([service.id]);
  await update('admin', 'Address', { id: first.id, version: 2 }, { isDefault: true });
  expect(await defaults()).toEqual([first.id]);
  await state('crm.customer.state.v1', id, (data) =>
    expect(data.defaultAddresses).toEqual([
      {
        ...{ addressId: first.id, addressType: 'billing', city: 'Berlin', stateProvince: null, postalCode: null, country: 'DE' },
        ...{ latitude: '52.500000', longitude: '13.400000', coordinatePrecision: 'provided' },
      },
    ]),
  );
});

test('[Address AC-2] only countries of ISO 3166-1 are accepted', async () => {
  const { id: customerId } = await person();
  for (const country of ['ZZ', 'UK', 'de', 'DEU', '']) {
    expect(
      await refusal('admin', CREATE('Address'), { input: { customerId, addressType: 'OTHER', streetLine1: 'x', city: 'y', country } }),
    ).toEqual({ code: 'BAD_USER_INPUT', field: 'input.country' });
  }
  expect(await addressOf(customerId, { country: 'GB', latitude: '51.5', longitude: '-0.12' })).toMatchObject({
    country: 'GB',
    latitude: '51.500000',
    longitude: '-0.120000',
  });
});
