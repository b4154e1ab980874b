// Reading a supergraph: services, URLs, signatures and the refusal of what must not be served. And the sentences of a wrong environment.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import { gatewayEnv } from './env.ts';
import { signatureFile, signSupergraph } from './signature.ts';
import { loadSupergraph, readSupergraph, type SupergraphRefused } from './supergraph.ts';

const sdl = (fields: string) => `
  directive @access(roles: [String!]!) on OBJECT | FIELD_DEFINITION
  directive @join__graph(name: String!, url: String!) on ENUM_VALUE
  enum join__Graph { A @join__graph(name: "a", url: "http://a/graphql") B @join__graph(name: "b", url: "") }
  type Query { ${fields} }
`;

test('URLs are those of the composition unless they are overridden', () => {
  const { services, access } = readSupergraph(sdl('x: Int @access(roles: ["any"])'), { b: 'http://b:1/graphql' });
  expect([...services]).toEqual([
    ['a', 'http://a/graphql'],
    ['b', 'http://b:1/graphql'],
  ]);
  expect(access.fields.get('Query.x')?.size).toBe(9);
});

const reasonOf = (text: string, urls: Record<string, string> = { b: 'http://b/graphql' }): string => {
  try {
    readSupergraph(text, urls);
    return 'served';
  } catch (error) {
    const { reason, message } = error as SupergraphRefused;
    return `${reason}: ${message}`;
  }
};

test('a URL or annotation too few, an unknown service or role, a broken text and a plain schema are each refused with reason and sentence', () => {
  expect(reasonOf(sdl('x: Int @access(roles: ["any"])'))).toBe('served');
  expect(reasonOf(sdl('x: Int @access(roles: ["any"])'), {})).toMatch(/^composition: .*"b" has no URL/);
  expect(reasonOf(sdl('x: Int @access(roles: ["any"])'), { c: 'http://c/graphql' })).toMatch(/^composition: .*"c"/);
  expect(reasonOf('type Query { x: Int }')).toMatch(/^composition: .*not composed/);
  expect(reasonOf(sdl('x: Int @access(roles: ["any"])').slice(0, -5))).toMatch(/^composition: Syntax Error/);
  expect(reasonOf(sdl('x: Int'))).toMatch(/^access: .*Query\.x/);
  expect(reasonOf(sdl('x: Int @access(roles: ["king"])'))).toMatch(/^access: .*king/);
});

test('with keys configured, only the very text that one of them signed for this environment is served', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'customer360-signature-'));
  const file = join(folder, 'supergraph.graphql');
  const text = sdl('x: Int @access(roles: ["any"])');
  const [key, other] = [await newKey('2026'), await newKey('2025')];
  const publicOf = ({ d: _, ...rest }: JWK) => rest;
  const load = async (signature: string | undefined, jwks: JWK[], environment = 'production') => {
    rmSync(signatureFile(file), { force: true });
    if (signature !== undefined) writeFileSync(signatureFile(file), `${signature}\n`);
    const trust = { environment, jwks: { keys: jwks.map(publicOf) } };
    return loadSupergraph({ file, urls: { b: 'http://b/graphql' }, trust }).then(
      () => 'served',
      (error: SupergraphRefused) => `${error.reason}: ${error.message}`,
    );
  };
  try {
    expect(await load(undefined, [key])).toMatch(/^unreadable: .*npm run compose/);
    writeFileSync(file, text);
    const signature = await signSupergraph(text, 'production', key);
    expect(await load(signature, [key])).toBe('served');
    expect(await load(signature, [other, key])).toBe('served');
    expect(await load(undefined, [key])).toMatch(/^signature: .*is missing/);
    expect(await load('', [key])).toMatch(/^signature: /);
    expect(await load(signature, [other])).toMatch(/^signature: .*not of a key/);
    expect(await load(await signSupergraph(text, 'production', { ...other, kid: key.kid! }), [key])).toMatch(/^signature: .*not of a key/);
    expect(await load(signature, [key], 'staging')).toMatch(/^signature: .*"production", this one is "staging"/);
    expect(await load(await signSupergraph(`${text} `, 'production', key), [key])).toMatch(/^signature: .*not the text/);
    const [header, , proof] = signature.split('.');
    const forged = Buffer.from(JSON.stringify({ environment: 'staging' })).toString('base64url');
    expect(await load([header, forged, proof].join('.'), [key], 'staging')).toMatch(/^signature: .*not of a key/);
    // Any other token of the same key, for example of the gateway's inner ones.
    const token = await new SignJWT({ environment: 'production' })
      .setProtectedHeader({ alg: 'EdDSA', kid: key.kid! })
      .sign(await importJWK(key, 'EdDSA'));
    expect(await load(token, [key])).toMatch(/^signature: /);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

async function newKey(kid: string): Promise<JWK> {
  return { ...(await exportJWK((await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })).privateKey)), kid };
}

const GOOD = {
  SUPERGRAPH_FILE: 'x',
  INNER_KEY: JSON.stringify({ kty: 'OKP', crv: 'Ed25519', kid: 'k', d: 'd', x: 'x' }),
  AUTH_ISSUERS: JSON.stringify([{ issuer: 'i', jwksUri: 'http://i/jwks', audience: 'a', kind: 'staff' }]),
};

test('a wrong environment names the variable', () => {
  const issues =
    gatewayEnv.safeParse({ SUPERGRAPH_FILE: 'x', INNER_KEY: '{"kty":"RSA"}', AUTH_ISSUERS: 'nonsense', MAX_DEPTH: '0' }).error?.issues ??
    [];
  expect(new Set(issues.map((issue) => issue.path[0]))).toEqual(new Set(['INNER_KEY', 'AUTH_ISSUERS', 'MAX_DEPTH']));
  const alone = gatewayEnv.safeParse({ ...GOOD, SUPERGRAPH_ENVIRONMENT: 'production' }).error?.issues ?? [];
  expect(alone.map(({ path, message }) => `${path}: ${message}`)).toEqual([expect.stringContaining('goes together with SUPERGRAPH_JWKS')]);
  expect(gatewayEnv.safeParse(GOOD).success).toBe(true);
});
