// The staff directory as an administrator keeps it [StaffMember]: people are invited by mail and are nobody until they have signed in, and what they may do
// follows the directory from one request to the next, however long their token lives (docs/decisions/0021).
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { create, facts, mailbox, person, read, refusal, staff, UPDATE as UPDATE_OF, update, word } from '../support/customers.ts';
import { MAIL_SERVER_WITHIN_MS, type MailServer, mailServer } from '../support/mail-server.ts';
import { type Caller, eventually, gql, must, stack, type TokenSpec, token } from '../support/stack.ts';

let mail: MailServer;
beforeAll(async () => {
  mail = await mailServer();
}, MAIL_SERVER_WITHIN_MS);
afterAll(() => mail.close());

const UPDATE = UPDATE_OF('StaffMember');
const STAFF =
  '__typename ... on StaffMember { id name email roles state active version invitationExpiresAt deletedAt } ... on Problem { message }';
const INVITE = `mutation($input: InviteStaffMemberInput!) { result: inviteStaffMember(input: $input) { ${STAFF} } }`;
const RESEND = `mutation($id: ID!) { result: resendStaffInvitation(id: $id) { ${STAFF} ... on StaffNotInvited { state } } }`;
const REVOKE = `mutation($id: ID!, $version: Int) { result: revokeStaffInvitation(id: $id, expectedVersion: $version) { ${STAFF} ... on StaffNotInvited { state } } }`;
const SIGN_IN = `mutation($input: SignInStaffInput!) { result: signInStaff(input: $input) { __typename ... on StaffMember { id roles state } } }`;

const result = async (who: Caller, query: string, variables: object): Promise<any> => (await must(who, query, variables)).result;
const invite = (email: string, more: object = {}): Promise<any> =>
  result('admin', INVITE, { input: { name: `Invited ${word()}`, email, roles: ['SALES_REP'], ...more } });
