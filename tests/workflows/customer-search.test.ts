// The search box: one text finds a customer by whatever names it, tolerant of marks and typing mistakes, best first [CustomerList].
import { expect, test } from '@jest/globals';
import { create, digits, mailbox, word } from '../support/customers.ts';
import { eventually, gql, must } from '../support/stack.ts';

const SEARCH =
  'query($text: String!, $first: Int! = 10) { searchCustomers(text: $text, first: $first) { found score customer { id displayName } } }';
const search = async (text: string, who: any = 'admin') => (await must(who, SEARCH, { text })).searchCustomers;
/** A word of letters that nobody else draws. */
const letters = () => word().replaceAll(/\d/g, (digit) => 'ghijklmnop'[Number(digit)]!);

test('[Customer AC-1] one box finds a customer by id, external id, e-mail, phone, domain, name and contact', async () => {
  const [name, family, domain, phone] = [letters(), letters(), `${letters()}.example`, `+4930${digits(8)}`];
  const { id } = await create('admin', 'Customer', {
    type: 'ORGANIZATION',
    displayName: `Zoë ${name} Werke`,
    externalId: `X-${name}-1`,
    email: `office@${domain}`,
    phone,
    ownerId: null,
  });
  const email = mailbox();
  await create('admin', 'Contact', { customerId: id, firstName: 'José', lastName: family, email });
  const found = async (text: string) => (await search(text)).filter((hit: any) => hit.customer.id === id).map((hit: any) => hit.found);
  expect(await found(id)).toEqual(['ID']);
  expect(await found(`X-${name}-1`)).toEqual(['EXTERNAL_ID']);
  expect(await found(`X-${name}`)).toEqual(['EXTERNAL_ID']);
  expect(await found(`Office@${domain.toUpperCase()}`)).toEqual(['EMAIL']);
  expect(await found(email)).toEqual(['EMAIL']);
  expect(await found(phone.replace('+4930', '(030) '))).toEqual(['PHONE']);
  expect(await found(`www.${domain}`)).toEqual(['DOMAIN']);
  expect(await found(`zoe ${name}`)).toEqual(['NAME']);
  expect(await found(`jose ${family}`)).toEqual(['CONTACT']);
});

test('[Customer AC-1] a typing mistake is forgiven and ranks below the exact name; scope and limits hold', async () => {
  const name = `${letters().slice(0, 6)}xy${letters()}`; // two that differ, so that changing places is a mistake
  const exact = await create('admin', 'Customer', { type: 'INDIVIDUAL', displayName: `Ada ${name}`, ownerId: null });
  const mistyped = `${name.slice(0, 6)}${name[7]}${name[6]}${name.slice(8)}`;
  const hits = await search(`Ada ${mistyped}`);
  expect(hits.map((hit: any) => hit.customer.id)).toContain(exact.id);
  expect(hits.find((hit: any) => hit.customer.id === exact.id)).toMatchObject({ found: 'NAME' });
  expect(hits.find((hit: any) => hit.customer.id === exact.id).score).toBeLessThan(75);
  expect((await search(`Ada ${name}`))[0]).toMatchObject({ score: 99, customer: { id: exact.id } });
  for (const text of ['', ' ', 'x'.repeat(201)])
    expect((await gql('admin', SEARCH, { text })).errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'text' });
  expect((await gql('admin', SEARCH, { text: 'ada', first: 51 })).errors?.[0]?.extensions).toMatchObject({
    field: 'first',
    limit: 'first',
    asked: 51,
  });
  for (const text of ['%', '_', "'; drop table customer; --", '\\']) await search(text);

  const rep = await create('admin', 'StaffMember', { name: 'Rep', email: mailbox(), roles: ['SALES_REP'] });
  const other = await create('admin', 'StaffMember', { name: 'Other', email: mailbox(), roles: ['SALES_REP'] });
  const owned = await create('admin', 'Customer', { type: 'INDIVIDUAL', displayName: `Own ${letters()}${letters()}`, ownerId: other.id });
  await eventually(async () => expect((await search(owned.displayName)).length).toBe(1));
  expect(await search(owned.displayName, { kind: 'staff', sub: rep.id, roles: ['sales_rep'] })).toEqual([]);
});
