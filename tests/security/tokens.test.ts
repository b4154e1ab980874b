// Tokens as a thief or a careless client would try them, at the running stack and at a gateway of our own whose issuer we may change: each is
// refused, all alike (UNAUTHENTICATED, 401, no word about why), and a change of keys locks nobody out.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decodeJwt, exportSPKI, generateKeyPair, importJWK, SignJWT, UnsecuredJWT } from 'jose';
import { newKey, type OwnGateway, ownGateway } from '../support/own-gateway.ts';
import { type Answer, gql, inner, type ServiceName, stack, subgraph, token } from '../support/stack.ts';

const ASK = '{ __typename }';
const codes = ({ errors }: Pick<Answer, 'errors'> | { errors?: any[] }) => errors?.map((error) => error.extensions.code);

let own: OwnGateway;
beforeAll(async () => {
  own = await ownGateway({ AUTH_KEYS_MAX_AGE_S: '1' });
}, 60_000);
afterAll(() => own.close());

describe('a token from outside', () => {
  test('that is good gets in', async () => {
    expect(await own.ask(await own.token(), ASK)).toMatchObject({ status: 200, data: { __typename: 'Query' } });
  });

  test('that is wrong in any way is refused, and the answer does not say in which', async () => {
    const now = Math.floor(Date.now() / 1_000);
    const stranger = await newKey();
    const claims = decodeJwt(await own.token());
    const publicKey = (await importJWK(own.key.public, 'EdDSA')) as Parameters<typeof exportSPKI>[0];
    const asSecret = (text: string) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: own.key.kid }).sign(new TextEncoder().encode(text));
    const rsa = await generateKeyPair('PS256');
    const good = await own.token();
    const [head, body, signature] = good.split('.') as [string, string, string];
    const bad: Record<string, string> = {
      'another issuer': await own.token({ claims: { iss: 'https://elsewhere' } }),
      'no issuer': await own.token({ claims: { iss: undefined } }),
      'another audience': await own.token({ claims: { aud: 'another-product' } }),
      'no audience': await own.token({ claims: { aud: undefined } }),
      'algorithm none': new UnsecuredJWT(claims).encode(),
      'algorithm none with a signature': `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.${signature}`,
      'HS256 with the public key (JWK)': await asSecret(JSON.stringify(own.key.public)),
      'HS256 with the public key (PEM)': await asSecret(await exportSPKI(publicKey)),
      'HS256 with the x of the public key': await asSecret(own.key.public.x!),
      'an algorithm that nobody agreed on': await new SignJWT(claims)
        .setProtectedHeader({ alg: 'PS256', kid: own.key.kid })
        .sign(rsa.privateKey),
      expired: await own.token({ claims: { exp: now - 60 } }),
      'without an end': await own.token({ claims: { exp: undefined } }),
      'not yet valid': await own.token({ claims: { nbf: now + 120 } }),
      'an unknown key id': await own.token({ header: { kid: 'nobody' } }),
      "another key under the issuer's id": await own.token({ key: { ...stranger, kid: own.key.kid } }),
      'a key that it brings along': await own.token({ key: stranger, header: { jwk: stranger.public, kid: undefined } }),
      'a key set that it points to': await own.token({ key: stranger, header: { jku: own.issuer, x5u: own.issuer } }),
      'a critical header that nobody knows': await own
        .token({ header: { crit: ['exp-x'], 'exp-x': 1 } })
        .catch(() => `${head}x.${body}.${signature}`),
      'other claims under a good signature': `${head}.${Buffer.from(JSON.stringify({ ...claims, sub: randomUUID() })).toString('base64url')}.${signature}`,
      'a cut signature': good.slice(0, -4),
      'no subject': await own.token({ claims: { sub: undefined } }),
      'no role': await own.token({ roles: [] }),
      'a role that staff cannot have': await own.token({ roles: ['admin', 'integration'] }),
      'a role of customers': await own.token({ roles: ['customer'] }),
      'roles that are no list': await own.token({ claims: { roles: 'admin' } }),
      "a token of the stack's own issuer": stack().tokens.admin,
      'an inner token': await inner('customer', { sub: randomUUID(), kind: 'STAFF', roles: ['admin'] }),
      'three dots': '...',
      nonsense: 'nonsense',
      'far too long': 'a.b.'.padEnd(10_000, 'c'),
    };
    const answers = await Promise.all(Object.entries(bad).map(async ([what, forged]) => [what, await own.ask(forged, ASK)] as const));
    const told = new Set<string>();
    for (const [what, answer] of answers) {
      expect([what, answer.status, codes(answer)]).toEqual([what, 401, ['UNAUTHENTICATED']]);
      told.add(JSON.stringify({ ...answer.errors![0], extensions: { ...answer.errors![0].extensions, requestId: undefined } }));
    }
    expect([...told]).toHaveLength(1);
  });

  test('of the portal is a customer whatever it claims, and only with a customer', async () => {
    const customer_id = randomUUID();
    const answer = await gql({ kind: 'portal', customer_id, roles: ['admin'] }, '{ staffMembers { nodes { email } } }');
    expect(codes(answer)).toEqual(['FORBIDDEN']);
    expect(codes(await gql({ kind: 'portal' }, ASK))).toEqual(['UNAUTHENTICATED']);
    expect(codes(await gql({ kind: 'staff', roles: ['customer'] }, ASK))).toEqual(['UNAUTHENTICATED']);
    expect(codes(await gql({ kind: 'service', roles: ['admin'] }, '{ auditTrail(customerId: "x") { nodes { id } } }'))).toEqual([
      'FORBIDDEN',
    ]);
    expect(codes(await gql({ kind: 'staff', roles: ['admin'], ttl: -120 }, ASK))).toEqual(['UNAUTHENTICATED']);
  });
});

