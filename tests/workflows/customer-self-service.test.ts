// WF-CM-003 as a customer walks it: invited by mail, signed in through the issuer, looks at the profile, changes what may be changed, confirms a new e-mail
// address, and waits for an administrator's yes; with a real mail server between them, and the log that auditors read.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  accountOf,
  addressOf,
  contactOf,
  digits,
  ein,
  facts,
  mailbox,
  organisation,
  person,
  read,
  refusal,
  update,
} from '../support/customers.ts';
import { logInteraction } from '../support/interactions.ts';
import { MAIL_SERVER_WITHIN_MS, type MailServer, mailServer } from '../support/mail-server.ts';
import { merged } from '../support/merges.ts';
import { type Caller, database, eventually, gql, must, stack, type TokenSpec } from '../support/stack.ts';

let mail: MailServer;
beforeAll(async () => {
  mail = await mailServer();
}, MAIL_SERVER_WITHIN_MS);
afterAll(() => mail.close());

const REQUEST = 'id field oldValue newValue state reason version';
const UPDATE = `mutation($version: Int!, $input: UpdateMyProfileInput!) { result: updateMyProfile(expectedVersion: $version, input: $input) { __typename
  ... on MyProfileUpdate { customer { id version displayName phone email } requested { ${REQUEST} } }
  ... on Problem { message } ... on FieldNotEditable { field editable } ... on InvalidTaxId { country } ... on TooManyMails { perDay } } }`;
const CONFIRM = `mutation($token: String!) { result: confirmEmailChange(token: $token) { __typename ... on ProfileChangeRequest { ${REQUEST} } } }`;
const APPROVE = `mutation($id: ID!, $version: Int!) { result: approveProfileChange(id: $id, expectedVersion: $version) { __typename
  ... on ProfileChangeRequest { ${REQUEST} } ... on ProfileChangeNotPending { state } } }`;
const REJECT = `mutation($id: ID!, $version: Int!, $reason: String!) { result: rejectProfileChange(id: $id, expectedVersion: $version, reason: $reason) {
  __typename ... on ProfileChangeRequest { ${REQUEST} } } }`;
const INVITE = `mutation($input: InvitePortalUserInput!) { result: invitePortalUser(input: $input) { __typename
  ... on PortalUser { id state version subject } ... on PortalUserActive { portalUserId } ... on Problem { message } } }`;
const REDEEM = `mutation($input: RedeemPortalLinkInput!) { result: redeemPortalLink(input: $input) { __typename
  ... on PortalUser { id state issuer subject customerId contactId } } }`;

const portal = (customer_id: string): TokenSpec => ({ kind: 'portal', customer_id, sub: randomUUID() });
const version = async (id: string): Promise<number> => (await read(id, 'version')).version;
/** Changes a profile at its present version; answers the union member. */
const change = async (who: TokenSpec, input: object, headers = {}): Promise<any> =>
  (await must(who, UPDATE, { version: await version(who.customer_id!), input }, { headers })).result;
const result = async (who: Caller, query: string, variables: object): Promise<any> => (await must(who, query, variables)).result;
const confirm = (who: Caller, token: string | undefined) => result(who, CONFIRM, { token });
const log = async (customerId: string): Promise<any[]> =>
  (
    await must(
      'auditor',
      `query($id: ID!) { profileChangeLog(filter: { customerId: { eq: $id } }, orderBy: [{ field: CHANGED_AT }]) {
        nodes { action fields ip userAgent requestId changedBy { kind id } } } }`,
      { id: customerId },
    )
  ).profileChangeLog.nodes;