const signIn = (input: object): Promise<any> => result('integration', SIGN_IN, { input: { issuer: 'https://id.example', ...input } });
const follow = async (token: string | undefined): Promise<{ status: number; token: string }> => {
  const response = await fetch(`${stack().issuer.url}/staff/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  return { status: response.status, ...((await response.json()) as { token: string }) };
};
const stateOf = async (id: string): Promise<string> =>
  (await must('admin', 'query($id: ID!) { staffMember(id: $id) { state } }', { id })).staffMember.state;

test('an invited person gets a link, is nobody until they follow it, and then signs in with the roles of the directory', async () => {
  const email = mailbox();
  const invited = await invite(email, { team: 'north', idempotencyKey: word() });
  expect(invited).toMatchObject({
    __typename: 'StaffMember',
    state: 'INVITED',
    active: false,
    email,
    invitationExpiresAt: expect.any(String),
  });
  expect(await invite(email)).toMatchObject({ __typename: 'StaffEmailTaken' });
  const early: TokenSpec = { kind: 'staff', sub: invited.id, roles: ['sales_rep'] };
  expect(await refusal(early, '{ customers { totalCount } }', {})).toMatchObject({ code: 'FORBIDDEN' });
  expect(await create('admin', 'Customer', { type: 'INDIVIDUAL', displayName: `P ${word()}`, ownerId: invited.id })).toMatchObject({
    __typename: 'InactiveOwner',
  });
  expect(await refusal('admin', UPDATE, { id: invited.id, version: 1, input: { active: true } })).toEqual({
    code: 'BAD_USER_INPUT',
    field: 'input.active',
  });

  const letter = await mail.mailTo(email, /invited/);
  expect(letter.text).toContain('/sign-in#token=');
  const signedIn = await follow(letter.token);
  expect(signedIn.status).toBe(200);
  expect((await gql({ token: signedIn.token }, '{ customers(first: 1) { nodes { id } } }')).errors).toBeUndefined();
  expect((await gql({ token: signedIn.token }, '{ activities(first: 1) { nodes { id } } }')).errors).toBeUndefined();
  expect(await stateOf(invited.id)).toBe('ACTIVE');
  expect((await person({ ownerId: invited.id })).ownerId).toBe(invited.id);
  expect((await follow(letter.token)).status).toBe(400);
  expect((await follow('no such link')).status).toBe(400);
  expect((await facts(invited.id, 3)).map(({ type }) => type)).toEqual([
    'staff-member-created',
    'staff-member-invited',
    'staff-member-joined',
  ]);
  expect(await result('admin', RESEND, { id: invited.id })).toMatchObject({ __typename: 'StaffNotInvited', state: 'ACTIVE' });
});

test('an invitation is sent again, which voids the link before, and taken back, which voids them all', async () => {
  const email = mailbox();
  const { id } = await invite(email);
  const first = await mail.mailTo(email, /invited/);
  expect(await result('admin', RESEND, { id })).toMatchObject({ __typename: 'StaffMember', state: 'INVITED' });
  const second = await mail.mailTo(email, /invited/, 1);
  expect((await follow(first.token)).status).toBe(400);

  // A link that went to a former address lets nobody in.
  await update('admin', 'StaffMember', { id, version: 1 }, { email: mailbox() });
  expect((await follow(second.token)).status).toBe(400);
  for (let n = 3; n <= 5; n++) await result('admin', RESEND, { id });
  expect(await result('admin', RESEND, { id })).toMatchObject({ __typename: 'TooManyMails' });

  const other = mailbox();
  const gone = await invite(other);
  const letter = await mail.mailTo(other, /invited/);
  expect(await refusal('admin', REVOKE, { id: gone.id, version: 9 })).toMatchObject({ code: 'CONFLICT' });
  expect(await result('admin', REVOKE, { id: gone.id, version: 1 })).toMatchObject({ deletedAt: expect.any(String) });
  expect((await follow(letter.token)).status).toBe(400);
  expect(await invite(other)).toMatchObject({ __typename: 'StaffMember', state: 'INVITED' });
  for (const query of [INVITE, RESEND, REVOKE])
    expect((await refusal('sales_manager', query, { id, input: { name: 'x', email, roles: ['ADMIN'] } })).code).toBe('FORBIDDEN');
});

test('a production identity provider maps its subject by the link or by an address that it has verified, once and for good', async () => {
  const [email, subject] = [mailbox(), randomUUID()];
  const invited = await invite(email);
  expect(await signIn({ subject })).toEqual({ __typename: 'StaffUnknown' });
  expect(await signIn({ subject, verifiedEmail: email.toUpperCase() })).toMatchObject({
    id: invited.id,
    state: 'ACTIVE',
    roles: ['SALES_REP'],
  });
  expect(await signIn({ subject })).toMatchObject({ id: invited.id });
  expect(await signIn({ subject: randomUUID(), verifiedEmail: email })).toEqual({ __typename: 'StaffUnknown' });
  await update('admin', 'StaffMember', { id: invited.id, version: 2 }, { active: false });
  expect(await signIn({ subject })).toEqual({ __typename: 'StaffUnknown' });

  const [byLink, linked] = [mailbox(), randomUUID()];
  const second = await invite(byLink);
  const letter = await mail.mailTo(byLink, /invited/);
  expect(await signIn({ subject, token: letter.token })).toEqual({ __typename: 'StaffUnknown' });
  expect(await signIn({ subject: linked, token: letter.token })).toMatchObject({ id: second.id });
  expect(await signIn({ subject: randomUUID(), token: letter.token })).toEqual({ __typename: 'LinkExpired' });
});

test('a role that is taken away refuses the very next request with the old token; a deactivation refuses all of them, in every service', async () => {
  const who = await staff('sales_manager', { roles: ['SALES_MANAGER', 'SALES_REP'] });
  const old = { token: await token({ kind: 'staff', sub: who.sub, roles: ['sales_manager', 'sales_rep'] }) };
  const TEAM = '{ textFlags(first: 1) { nodes { id } } }';
  const ELSEWHERE = '{ activities(first: 1) { nodes { id } } }';
  const SHARE = 'mutation($n: String!) { createTag(input: { name: $n }) { __typename } }';
  expect((await gql(old, TEAM)).errors).toBeUndefined();
  expect((await gql(old, ELSEWHERE)).errors).toBeUndefined();
  const stranger = await person({ ownerId: (await staff('sales_rep', { team: word() })).sub });
  expect(await read(stranger.id, 'id', old)).toEqual({ id: stranger.id });

  const demoted = await update('admin', 'StaffMember', { id: who.sub, version: 1 }, { roles: ['SALES_REP'] });
  expect(await refusal(old, TEAM, {})).toMatchObject({ code: 'FORBIDDEN', field: 'Query.textFlags' });
  expect(await refusal(old, SHARE, { n: word() })).toMatchObject({ code: 'FORBIDDEN' });
  // What the remaining role sees is less, and is seen.
  expect(await read(stranger.id, 'id', old).catch(() => null)).toBeNull();
  expect((await gql(old, '{ customers(first: 1) { nodes { id } } }')).errors).toBeUndefined();

  const swapped = await update('admin', 'StaffMember', demoted, { roles: ['AUDITOR'] });
  expect(await refusal(old, '{ customers(first: 1) { nodes { id } } }', {})).toMatchObject({ code: 'FORBIDDEN' });
  const back = await update('admin', 'StaffMember', swapped, { roles: ['SALES_MANAGER'] });
  expect((await gql(old, TEAM)).errors).toBeUndefined();

  await update('admin', 'StaffMember', back, { active: false });
  expect(await refusal(old, '{ customers(first: 1) { nodes { id } } }', {})).toMatchObject({ code: 'FORBIDDEN' });
  for (const query of [ELSEWHERE, '{ milestones(first: 1) { nodes { id } } }', '{ consentRecords(first: 1) { nodes { id } } }'])
    await eventually(async () => expect(await refusal(old, query, {})).toMatchObject({ code: 'FORBIDDEN' }));
});
