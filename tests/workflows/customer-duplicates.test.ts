// Duplicates through the running stack: a form that warns while typing, the dialog and its three ways out, the index that follows every write, and the
// queue of pairs that exist already. The judgement itself is tested beside the code (services/customer/src/duplicate).
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import {
  accountOf,
  addressOf,
  contactOf,
  create,
  digits,
  facts,
  mailbox,
  organisation,
  person,
  read,
  refusal,
  remove,
  restore,
  staff,
  update,
  word,
} from '../support/customers.ts';
import { type Caller, database, eventually, gql, must, stack } from '../support/stack.ts';

const root = join(import.meta.dirname, '../..');

const FORM = `query($input: FindDuplicatesInput!) { findDuplicates(input: $input) { score hidden customer { id } reasons { field level bits } } }`;
const form = async (input: object, who: Caller = 'sales_manager'): Promise<any[]> => (await must(who, FORM, { input })).findDuplicates;
const finds = async (input: object, who?: Caller): Promise<string[]> => (await form(input, who)).map(({ customer }) => customer?.id);

const QUEUE = `query($customerId: ID, $ownerId: ID, $state: DuplicateState, $filter: DuplicatePairFilter, $first: Int, $after: String) {
  duplicateCandidates(customerId: $customerId, ownerId: $ownerId, state: $state, filter: $filter, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor }
    nodes { id score state modelVersion dismissReason dismissedBy { kind id } customer { id } other { id } reasons { field level bits } } } }`;
const queue = async (variables: object, who: Caller = 'sales_manager'): Promise<any> =>
  (await must(who, QUEUE, { state: 'OPEN', ...variables })).duplicateCandidates;
const pairOf = (id: string): Promise<any> =>
  eventually(
    async () => {
      const [pair] = (await queue({ customerId: id })).nodes;
      expect(pair).toBeDefined();
      return pair;
    },
    { withinMs: 20_000 },
  );
const told = (customers: any[], type: string): Promise<any> =>
  eventually(
    async () => {
      const found = (await facts(customers.map(({ id }) => id).sort()[0]!, 2)).find((fact) => fact.type === type);
      expect(found).toBeDefined();
      return found;
    },
    { withinMs: 20_000 },
  );
const ids = ({ customer, other }: any): string[] => [customer.id, other.id].sort();

const DISMISS = `mutation($a: ID!, $b: ID!, $reason: String!) { dismissDuplicate(a: $a, b: $b, reason: $reason) {
  __typename ... on DuplicatePair { state dismissReason dismissedBy { kind id } } } }`;

/** A name that nobody else has, without digits: numbers in names never agree by half. */
const name = (): string => word().replace(/\d/g, (d) => 'ghijklmnop'[Number(d)]!);

/** Two customers with one e-mail address: the dialog was shown, and one created anyway. */
async function twins(input: object = {}): Promise<[any, any]> {
  const shared = { type: 'INDIVIDUAL', displayName: `Ann ${name()}`, ownerId: null, email: mailbox(), ...input };
  const first = await person(shared);
  const { overrideToken } = await create('sales_manager', 'Customer', shared);
  return [first, await person({ ...shared, overrideToken })];
}

test('[WF-CM-001][AI Duplicate Detection] a form finds who it may be about while it is being filled in', async () => {
  const family = name();
  const email = mailbox();
  const { id } = await person({ displayName: `Roberta ${family}`, email, phone: `+4930${digits(8)}` });
  await addressOf(id, { streetLine1: 'Lindenweg 5', city: 'Potsdam', postalCode: '14467' });
  expect(await finds({ type: 'INDIVIDUAL', displayName: `Roberta ${family}` })).toContain(id);
  expect(await finds({ type: 'INDIVIDUAL', displayName: 'Somebody Else', email: email.toUpperCase() })).toContain(id);
  const [best] = await form({
    type: 'INDIVIDUAL',
    displayName: `Bobbie ${family}`,
    streetLine1: 'Lindenweg 5',
    city: 'Potsdam',
    postalCode: '14467',
    country: 'DE',
  });
  expect(best).toMatchObject({ customer: { id }, hidden: false });
  expect(best.reasons.reduce((sum: number, { bits }: any) => sum + bits, 0)).toBeCloseTo(Math.log2(best.score / (100 - best.score)), 4);
  expect(best.reasons).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ field: 'givenName', level: 'nickname' }),
      expect.objectContaining({ field: 'street', level: 'exact' }),
    ]),
  );
  // Half an address is not one, and the customer that is being edited is not its own duplicate.
  expect(await finds({ type: 'INDIVIDUAL', displayName: 'Nobody Known', email: email.slice(0, 5) })).not.toContain(id);
  expect(await finds({ type: 'INDIVIDUAL', customerId: id, email })).not.toContain(id);
  expect(await refusal('sales_manager', FORM, { input: { type: 'INDIVIDUAL' } })).toEqual({ code: 'BAD_USER_INPUT', field: 'input' });
  expect(await refusal('sales_manager', FORM, { input: { type: 'INDIVIDUAL', city: 'x'.repeat(101) } })).toEqual({
    code: 'BAD_USER_INPUT',
    field: 'input.city',
  });
});

