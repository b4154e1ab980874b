// The development issuer: stands where production has the company's identity provider, so that the gateway verifies real tokens by real JWKS
// from the first day. Whoever holds the stack's secret may mint any identity: that is why it refuses to start with NODE_ENV=production.
import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readEnv } from '@customer360/kernel/env';
import { issuerEnv } from './env.ts';
import { KINDS, type Kind, loadKeys, publicKey } from './keys.ts';
import { linkRequest, portalSeam, SIGN_IN_PAGE, signInRequest, staffSeam } from './sign-in.ts';
import { mint, type TokenRequest, tokenRequest } from './token.ts';

const MAX_BODY_BYTES = 16_384;
const SIGN_IN_TOKEN_S = 3_600;

if (process.env.NODE_ENV === 'production') {
  process.stderr.write(
    'The development issuer mints any identity and refuses to run with NODE_ENV=production: name your identity provider in AUTH_ISSUERS.\n',
  );
  process.exit(78);
}
const env = readEnv(issuerEnv);
const keys = await loadKeys(env.ISSUER_KEYS_FILE);

const server = createServer((request, response) => {
  answer(request, response).catch(() => send(response, 500, { error: 'server_error' }));
});
server.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
server.listen(env.ISSUER_PORT, env.ISSUER_HOST, () => {
  process.stdout.write(`issuer listens on port ${(server.address() as AddressInfo).port}\n`);
});

const base = () => env.ISSUER_URL ?? `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://issuer').pathname;
  if (path === '/healthz' || path === '/readyz') return send(response, 200, { status: 'ok' });
  if (path === '/staff/sign-in') return staff(request, response);
  if (/^\/portal\/(sign-in|sign-in-link|confirm-email)$/.test(path)) return portal(path, request, response);
  const match = /^\/([a-z]+)\/(\.well-known\/jwks\.json|\.well-known\/openid-configuration|token)$/.exec(path);
  const kind = match?.[1] as Kind;
  if (!match || !KINDS.includes(kind)) return send(response, 404, { error: 'not_found' });
  const issuer = `${base()}/${kind}`;
  if (match[2] === '.well-known/jwks.json') return send(response, 200, { keys: [publicKey(keys[kind])] });
  if (match[2] === '.well-known/openid-configuration') {
    return send(response, 200, {
      issuer,
      jwks_uri: `${issuer}/.well-known/jwks.json`,
      token_endpoint: `${issuer}/token`,
      id_token_signing_alg_values_supported: ['EdDSA'],
      response_types_supported: ['token'],
      subject_types_supported: ['public'],
    });
  }
  if (request.method !== 'POST') return send(response, 405, { error: 'method_not_allowed' });
  if (!authorised(request.headers.authorization)) return send(response, 401, { error: 'invalid_client' });
  const parsed = tokenRequest.safeParse(await body(request));
  if (!parsed.success) {
    const error_description = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
    return send(response, 400, { error: 'invalid_request', error_description });
  }
  send(response, 200, { token: await mint(keys, kind, issuer, parsed.data), token_type: 'Bearer', expires_in: parsed.data.ttl });
}

const asIntegration = () => mint(keys, 'service', `${base()}/service`, { sub: 'development-issuer', ttl: 60 });

/** The first sign-in of invited staff by the mailed link; later ones are what production has its own identity provider for. */
async function staff(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === 'GET') return page(response);
  if (request.method !== 'POST') return send(response, 405, { error: 'method_not_allowed' });
  if (!env.ISSUER_GRAPH_URL) return send(response, 501, { error: 'no_graph' });
  const issuer = `${base()}/staff`;
  const given = signInRequest.safeParse(await body(request));
  if (!given.success) return send(response, 400, { error: 'invalid_request' });
  const who = await staffSeam(env.ISSUER_GRAPH_URL, issuer, asIntegration)(given.data.token);
  if (!who) return send(response, 400, { error: 'invalid_grant', error_description: 'this link was used or has expired' });
  const roles = who.roles.map((role) => role.toLowerCase()) as TokenRequest['roles'];
  const token = await mint(keys, 'staff', issuer, { sub: who.id, roles, ttl: SIGN_IN_TOKEN_S });
  send(response, 200, { token, token_type: 'Bearer', expires_in: SIGN_IN_TOKEN_S });
}

/** Signing in to the portal by a mailed link; open to everybody, like the sign-in of any identity provider. */
async function portal(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === 'GET' && path !== '/portal/sign-in-link') return page(response);
  if (request.method !== 'POST' || path === '/portal/confirm-email') return send(response, 405, { error: 'method_not_allowed' });
  if (!env.ISSUER_GRAPH_URL) return send(response, 501, { error: 'no_graph' });
  const issuer = `${base()}/portal`;
  const seam = portalSeam(env.ISSUER_GRAPH_URL, issuer, asIntegration);
  if (path === '/portal/sign-in-link') {
    const asked = linkRequest.safeParse(await body(request));
    if (!asked.success) return send(response, 400, { error: 'invalid_request' });
    await seam.sendLink(asked.data.email);
    return send(response, 202, { status: 'If this address has access, a link is on its way.' });
  }
  const given = signInRequest.safeParse(await body(request));
  if (!given.success) return send(response, 400, { error: 'invalid_request' });
  const who = await seam.redeem(given.data.token);
  if (!who) return send(response, 400, { error: 'invalid_grant', error_description: 'this link was used or has expired' });
  const { subject: sub, customerId: customer_id, contactId: contact_id } = who;
  const token = await mint(keys, 'portal', issuer, { sub, customer_id, ...(contact_id && { contact_id }), ttl: SIGN_IN_TOKEN_S });
  send(response, 200, { token, token_type: 'Bearer', expires_in: SIGN_IN_TOKEN_S });
}

function page(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }).end(SIGN_IN_PAGE);
}

function authorised(header: string | undefined): boolean {
  const given = Buffer.from(header ?? '');
  const wanted = Buffer.from(`Bearer ${env.ISSUER_SECRET}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

async function body(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > MAX_BODY_BYTES) return undefined;
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, status: number, content: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(content));
}

function stop(): void {
  server.close(() => process.exit(0));
  server.closeAllConnections();
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop);
if (env.EXIT_WITH_PARENT) process.stdin.resume().on('close', stop).on('error', stop);
