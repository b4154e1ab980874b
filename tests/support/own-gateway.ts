// A gateway process of a test's own before the services of the shared stack: for what needs other limits or another issuer than the stack's, and
// must not disturb anybody else. It believes an issuer that lives in the test, whose keys the test may change at any time.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { type Role, stack } from './stack.ts';

const root = join(import.meta.dirname, '../..');

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

export interface OwnGateway {
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
  const child = spawn(
    process.execPath,
    ['--conditions=customer360-source', '--disable-warning=ExperimentalWarning', join(root, 'gateway/src/main.ts')],
    {
      cwd: root,
      stdio: ['pipe', 'pipe', 'inherit'],
      env: {
        PATH: process.env.PATH,
        NODE_COMPILE_CACHE: join(root, '.cache/node-compile'),
        EXIT_WITH_PARENT: 'true',
        GATEWAY_HOST: '127.0.0.1',
        GATEWAY_PORT: '0',
        SUPERGRAPH_FILE: join(root, 'schemas/graphql/supergraph.graphql'),
        SUBGRAPH_URLS: JSON.stringify(subgraphUrls()),
        INNER_KEY: JSON.stringify(JSON.parse(readFileSync(stack().secrets, 'utf8')).innerKey),
        AUTH_ISSUERS: JSON.stringify([{ issuer, jwksUri: issuer, audience: 'customer360', kind: 'staff' }]),
        ...env,
      },
    },
  );
  const url = await readyUrl(child);
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
    close: () => stop(child, jwks),
  };
}

const subgraphUrls = () =>
  Object.fromEntries(
    Object.entries(stack().services)
      .filter(([name]) => name !== 'gateway')
      .map(([name, { url }]) => [name, `${url}/graphql`]),
  );

/** The gateway says where it listens in its first log lines. */
function readyUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`the gateway ended with code ${code}`)));
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const { msg, url } = line.startsWith('{') ? JSON.parse(line) : {};
      if (msg === 'ready') resolve(url);
    });
  });
}

async function stop(child: ChildProcess, jwks: Server): Promise<void> {
  const gone = new Promise((done) => child.once('exit', done));
  if (child.exitCode === null) {
    child.kill('SIGTERM');
    await gone;
  }
  jwks.closeAllConnections();
  jwks.close();
}