test('[AI Duplicate Detection] a name that is spelled otherwise is found where no key is shared', async () => {
  const rare = `${name()}${name()}`;
  const { id } = await organisation({ displayName: `${rare} Zweiradhandel` });
  const misspelled = `${rare.slice(0, 3)}${rare.slice(4)} Zweiradhendel`;
  expect(await finds({ type: 'ORGANIZATION', displayName: misspelled })).toContain(id);
});

test('[AI Duplicate Detection] a hidden customer shows that it exists, and nothing of it', async () => {
  const owner = await staff('sales_rep', { team: `team ${word()}` });
  const stranger = await staff('sales_rep', { team: `team ${word()}` });
  const input = { type: 'INDIVIDUAL', displayName: `Ann ${name()}`, email: mailbox() };
  await person({ ...input, ownerId: owner.sub });
  expect(await form(input, stranger)).toEqual([
    { hidden: true, score: expect.any(Number), customer: null, reasons: [{ field: 'email', level: 'exact', bits: expect.any(Number) }] },
  ]);
});

test('[Duplicate on create][Customer AC-2] merge, create anyway and cancel are all possible, and the token covers only the list that was seen', async () => {
  const shared = { type: 'INDIVIDUAL', displayName: `Ann ${name()}`, ownerId: null, email: mailbox() };
  const first = await person(shared);
  // Cancel: nothing was written.
  const seen = await create('sales_manager', 'Customer', shared);
  expect(seen).toMatchObject({ __typename: 'DuplicateCandidates', candidates: [{ customer: { id: first.id } }] });
  expect(
    (await must('admin', 'query($s: String!) { customers(search: $s) { totalCount } }', { s: shared.email })).customers.totalCount,
  ).toBe(1);
  // Use the other: what was entered goes into the customer that exists.
  expect(await update('sales_manager', 'Customer', first, { phone: '+49 30 1234567' })).toMatchObject({ __typename: 'Customer' });
  // A candidate that came meanwhile was not seen, so the token does not cover it.
  const { overrideToken } = await create('sales_manager', 'Customer', { ...shared, displayName: `Anna ${shared.displayName.slice(4)}` });
  const second = await person({ ...shared, displayName: `Anna ${shared.displayName.slice(4)}`, overrideToken });
  const late = await create('sales_manager', 'Customer', { ...shared, overrideToken: seen.overrideToken });
  expect(late).toMatchObject({ __typename: 'DuplicateCandidates' });
  expect(late.candidates.map(({ customer }: any) => customer.id).sort()).toEqual([first.id, second.id].sort());
  expect(await create('sales_manager', 'Customer', { ...shared, overrideToken: late.overrideToken })).toMatchObject({
    __typename: 'Customer',
  });
});

