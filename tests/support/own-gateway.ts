// A gateway process of a test's own before the services of the shared stack: for what needs other limits or another issuer than the stack's, and
// must not disturb anybody else. It believes an issuer that lives in the test, whose keys the test may change at any time.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { type Program, root, startProgram } from './program.ts';
import { type Role, stack } from './stack.ts';

/** A signing key; `public` is what the issuer may publish of it. */
export interface Key {
  readonly kid: string;
  readonly private: Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
  readonly public: JWK;
}
export async function newKey(): Promise<Key> {
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const jwk = await exportJWK(pair.publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { kid, private: pair.privateKey, public: { ...jwk, kid, alg: 'EdDSA', use: 'sig' } };
}

export interface Wish {
  key?: Key;
  sub?: string;
  roles?: Role[];
  /** Put over the token's claims; undefined takes one out. */
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
}

export interface OwnGateway extends Pick<Program, 'complaints' | 'signal'> {
  /** Ends in /graphql. */
  readonly graph: string;
  /** The issuer's name. */
  readonly issuer: string;
  /** The key with which tokens are signed unless told otherwise. */
  readonly key: Key;
  /** What the issuer publishes now. */
  publish(...keys: Key[]): void;
  /** A staff token, an admin's unless told otherwise. */
  token(wish?: Wish): Promise<string>;
  ask(
    token: string | null,
    query: string,
    variables?: object,
  ): Promise<{ status: number; headers: Headers; data?: any; errors?: any[]; ms: number }>;
  close(): Promise<void>;
}

/** Starts it with `env` over the gateway's defaults. */
export async function ownGateway(env: Record<string, string> = {}): Promise<OwnGateway> {
  const key = await newKey();
  let published: JWK[] = [key.public];
  const jwks = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: published }));
  });
  await new Promise<void>((done) => jwks.listen(0, '127.0.0.1', done));
  const issuer = `http://127.0.0.1:${(jwks.address() as AddressInfo).port}`;
  const { url, complaints, signal, stop } = await startProgram('gateway', {
    GATEWAY_HOST: '127.0.0.1',
    GATEWAY_PORT: '0',
    SUPERGRAPH_FILE: join(root, 'schemas/graphql/supergraph.graphql'),
    SUBGRAPH_URLS: JSON.stringify(subgraphUrls()),
    INNER_KEY: JSON.stringify(JSON.parse(readFileSync(stack().secrets, 'utf8')).innerKey),
    AUTH_ISSUERS: JSON.stringify([{ issuer, jwksUri: issuer, audience: 'customer360', kind: 'staff' }]),
    ...env,
  }).catch((error) => {
    jwks.close();
    throw error;
  });
  const token: OwnGateway['token'] = ({ key: by = key, sub = stack().staff.admin, roles = ['admin'], claims, header } = {}) => {
    const now = Math.floor(Date.now() / 1_000);
    const all = { iss: issuer, aud: 'customer360', sub, roles, iat: now, exp: now + 600, jti: randomUUID(), ...claims };
    return new SignJWT(all).setProtectedHeader({ alg: 'EdDSA', kid: by.kid, ...header }).sign(by.private);
  };
  return {
    graph: `${url}/graphql`,
    issuer,
    key,
    token,
    publish: (...keys) => {
      published = keys.map((one) => one.public);
    },
    async ask(bearer, query, variables = {}) {
      const began = performance.now();
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(bearer && { authorization: `Bearer ${bearer}` }) },
        body: JSON.stringify({ query, variables }),
        signal: AbortSignal.timeout(30_000),
      });
      const body = (await response.json()) as { data?: any; errors?: any[] };
      return { status: response.status, headers: response.headers, ...body, ms: performance.now() - began };
    },
    complaints,
    signal,
    async close() {
      await stop();
      jwks.closeAllConnections();
      jwks.close();
    },
  };
}

const subgraphUrls = () =>
  Object.fromEntries(
    Object.entries(stack().services)
      .filter(([name]) => name !== 'gateway')
      .map(([name, { url }]) => [name, `${url}/graphql`]),
  );