describe('keys change', () => {
  test('without a single refusal: both are published, then the new one signs, then the old one goes, and only then is refused', async () => {
    const next = await newKey();
    const refused: unknown[] = [];
    let asked = 0;
    let running = true;
    const sign = { key: own.key };
    // A client that gets a fresh token for each call, as one whose tokens are short-lived does.
    const client = (async () => {
      while (running) {
        const answer = await own.ask(await own.token(sign), ASK);
        asked += 1;
        if (answer.errors) refused.push(answer.errors);
        await sleep(10);
      }
    })();
    own.publish(own.key, next);
    await sleep(1_200); // AUTH_KEYS_MAX_AGE_S
    const old = await own.token();
    sign.key = next;
    expect(codes(await own.ask(old, ASK))).toBeUndefined();
    own.publish(next);
    await sleep(1_200);
    running = false;
    await client;
    expect(refused).toEqual([]);
    expect(asked).toBeGreaterThan(5);
    // Revoked: neither a new token of the old key nor one that was let in before.
    expect(codes(await own.ask(await own.token(), ASK))).toEqual(['UNAUTHENTICATED']);
    expect(codes(await own.ask(old, ASK))).toEqual(['UNAUTHENTICATED']);
    expect((await own.ask(await own.token({ key: next }), ASK)).data).toEqual({ __typename: 'Query' });
  });
});

describe('a token from inside', () => {
  const services: ServiceName[] = ['customer', 'interaction', 'lifecycle', 'compliance'];
  const actor = () => ({ sub: stack().staff.admin!, kind: 'STAFF' as const, roles: ['admin' as const] });

  test.each(services)('serves %s only when the gateway made it for it, a moment ago', async (service) => {
    const now = Math.floor(Date.now() / 1_000);
    const stranger = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
    const forged = (header: object) =>
      new SignJWT({ iss: 'customer360-gateway', aud: service, iat: now, exp: now + 60, ...actor() })
        .setProtectedHeader({ alg: 'EdDSA', ...header })
        .sign(stranger.privateKey);
    const good = await inner(service, actor());
    const kid = JSON.parse(Buffer.from(good.split('.')[0]!, 'base64url').toString()).kid as string;
    const refused: Record<string, string | null> = {
      none: null,
      'a token of the issuer': stack().tokens.admin,
      expired: await inner(service, actor(), { iat: now - 120, exp: now - 60 }),
      'a long one': await inner(service, actor(), { iat: now - 3_600, exp: now + 3_600 }),
      'from the future': await inner(service, actor(), { nbf: now + 120 }),
      'another issuer': await inner(service, actor(), { iss: 'somebody' }),
      'no audience': await inner(service, actor(), { aud: undefined }),
      'the system itself': await inner(service, { ...actor(), kind: 'SYSTEM' }),
      'a customer without an id': await inner(service, { sub: 'x', kind: 'CUSTOMER', roles: ['customer'] }),
      'a stranger': await forged({ kid: 'x' }),
      "a stranger under the gateway's key id": await forged({ kid }),
      unsigned: new UnsecuredJWT({ iss: 'customer360-gateway', aud: service, iat: now, exp: now + 60, ...actor() }).encode(),
    };
    for (const neighbour of services) {
      if (neighbour !== service) refused[`replayed from ${neighbour}`] = await inner(neighbour, actor());
    }
    for (const [what, bearer] of Object.entries(refused)) {
      const answer = await subgraph(service, bearer === null ? null : { token: bearer }, ASK);
      expect([what, codes(answer)]).toEqual([what, ['UNAUTHENTICATED']]);
    }
    expect((await subgraph(service, { token: good }, ASK)).data).toEqual({ __typename: 'Query' });
  });

  test('is never seen by a client, and opens nothing at the gateway', async () => {
    const answer = await gql({ token: await inner('customer', actor()) }, ASK);
    expect(codes(answer)).toEqual(['UNAUTHENTICATED']);
    const { headers } = await gql('admin', '{ customers(first: 1) { nodes { id } } }');
    expect([...headers].join()).not.toMatch(/ey[\w-]+\.ey/);
    expect(await token('admin')).toBe(stack().tokens.admin);
  });
});