test('[AI Duplicate Detection] the index follows every write in its own transaction', async () => {
  const [before, after, contactMail] = [mailbox(), mailbox(), mailbox()];
  const customer = await organisation({ displayName: `${name()} Works`, email: before });
  const mail = (email: string) => finds({ type: 'ORGANIZATION', displayName: customer.displayName, email });
  const alone = (input: object) => finds({ type: 'ORGANIZATION', ...input });
  expect(await mail(before)).toContain(customer.id);
  const changed = await update('sales_manager', 'Customer', customer, { email: after });
  expect(await alone({ email: before })).not.toContain(customer.id);
  expect(await alone({ email: after })).toContain(customer.id);
  const contact = await contactOf(customer.id, { email: contactMail });
  expect(await alone({ email: contactMail })).toContain(customer.id);
  await remove('sales_manager', 'Contact', contact.id);
  expect(await alone({ email: contactMail })).not.toContain(customer.id);
  await restore('sales_manager', 'Contact', contact.id);
  expect(await alone({ email: contactMail })).toContain(customer.id);
  const legalName = `${name()}${name()} Industriebedarf`;
  const account = await accountOf(customer.id, { legalName });
  expect(await alone({ displayName: legalName })).toContain(customer.id);
  const other = `${name()}${name()} Grosshandel`;
  await update('sales_manager', 'Account', account, { legalName: other });
  expect(await alone({ displayName: legalName })).not.toContain(customer.id);
  expect(await alone({ displayName: other })).toContain(customer.id);
  await remove('admin', 'Customer', customer.id, changed.version);
  expect(await alone({ displayName: other })).not.toContain(customer.id);
  await restore('admin', 'Customer', customer.id);
  expect(await alone({ displayName: other })).toContain(customer.id);
  const db = await database('customer');
  const { rows } = await db.query(
    `select (select array_agg(kind || ':' || key order by kind, key) from match_key where customer_id = $1) as indexed,
       (select array_agg(kind || ':' || key order by kind, key) from match_state, unnest(kinds, keys) as own(kind, key) where customer_id = $1) as own`,
    [customer.id],
  );
  expect(rows[0].indexed.length).toBeGreaterThan(5);
  expect(rows[0].indexed).toEqual(rows[0].own);
});

test('[AI Duplicate Detection] customers keyed by an older normaliser, or never, are keyed anew in the background', async () => {
  const email = mailbox();
  const { id } = await person({ displayName: `Ann ${name()}`, email });
  const db = await database('customer');
  await db.query(
    `with gone as (delete from match_key where customer_id = $1) update match_state set key_version = 0, kinds = '{}', keys = '{}' where customer_id = $1`,
    [id],
  );
  await eventually(async () => expect(await finds({ type: 'INDIVIDUAL', email })).toContain(id), { withinMs: 20_000 });
});

test('[AI Duplicate Detection] pairs that exist come into the queue, are told without personal values, and can be listed by score and owner', async () => {
  const owner = await staff('sales_rep', { team: `team ${word()}` });
  const [first, second] = await twins({ ownerId: owner.sub });
  const pair = await pairOf(first.id);
  expect(ids(pair)).toEqual([first.id, second.id].sort());
  expect(pair).toMatchObject({ state: 'OPEN', modelVersion: expect.any(String) });
  expect(pair.score).toBeGreaterThan(80);
  expect(pair.reasons).toEqual(expect.arrayContaining([expect.objectContaining({ field: 'email', level: 'exact' })]));
  expect((await queue({ ownerId: owner.sub })).nodes.map(({ id }: any) => id)).toEqual([pair.id]);
  expect((await queue({ ownerId: owner.sub, filter: { score: { gt: '99.9999' } } })).totalCount).toBe(pair.score > 99.9999 ? 1 : 0);
  expect((await queue({ ownerId: owner.sub, filter: { score: { gte: '50' } } }, owner)).totalCount).toBe(1);
  const stranger = await staff('sales_rep', { team: `team ${word()}` });
  expect((await queue({ customerId: first.id }, stranger)).nodes).toEqual([]);
  const found = await told([first, second], 'duplicate-found');
  expect(found.data).toEqual({
    duplicateId: pair.id,
    customerId: ids(pair)[0],
    otherCustomerId: ids(pair)[1],
    score: expect.any(Number),
    modelVersion: pair.modelVersion,
  });
  // One of them changes so that they are no longer alike.
  const { version } = await read(second.id, 'version');
  await update('sales_manager', 'Customer', { id: second.id, version }, { displayName: `Zacharias ${name()}`, email: mailbox() });
  await eventually(async () => expect((await queue({ customerId: first.id })).nodes).toEqual([]), { withinMs: 20_000 });
});

