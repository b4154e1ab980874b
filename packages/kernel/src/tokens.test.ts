// Outer and inner tokens against a real issuer over HTTP: every way of being wrong is refused, rotation works, an outage signs nobody out.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, type JWK, SignJWT, UnsecuredJWT } from 'jose';
import type { Actor } from './actor.ts';
import { innerSigner, innerVerifier, type OuterOptions, outerVerifier, publicJwks } from './tokens.ts';

const CUSTOMER = '0190a0a0-0000-7000-8000-000000000001';
type Keys = Awaited<ReturnType<typeof generateKeyPair>>;
let staff: Keys;
let portal: Keys;
let served: { keys: JWK[] };
let server: Server;
let up = true;
let base: string;

async function open(keys: Keys, kid: string): Promise<JWK> {
  return { ...(await exportJWK(keys.publicKey)), kid };
}

beforeAll(async () => {
  staff = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  portal = await generateKeyPair('ES256', { extractable: true });
  served = { keys: [await open(staff, 'staff-1')] };
  const portalKeys = { keys: [await open(portal, 'portal-1')] };
  server = createServer((request, response) => {
    if (!up) return void response.writeHead(500).end();
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(request.url === '/staff' ? served : portalKeys));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(
  () =>
    new Promise((done) => {
      server.close(done);
      server.closeAllConnections();
    }),
);

const verifier = (options?: OuterOptions) =>
  outerVerifier(
    [
      { issuer: 'https://id/staff', jwksUri: `${base}/staff`, audience: 'customer360', kind: 'staff' },
      { issuer: 'https://id/portal', jwksUri: `${base}/portal`, audience: 'customer360', kind: 'portal' },
      { issuer: 'https://id/service', jwksUri: `${base}/staff`, audience: 'customer360', kind: 'service' },
    ],
    options,
  );

interface Wish {
  kid?: string;
  alg?: string;
  iss?: string;
  aud?: string;
  exp?: number;
  nbf?: number;
  claims?: Record<string, unknown>;
}
const now = () => Math.floor(Date.now() / 1000);
async function token(key: Keys['privateKey'] | Uint8Array, wish: Wish = {}): Promise<string> {
  const jwt = new SignJWT(wish.claims ?? { roles: ['sales_rep'] })
    .setProtectedHeader({ alg: wish.alg ?? 'EdDSA', kid: wish.kid ?? 'staff-1' })
    .setSubject('s1')
    .setIssuer(wish.iss ?? 'https://id/staff')
    .setAudience(wish.aud ?? 'customer360')
    .setExpirationTime(wish.exp ?? now() + 600);
  if (wish.nbf) jwt.setNotBefore(wish.nbf);
  return `Bearer ${await jwt.sign(key)}`;
}
const refused = (code = 'UNAUTHENTICATED') => expect.objectContaining({ extensions: expect.objectContaining({ code }) });

test('a staff token makes a member of staff, no header makes nobody', async () => {
  const verify = verifier();
  expect(await verify(await token(staff.privateKey))).toEqual({ kind: 'STAFF', id: 's1', roles: ['sales_rep'] });
  expect(await verify(undefined)).toBeUndefined();
});

test('wrong issuer, audience, times, key, algorithm and shape are each refused', async () => {
  const verify = verifier();
  const other = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
  const publicAsSecret = new TextEncoder().encode(JSON.stringify(await exportJWK(staff.publicKey)));
  const bad: Array<string | Promise<string>> = [
    token(staff.privateKey, { iss: 'https://evil' }),
    token(staff.privateKey, { aud: 'other' }),
    token(staff.privateKey, { exp: now() - 60 }),
    token(staff.privateKey, { nbf: now() + 60 }),
    token(staff.privateKey, { kid: 'unknown' }),
    token(other.privateKey),
    token(publicAsSecret, { alg: 'HS256' }),
    `Bearer ${new UnsecuredJWT({ roles: ['admin'] }).setSubject('s1').setIssuer('https://id/staff').setAudience('customer360').encode()}`,
    token(staff.privateKey, { claims: { roles: ['customer'] } }),
    token(staff.privateKey, { claims: { roles: ['admin', 'integration'] } }),
    token(staff.privateKey, { claims: { roles: [] } }),
    token(staff.privateKey, { claims: { roles: 'admin' } }),
    token(staff.privateKey, { claims: {} }),
    'Bearer nonsense',
    'Basic YTpi',
    '',
  ];
  for (const header of bad) await expect(verify(await header)).rejects.toEqual(refused());
});

test('a portal token is a customer whatever roles it claims, only with a customer id, and cannot speak for staff', async () => {
  const verify = verifier();
  const portalToken = (wish: Wish) => token(portal.privateKey, { alg: 'ES256', kid: 'portal-1', iss: 'https://id/portal', ...wish });
  expect(await verify(await portalToken({ claims: { roles: ['admin'], customer_id: CUSTOMER } }))).toEqual({
    kind: 'CUSTOMER',
    id: 's1',
    roles: ['customer'],
    customerId: CUSTOMER,
  });
  const contact = await verify(await portalToken({ claims: { customer_id: CUSTOMER, contact_id: CUSTOMER } }));
  expect(contact).toMatchObject({ customerId: CUSTOMER, contactId: CUSTOMER });
  await expect(verify(await portalToken({ claims: { customer_id: 'x' } }))).rejects.toEqual(refused());
  await expect(verify(await portalToken({ claims: { customer_id: CUSTOMER, contact_id: 7 } }))).rejects.toEqual(refused());
  await expect(verify(await portalToken({ iss: 'https://id/staff', claims: { roles: ['admin'] } }))).rejects.toEqual(refused());
  const service = await token(staff.privateKey, { iss: 'https://id/service', claims: { roles: ['admin'] } });
  expect(await verify(service)).toEqual({ kind: 'API', id: 's1', roles: ['integration'] });
});

test('an issuer that is down signs nobody out while its last keys are fresh enough, and says so when it was never reached', async () => {
  const known = verifier({ keysMaxAgeMs: 0 });
  const never = verifier({ keysMaxAgeMs: 0 });
  await known(await token(staff.privateKey));
  up = false;
  try {
    expect(await known(await token(staff.privateKey, { exp: now() + 601 }))).toMatchObject({ id: 's1' });
    await expect(never(await token(staff.privateKey))).rejects.toEqual(refused('IDENTITY_UNAVAILABLE'));
  } finally {
    up = true;
  }
});

test('a key that was withdrawn is refused once the keys are read again, and its successor is taken', async () => {
  const verify = verifier({ keysMaxAgeMs: 0 });
  const next = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
  const last = served;
  served = { keys: [await open(next, 'staff-2')] };
  try {
    await expect(verify(await token(staff.privateKey))).rejects.toEqual(refused());
    expect(await verify(await token(next.privateKey, { kid: 'staff-2' }))).toMatchObject({ kind: 'STAFF' });
  } finally {
    served = last;
  }
});

test('an inner token serves one subgraph only, is reused, and carries the actor', async () => {
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const privateJwk = { ...(await exportJWK(pair.privateKey)), kid: 'inner-1' };
  const signInner = innerSigner(privateJwk);
  const actor: Actor = {
    kind: 'CUSTOMER',
    id: 'p1',
    roles: ['customer'],
    customerId: CUSTOMER,
    contactId: CUSTOMER,
    ip: '192.0.2.1',
    userAgent: 'Portal/1',
  };
  const inner = await signInner(actor, 'customer');
  expect(await signInner(actor, 'customer')).toBe(inner);
  expect(await signInner({ ...actor, id: 'p2' }, 'customer')).not.toBe(inner);
  expect(await signInner({ ...actor, userAgent: 'Portal/2' }, 'customer')).not.toBe(inner);

  const verify = innerVerifier({ jwks: publicJwks(privateJwk), audience: 'customer' });
  expect(await verify(`Bearer ${inner}`)).toEqual(actor);
  expect(await verify(`Bearer ${inner}`)).toEqual(actor);
  const elsewhere = innerVerifier({ jwks: publicJwks(privateJwk), audience: 'lifecycle' });
  await expect(elsewhere(`Bearer ${inner}`)).rejects.toEqual(refused());
  await expect(verify(undefined)).rejects.toEqual(refused());
  await expect(verify(await token(staff.privateKey))).rejects.toEqual(refused());
  const long = await new SignJWT({ kind: 'STAFF', roles: ['admin'] })
    .setProtectedHeader({ alg: 'EdDSA', kid: 'inner-1' })
    .setIssuer('customer360-gateway')
    .setAudience('customer')
    .setSubject('s1')
    .setIssuedAt(now() - 3600)
    .setExpirationTime(now() + 3600)
    .sign(pair.privateKey);
  await expect(verify(`Bearer ${long}`)).rejects.toEqual(refused());
  expect(publicJwks(privateJwk).keys[0]).not.toHaveProperty('d');
});

test('a service that knows two inner keys takes tokens of both, so that the gateway may change its own', async () => {
  const makeKey = async (kid: string) => ({
    ...(await exportJWK((await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })).privateKey)),
    kid,
  });
  const [old, next, stranger] = [await makeKey('inner-1'), await makeKey('inner-2'), await makeKey('inner-1')];
  const actor: Actor = { kind: 'STAFF', id: 's1', roles: ['admin'] };
  const verify = innerVerifier({ jwks: { keys: [...publicJwks(old).keys, ...publicJwks(next).keys] }, audience: 'customer' });
  for (const key of [old, next]) expect(await verify(`Bearer ${await innerSigner(key)(actor, 'customer')}`)).toEqual(actor);
  await expect(verify(`Bearer ${await innerSigner(stranger)(actor, 'customer')}`)).rejects.toEqual(refused());
});