const signIn = (path: string, body: object) =>
  fetch(`${stack().issuer.url}/portal/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

test('[WF-CM-003] an invited contact follows the mailed link, signs in, and sees their own profile and nobody else’s', async () => {
  const customer = await organisation();
  const email = mailbox();
  const contact = await contactOf(customer.id, { email });
  const stranger = await organisation();
  const invited = await result('sales_manager', INVITE, { input: { customerId: customer.id, contactId: contact.id } });
  expect(invited).toMatchObject({ __typename: 'PortalUser', state: 'INVITED', subject: null });
  const invitation = await mail.mailTo(email, /invited/);
  expect(invitation.text).toContain('/sign-in#token=');

  const answer = await signIn('sign-in', { token: invitation.token });
  const { token } = (await answer.json()) as { token: string };
  expect(answer.status).toBe(200);
  const { me } = await must(
    { token },
    '{ me { customer { id contacts { nodes { id } } consents { granted } } contact { id email } editableFields } }',
  );
  expect(me.customer).toEqual({ id: customer.id, contacts: { nodes: [{ id: contact.id }] }, consents: [] });
  expect(me.contact).toEqual({ id: contact.id, email });
  expect(me.editableFields).toEqual(expect.arrayContaining(['phone', 'addresses', 'contacts.phone']));
  expect(me.editableFields).not.toContain('displayName');
  expect(await refusal({ token }, 'query($id: ID!) { customer(id: $id) { id } }', { id: stranger.id })).toEqual({
    code: 'NOT_FOUND',
    field: 'id',
  });

  // Once, whoever has it; and the mail's text is gone from the database.
  expect((await signIn('sign-in', { token: invitation.token })).status).toBe(400);
  const issuer = `${stack().issuer.url}/portal`;
  expect(await result('integration', REDEEM, { input: { token: invitation.token, issuer } })).toEqual({ __typename: 'LinkExpired' });
  const { rows } = await (await database('customer')).query('select recipient, subject, body from mail where customer_id = $1', [
    customer.id,
  ]);
  expect(rows).toEqual([{ recipient: null, subject: null, body: null }]);
  const again = await result('sales_manager', INVITE, { input: { customerId: customer.id, contactId: contact.id } });
  expect(again).toMatchObject({ __typename: 'PortalUserActive', portalUserId: invited.id });

  // Later they ask for a link; nobody learns whether an address has access.
  expect((await signIn('sign-in-link', { email })).status).toBe(202);
  expect((await signIn('sign-in-link', { email: mailbox() })).status).toBe(202);
  const link = await mail.mailTo(email, /Sign in/);
  expect((await signIn('sign-in', { token: link.token })).status).toBe(200);
  const told = await facts(customer.id, 4);
  expect(told.map(({ type }) => type)).toEqual(expect.arrayContaining(['portal-user-invited', 'portal-user-activated']));
});

test('[WF-CM-003] a production issuer binds its own subject, and learns by it whose token it makes, until access is taken away', async () => {
  const email = mailbox();
  const customer = await person({ email });
  const invited = await result('support_rep', INVITE, { input: { customerId: customer.id } });
  const first = await mail.mailTo(email, /invited/);
  await result('support_rep', INVITE, { input: { customerId: customer.id } });
  const second = await mail.mailTo(email, /invited/, 1);
  const [issuer, subject] = ['https://id.example/realm', randomUUID()];
  const redeem = (token: string | undefined, as = subject) => result('integration', REDEEM, { input: { token, issuer, subject: as } });
  // The newer link voids the older one.
  expect(await redeem(first.token)).toEqual({ __typename: 'LinkExpired' });
  expect(await redeem(second.token)).toMatchObject({ state: 'ACTIVE', issuer, subject, customerId: customer.id, contactId: null });
  const lookUp = async () =>
    (
      await must('integration', 'query($i: String!, $s: String!) { portalSubject(issuer: $i, subject: $s) { customerId } }', {
        i: issuer,
        s: subject,
      })
    ).portalSubject;
  expect(await lookUp()).toEqual({ customerId: customer.id });
  // Another subject does not come in by a link that was sent to this one.
  await must('integration', 'mutation($e: EmailAddress!) { requestPortalSignIn(email: $e) }', { e: email });
  const link = await mail.mailTo(email, /Sign in/);
  expect(await redeem(link.token, randomUUID())).toEqual({ __typename: 'PortalSubjectMismatch' });

  const signedIn: TokenSpec = { kind: 'portal', customer_id: customer.id, sub: subject };
  expect((await change(signedIn, { phone: `+49301${digits(6)}` })).__typename).toBe('MyProfileUpdate');
  await must('admin', 'mutation($id: ID!) { revokePortalUser(id: $id) { state } }', { id: invited.id });
  expect(await lookUp()).toBeNull();
  expect(await redeem(link.token)).toEqual({ __typename: 'LinkExpired' });
  const late = await refusal(signedIn, UPDATE, { version: await version(customer.id), input: { phone: null } });
  expect(late.code).toBe('FORBIDDEN');
  expect(await refusal(portal(customer.id), INVITE, { input: { customerId: customer.id } })).toMatchObject({ code: 'FORBIDDEN' });
});

test('[WF-CM-003] allowed fields are saved at once and logged with address and user agent; others are refused by name, and then nothing is saved', async () => {
  const customer = await organisation();
  const [contact, address] = [await contactOf(customer.id), await addressOf(customer.id)];
  const other = await contactOf((await organisation()).id);
  const me = portal(customer.id);
  const phone = `+49301${digits(6)}`;
  const input = {
    phone,
    contacts: [{ id: contact.id, expectedVersion: 1, jobTitle: 'Head of things', communicationPreference: 'PHONE' }],
    addresses: [
      { id: address.id, expectedVersion: 1, city: 'Potsdam' },
      { addressType: 'SHIPPING', streetLine1: 'Weg 2', city: 'Bonn', country: 'DE' },
    ],
  };
  const agent = `Portal/1 ${randomUUID()}`;
  expect(await change(me, input, { 'user-agent': agent })).toMatchObject({
    __typename: 'MyProfileUpdate',
    customer: { phone },
    requested: [],
  });
  expect(await read(customer.id, 'phone contacts { nodes { jobTitle communicationPreference } } addresses { city }')).toEqual({
    phone,
    contacts: { nodes: [{ jobTitle: 'Head of things', communicationPreference: 'PHONE' }] },
    addresses: expect.arrayContaining([{ city: 'Potsdam' }, { city: 'Bonn' }]),
  });
  const lines = await log(customer.id);
  expect(lines.map(({ action, fields }) => [action, fields])).toEqual(
    expect.arrayContaining([
      ['UPDATED', ['phone']],
      ['UPDATED', ['contacts.jobTitle', 'contacts.communicationPreference']],
      ['UPDATED', ['addresses']],
    ]),
  );
  for (const line of lines)
    expect(line).toMatchObject({
      userAgent: agent,
      ip: expect.stringMatching(/127\.0\.0\.1|::1/),
      changedBy: { kind: 'CUSTOMER', id: me.sub },
    });

  const before = await version(customer.id);
  const refused = await change(me, { phone: null, displayName: 'Somebody else' });
  expect(refused).toMatchObject({ __typename: 'FieldNotEditable', field: 'displayName' });
  expect(refused.editable).toContain('phone');
  const notTheirs = { version: before, input: { phone: null, contacts: [{ id: other.id, expectedVersion: 1, jobTitle: 'x' }] } };
  expect((await refusal(me, UPDATE, notTheirs)).code).toBe('NOT_FOUND');
  expect((await refusal(me, UPDATE, { version: before - 1, input: { phone: null } })).code).toBe('CONFLICT');
  expect(await refusal(me, UPDATE, { version: before, input: { addresses: [{ city: 'Bonn' }] } })).toEqual({
    code: 'BAD_USER_INPUT',
    field: 'input.addresses.0.addressType',
  });
  // A portal user who is one contact changes only that one.
  const oneContact = { ...me, contact_id: other.id };
  const foreign = await refusal(oneContact, UPDATE, {
    version: before,
    input: { contacts: [{ id: contact.id, expectedVersion: 2, jobTitle: 'x' }] },
  });
  expect(foreign.code).toBe('FORBIDDEN');
  expect([await version(customer.id), (await log(customer.id)).length]).toEqual([before, lines.length]);
  // Staff cannot speak for a customer, nor read the log unless they audit.
  expect((await refusal('admin', UPDATE, { version: 1, input: {} })).code).toBe('FORBIDDEN');
  expect((await refusal('sales_manager', '{ profileChangeLog { totalCount } }', {})).code).toBe('FORBIDDEN');
  expect((await refusal(me, '{ profileChangeLog { totalCount } }', {})).code).toBe('FORBIDDEN');
});

test('[WF-CM-003] a new e-mail address is used after its owner followed the link; the old one is told; the link works once and for this customer only', async () => {
  const [old, next] = [mailbox(), mailbox()];
  const customer = await person({ email: old });
  const me = portal(customer.id);
  const asked = await change(me, { email: next });
  expect(asked).toMatchObject({
    __typename: 'MyProfileUpdate',
    customer: { email: old },
    requested: [{ field: 'EMAIL', oldValue: old, newValue: next, state: 'PENDING' }],
  });
  const [link, notice] = [await mail.mailTo(next, /Confirm/), await mail.mailTo(old, /about to change/)];
  expect(notice.token).toBeUndefined();
  expect(notice.text).not.toContain(next);
  expect(link.messageId).toMatch(/^<[0-9a-f-]{36}@/);

  const thief = portal((await person()).id);
  expect(await confirm(thief, link.token)).toEqual({ __typename: 'LinkExpired' });
  expect((await gql(null, CONFIRM, { token: link.token })).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  expect((await read(customer.id, 'email')).email).toBe(old);
  expect(await confirm(me, link.token)).toMatchObject({ __typename: 'ProfileChangeRequest', state: 'APPLIED' });
  expect((await read(customer.id, 'email')).email).toBe(next);
  expect(await confirm(me, link.token)).toEqual({ __typename: 'LinkExpired' });
  expect((await log(customer.id)).map(({ action, fields }) => [action, ...fields])).toEqual([
    ['REQUESTED', 'email'],
    ['APPLIED', 'email'],
  ]);
  const { rows } = await (await database('customer')).query('select token_hash from profile_change_request where customer_id = $1', [
    customer.id,
  ]);
  expect(rows).toEqual([{ token_hash: null }]);
});

test('[WF-CM-003] a contact’s new address is confirmed too; a newer request voids the link before, an expired link and a value changed meanwhile are refused', async () => {
  const customer = await organisation();
  const contact = await contactOf(customer.id, { email: mailbox() });
  const me = portal(customer.id);
  const ask = async () => {
    const email = mailbox();
    const { requested } = await change(me, { contacts: [{ id: contact.id, expectedVersion: contact.version, email }] });
    return { ...requested[0], email, link: await mail.mailTo(email, /Confirm/) };
  };
  const [first, second] = [await ask(), await ask()];
  expect(await confirm(me, first.link.token)).toEqual({ __typename: 'LinkExpired' });
  const db = await database('customer');
  await db.query(`update profile_change_request set expires_at = now() - interval '1 minute' where id = $1`, [second.id]);
  expect(await confirm(me, second.link.token)).toEqual({ __typename: 'LinkExpired' });
  const third = await ask();
  const { me: seen } = await must(me, '{ me { changeRequests { nodes { id state contact { id } } } } }');
  expect(seen.changeRequests.nodes).toEqual([
    { id: third.id, state: 'PENDING', contact: { id: contact.id } },
    { id: second.id, state: expect.stringMatching(/EXPIRED|REPLACED/), contact: { id: contact.id } },
    { id: first.id, state: 'REPLACED', contact: { id: contact.id } },
  ]);
  const changed = await update('sales_manager', 'Contact', contact, { email: mailbox() });
  expect(await confirm(me, third.link.token)).toEqual({ __typename: 'ProfileChangedMeanwhile' });
  Object.assign(contact, changed);
  const fourth = await ask();
  expect(await confirm(me, fourth.link.token)).toMatchObject({ state: 'APPLIED' });
  expect((await read(customer.id, 'contacts { nodes { email } }')).contacts.nodes).toEqual([{ email: fourth.email }]);
});

test('[WF-CM-003] nobody is flooded: a customer asks for five addresses a day, an address is written to three times whoever asks', async () => {
  const customer = await person();
  const me = portal(customer.id);
  for (let i = 0; i < 5; i++) expect((await change(me, { email: mailbox() })).__typename).toBe('MyProfileUpdate');
  expect(await change(me, { email: mailbox() })).toMatchObject({ __typename: 'TooManyMails', perDay: 5 });
  const victim = mailbox();
  const askers = await Promise.all(Array.from({ length: 6 }, () => person()));
  const answers = await Promise.all(askers.map(({ id }) => change(portal(id), { email: victim })));
  expect(answers.filter(({ __typename }) => __typename === 'MyProfileUpdate')).toHaveLength(3);
  await mail.mailTo(victim, /Confirm/, 2);
});

test('[WF-CM-003] legal name and tax id wait for an administrator, who sees old and new, approves or says why not; the customer sees how it stands', async () => {
  const customer = await organisation();
  const [taxId, nextTaxId] = [ein(), ein()];
  const account = await accountOf(customer.id, { taxId, country: 'US' });
  const me = portal(customer.id);
  expect(await change(me, { taxId: '1' })).toMatchObject({ __typename: 'InvalidTaxId', country: 'US' });
  const { requested } = await change(me, { legalName: 'New Works Inc.', taxId: nextTaxId, website: 'https://works.example' });
  expect(requested).toMatchObject([
    { field: 'LEGAL_NAME', oldValue: account.legalName, newValue: 'New Works Inc.', state: 'PENDING' },
    { field: 'TAX_ID', oldValue: taxId, newValue: nextTaxId, state: 'PENDING' },
  ]);
  expect(await read(customer.id, 'account { legalName taxId website }')).toEqual({
    account: { legalName: account.legalName, taxId, website: 'https://works.example' },
  });
  const queue = await must(
    'admin',
    `query($id: ID!) { profileChangeRequests(filter: { customerId: { eq: $id }, state: { eq: PENDING } }) { nodes { ${REQUEST} customer { id } } } }`,
    { id: customer.id },
  );
  expect(queue.profileChangeRequests.nodes).toHaveLength(2);
  const [name, tax] = requested;
  for (const who of [me, 'sales_manager', 'dpo'] as const)
    expect((await refusal(who, APPROVE, { id: tax.id, version: 1 })).code).toBe('FORBIDDEN');
  expect((await refusal('admin', APPROVE, { id: tax.id, version: 9 })).code).toBe('CONFLICT');
  expect(await result('admin', APPROVE, { id: tax.id, version: 1 })).toMatchObject({
    __typename: 'ProfileChangeRequest',
    state: 'APPLIED',
  });
  expect(await result('admin', APPROVE, { id: tax.id, version: 2 })).toMatchObject({
    __typename: 'ProfileChangeNotPending',
    state: 'APPLIED',
  });
  expect(await refusal('admin', REJECT, { id: name.id, version: 1, reason: ' ' })).toEqual({ code: 'BAD_USER_INPUT', field: 'reason' });
  expect(await result('admin', REJECT, { id: name.id, version: 1, reason: 'The register says otherwise.' })).toMatchObject({
    state: 'REJECTED',
  });
  expect((await read(customer.id, 'account { legalName taxId }')).account).toEqual({ legalName: account.legalName, taxId: nextTaxId });
  const { me: seen } = await must(me, `{ me { changeRequests(orderBy: [{ field: CREATED_AT }]) { nodes { field state reason } } } }`);
  expect(seen.changeRequests.nodes).toEqual(
    expect.arrayContaining([
      { field: 'LEGAL_NAME', state: 'REJECTED', reason: 'The register says otherwise.' },
      { field: 'TAX_ID', state: 'APPLIED', reason: null },
    ]),
  );
  expect(
    (await log(customer.id)).filter(({ changedBy }) => changedBy.kind === 'STAFF').map(({ action, fields }) => [action, ...fields]),
  ).toEqual([
    ['APPLIED', 'tax_id'],
    ['REJECTED', 'legal_name'],
  ]);

  // The value was changed while the request waited.
  const again = await change(me, { taxId: ein() });
  await update('admin', 'Account', (await read(customer.id, 'account { id version }')).account, { taxId: ein() });
  expect(await result('admin', APPROVE, { id: again.requested[0].id, version: 1 })).toEqual({ __typename: 'ProfileChangedMeanwhile' });
});

test('[WF-CM-003][WF-CM-002] after a merge the portal user of a retired record is the survivor, and so are the requests', async () => {
  const [survivor, retired] = [await organisation(), await organisation()];
  await accountOf(retired.id, { taxId: ein(), country: 'US' });
  const me = portal(retired.id);
  const { requested } = await change(me, { legalName: 'Asked before Inc.' });
  await merged(survivor.id, [retired.id]);
  const { me: seen } = await must(me, '{ me { customer { id } changeRequests { nodes { id customerId } } } }');
  expect(seen).toEqual({ customer: { id: survivor.id }, changeRequests: { nodes: [{ id: requested[0].id, customerId: survivor.id }] } });
  const phone = `+49301${digits(6)}`;
  expect(await change(me, { phone })).toMatchObject({ customer: { id: survivor.id, phone } });
  expect(await result('admin', APPROVE, { id: requested[0].id, version: requested[0].version })).toMatchObject({ state: 'APPLIED' });
  expect((await read(survivor.id, 'account { legalName }')).account.legalName).toBe('Asked before Inc.');
});

test('[WF-CM-003] customers see of their own interactions the kinds that are configured, and nothing of what the staff wrote', async () => {
  const [customer, other] = [await person(), await person()];
  const call = await logInteraction('support_rep', { customerId: customer.id, interactionType: 'CALL', direction: 'INBOUND' });
  await logInteraction('support_rep', { customerId: customer.id, interactionType: 'MEETING' });
  await logInteraction('support_rep', { customerId: other.id, interactionType: 'CALL' });
  const me = portal(customer.id);
  const seen = await eventually(async () => {
    const { data } = await gql(me, '{ me { customer { ownInteractions { totalCount nodes { id interactionType direction } } } } }');
    return data?.me?.customer?.ownInteractions;
  });
  expect(seen).toEqual({ totalCount: 1, nodes: [{ id: call.id, interactionType: 'CALL', direction: 'INBOUND' }] });
  expect((await refusal(me, '{ me { customer { interactions { nodes { subject } } } } }', {})).code).toBe('FORBIDDEN');
});

test('[WF-CM-003] a mail that the server will not take now comes later, under the same Message-ID; one that it never takes is given up and erased', async () => {
  const [later, never] = [mailbox(), mailbox()];
  mail.refuse(later, 451, 1);
  mail.refuse(never, 550, 9);
  const [patient, lost] = [await person(), await person()];
  await change(portal(patient.id), { email: later });
  await change(portal(lost.id), { email: never });
  const taken = await mail.mailTo(later, /Confirm/);
  expect(mail.refused.filter(({ to }) => to === later)).toEqual([taken]);
  const givenUp = await eventually(async () => {
    const { rows } = await (await database('customer')).query('select * from mail where customer_id = $1', [lost.id]);
    return rows[0].given_up_at ? rows[0] : null;
  });
  expect(givenUp).toMatchObject({ recipient: null, subject: null, body: null, attempts: 1 });
  expect(mail.refused.filter(({ to }) => to === never)).toHaveLength(1);
});

test('[WF-CM-003] the walk through the documentation works as written', async () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/workflows/self-service.md'), 'utf8');
  const operations = new Map(
    [...page.matchAll(/```graphql\n((?:mutation|query) (\w+)[\s\S]*?)```/g)].map(([, text, name]) => [name!, text!]),
  );
  const run = async (who: Caller, name: string, variables: object = {}): Promise<any> =>
    Object.values(await must(who, operations.get(name)!, variables))[0];
  const [customer, email, next] = [await organisation(), mailbox(), mailbox()];
  await accountOf(customer.id);
  const contact = await contactOf(customer.id, { email });
  const { id, state } = await run('sales_rep', 'Invite', { customerId: customer.id, contactId: contact.id });
  expect(state).toBe('INVITED');
  const { token: link } = await mail.mailTo(email, /invited/);
  const { subject, customerId, contactId } = await run('integration', 'Redeem', { token: link, issuer: 'https://id.example' });
  const me: TokenSpec = { kind: 'portal', sub: subject, customer_id: customerId, contact_id: contactId };
  const seen = await run(me, 'Me');
  expect(seen).toMatchObject({ contact: { id: contact.id, email }, customer: { id: customer.id } });
  const mine = { id: contact.id, expectedVersion: seen.contact.version, email: next };
  const input = { phone: '+493012345', legalName: 'Asked Ltd', taxId: '12-3', contacts: [mine] };
  const { requested } = await run(me, 'Change', { version: seen.customer.version, input });
  const { token } = await mail.mailTo(next, /Confirm/);
  expect(await run(me, 'Confirm', { token })).toMatchObject({ state: 'APPLIED', newValue: next });
  const waiting = requested.filter(({ field }: any) => field !== 'EMAIL');
  const { nodes } = await run('admin', 'Queue');
  expect(nodes.map((node: any) => node.customer?.id)).toContain(customer.id);
  expect(await run('admin', 'Approve', waiting[0])).toMatchObject({ state: 'APPLIED' });
  expect(await run('admin', 'Reject', { ...waiting[1], reason: 'Not yours.' })).toMatchObject({ state: 'REJECTED', reason: 'Not yours.' });
  expect((await run('auditor', 'Log', { customerId: customer.id })).nodes).toHaveLength(7);
  expect(await run('admin', 'Revoke', { id })).toEqual({ id, state: 'REVOKED' });
});