test('[AI Duplicate Detection] a dismissed pair stays away until one of the two changes in something that matching looks at', async () => {
  const [first, second] = await twins();
  await pairOf(first.id);
  const { dismissDuplicate } = await must('sales_rep', DISMISS, { a: second.id, b: first.id, reason: 'father and son' });
  expect(dismissDuplicate).toEqual({
    __typename: 'DuplicatePair',
    state: 'DISMISSED',
    dismissReason: 'father and son',
    dismissedBy: { kind: 'STAFF', id: stack().staff.sales_rep },
  });
  const dismissed = await told([first, second], 'duplicate-dismissed');
  expect(JSON.stringify(dismissed.data)).not.toContain('father');
  // A change that says nothing of who they are, and a look at all that is due.
  await update('sales_manager', 'Customer', first, { source: 'WEB' });
  const [other] = await twins();
  await pairOf(other.id);
  expect((await queue({ customerId: first.id })).nodes).toEqual([]);
  expect((await queue({ customerId: first.id, state: null })).nodes).toMatchObject([{ state: 'DISMISSED' }]);
  await update('sales_manager', 'Customer', second, { phone: `+4930${digits(8)}` });
  expect(await pairOf(first.id)).toMatchObject({ state: 'OPEN', dismissReason: null });
});

test('[AI Duplicate Detection] a dismissal names two customers that the caller may see, and why', async () => {
  const [first, second] = [await person(), await person()];
  const hidden = await person({ ownerId: (await staff('sales_rep', { team: `team ${word()}` })).sub });
  expect(await refusal('sales_manager', DISMISS, { a: first.id, b: first.id, reason: 'x' })).toEqual({
    code: 'BAD_USER_INPUT',
    field: 'b',
  });
  expect(await refusal('sales_manager', DISMISS, { a: first.id, b: second.id, reason: ' ' })).toEqual({
    code: 'BAD_USER_INPUT',
    field: 'reason',
  });
  expect(await refusal(await staff('sales_rep'), DISMISS, { a: first.id, b: hidden.id, reason: 'x' })).toEqual({
    code: 'NOT_FOUND',
    field: 'b',
  });
  // One that the queue never had can be settled as well.
  expect((await must('sales_manager', DISMISS, { a: first.id, b: second.id, reason: 'namesakes' })).dismissDuplicate.state).toBe(
    'DISMISSED',
  );
});

test('[AI Duplicate Detection] a model judges only once somebody promoted it', async () => {
  const MODELS = '{ matchingModels { version active customers promotedAt } }';
  const PROMOTE = 'mutation($version: String!) { promoteMatchingModel(version: $version) { version active } }';
  const { matchingModels } = await must('admin', MODELS);
  expect(matchingModels).toContainEqual({ version: 'default-1', active: true, customers: 0, promotedAt: expect.any(String) });
  expect(await refusal('admin', PROMOTE, { version: 'learned-0' })).toEqual({ code: 'NOT_FOUND', field: 'version' });
  expect((await gql('sales_manager', MODELS)).errors![0]!.extensions.code).toBe('FORBIDDEN');
  expect((await must('admin', PROMOTE, { version: 'default-1' })).promoteMatchingModel).toEqual({ version: 'default-1', active: true });
  const { NODE_OPTIONS: _, ...env } = process.env;
  const command = [
    '--conditions=customer360-source',
    '--disable-warning=ExperimentalWarning',
    join(root, 'scripts/customer.ts'),
    'matching',
  ];
  const run = (...args: string[]) => promisify(execFile)(process.execPath, [...command, ...args], { env, timeout: 60_000 });
  expect((await run('list')).stdout).toMatch(/^default-1\s+yes/m);
  await expect(run('promote', 'learned-0')).rejects.toMatchObject({ stderr: expect.stringContaining('There is no model learned-0.') });
});

test('a creation takes at most ten statements, one of them to look for duplicates and one to index', async () => {
  const { headers, errors } = await gql(
    'sales_manager',
    'mutation($input: CreateCustomerInput!) { createCustomer(input: $input) { __typename } }',
    {
      input: { type: 'INDIVIDUAL', displayName: `Ann ${name()}`, ownerId: null, email: mailbox(), phone: `+4930${digits(8)}` },
    },
  );
  expect(errors).toBeUndefined();
  const [, count] = headers.get('x-statements')!.match(/customer=(\d+)/)!;
  expect(Number(count)).toBeLessThanOrEqual(10);
});
