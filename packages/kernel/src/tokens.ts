// Who is calling, proven. Outer tokens come from an issuer to the client and are checked at the gateway; inner ones go from the gateway to
// exactly one subgraph, live at most 60 s and are the only thing a subgraph believes (api.md "Who may do what"). Every refusal says
// UNAUTHENTICATED and no more: which check failed is for the log, not for the caller.
import { GraphQLError } from 'graphql';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeJwt,
  errors,
  importJWK,
  type JSONWebKeySet,
  type JWK,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
  SignJWT,
} from 'jose';
import { type Actor, type ActorKind, ROLE_GROUPS, ROLES, type Role } from './actor.ts';
import { unauthenticated } from './problem.ts';

export const INNER_ISSUER = 'customer360-gateway';
const INNER_LIFETIME_S = 60;
const INNER_REUSE_MS = 30_000;
const CACHE_MAX = 10_000;
const CLOCK_TOLERANCE_S = 5;
const MAX_TOKEN_LENGTH = 8_192;

/** A map that forgets its oldest entries: bounded memory whatever callers send. */
class Bounded<V> {
  private readonly entries = new Map<string, V>();
  private readonly max: number;
  constructor(max: number) {
    this.max = max;
  }
  get(key: string): V | undefined {
    return this.entries.get(key);
  }
  set(key: string, value: V): void {
    if (this.entries.size >= this.max) this.entries.delete(this.entries.keys().next().value as string);
    this.entries.set(key, value);
  }
  delete(key: string): void {
    this.entries.delete(key);
  }
}

/** Signs inner tokens with the gateway's private key (Ed25519 JWK with `kid`); one token serves an actor at a subgraph for up to 30 s. */
export function innerSigner(privateJwk: JWK): (actor: Actor, audience: string) => Promise<string> {
  if (!privateJwk.kid || !privateJwk.d || privateJwk.crv !== 'Ed25519')
    throw new Error('the inner key must be a private Ed25519 JWK with a kid');
  const key = importJWK(privateJwk, 'EdDSA');
  const signed = new Bounded<{ token: Promise<string>; until: number }>(CACHE_MAX);
  return async (actor, audience) => {
    const id = JSON.stringify([audience, actor]);
    const known = signed.get(id);
    if (known && known.until > Date.now()) return known.token;
    const token = sign(await key, privateJwk.kid as string, actor, audience);
    signed.delete(id);
    signed.set(id, { token, until: Date.now() + INNER_REUSE_MS });
    return token;
  };
}

function sign(key: Awaited<ReturnType<typeof importJWK>>, kid: string, actor: Actor, audience: string): Promise<string> {
  const { kind, roles, customerId, contactId, ip, userAgent } = actor;
  const claims = { kind, roles, customer_id: customerId, contact_id: contactId, ip, user_agent: userAgent };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'EdDSA', kid })
    .setIssuer(INNER_ISSUER)
    .setAudience(audience)
    .setSubject(actor.id)
    .setIssuedAt()
    .setExpirationTime(`${INNER_LIFETIME_S}s`)
    .sign(key);
}

/** The public half of a private JWK, as a key set for `INNER_JWKS`. */
export function publicJwks(privateJwk: JWK): JSONWebKeySet {
  const { kty, crv, x, kid } = privateJwk;
  return { keys: [{ kty, crv, x, kid, alg: 'EdDSA', use: 'sig' } as JWK] };
}

/** Verifies the gateway's inner tokens for one subgraph (`audience`); give it the `authorization` header. Throws UNAUTHENTICATED. */
export function innerVerifier(options: { jwks: JSONWebKeySet; audience: string }): (authorization: string | undefined) => Promise<Actor> {
  const keys = createLocalJWKSet(options.jwks);
  const verified = new Bounded<{ actor: Actor; until: number }>(CACHE_MAX);
  return async (authorization) => {
    const token = bearer(authorization);
    if (!token) throw unauthenticated('this service answers the gateway only');
    const known = verified.get(token);
    if (known) {
      if (known.until > Date.now()) return known.actor;
      verified.delete(token);
    }
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ['EdDSA'],
      issuer: INNER_ISSUER,
      audience: options.audience,
      requiredClaims: ['sub', 'exp', 'iat'],
      maxTokenAge: INNER_LIFETIME_S,
      clockTolerance: CLOCK_TOLERANCE_S,
    }).catch(refuse);
    const actor = innerActor(payload);
    verified.set(token, { actor, until: (payload.exp as number) * 1000 });
    return actor;
  };
}

function innerActor(payload: JWTPayload): Actor {
  const { sub, kind, ip, customer_id: customerId, contact_id: contactId, user_agent: userAgent } = payload as InnerClaims;
  if (!sub || (kind !== 'STAFF' && kind !== 'CUSTOMER' && kind !== 'API')) throw refusal();
  if (kind === 'CUSTOMER' && !customerId) throw refusal();
  const portal = { ...(customerId && { customerId }), ...(contactId && { contactId }), ...(userAgent && { userAgent }) };
  return { kind, id: sub, roles: knownRoles(payload.roles), ...portal, ...(ip && { ip }) };
}

type InnerClaims = JWTPayload & { kind?: ActorKind; customer_id?: string; contact_id?: string; ip?: string; user_agent?: string };

/** An issuer of outer tokens. `kind` decides what its tokens may claim: only the staff issuer can make staff. */
export interface Issuer {
  readonly issuer: string;
  readonly jwksUri: string;
  readonly audience: string;
  readonly kind: 'staff' | 'portal' | 'service';
}

export interface OuterOptions {
  /** A key that an issuer withdrew is refused after at most this long. */
  readonly keysMaxAgeMs?: number;
  /** An issuer that cannot be reached does not sign everybody out: its last keys serve this long. */
  readonly keysStaleMs?: number;
  /** Why a token was refused, for the log. */
  readonly refused?: (reason: string) => void;
}

const ALGORITHMS = ['EdDSA', 'ES256', 'RS256'];
const OUTER_REUSE_MS = 30_000;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Verifies outer tokens; give it the `authorization` header. Undefined = anonymous (no header); a bad token throws UNAUTHENTICATED. */
export function outerVerifier(
  issuers: readonly Issuer[],
  options: OuterOptions = {},
): (authorization: string | undefined) => Promise<Actor | undefined> {
  const byName = new Map(issuers.map((issuer) => [issuer.issuer, { ...issuer, keys: issuerKeys(issuer.jwksUri, options) }]));
  const verified = new Bounded<{ actor: Actor; until: number }>(CACHE_MAX);
  const reuseMs = Math.min(OUTER_REUSE_MS, options.keysMaxAgeMs ?? OUTER_REUSE_MS);
  return async (authorization) => {
    if (authorization === undefined) return undefined;
    const token = bearer(authorization);
    if (!token) throw refusal();
    const known = verified.get(token);
    if (known && known.until > Date.now()) return known.actor;
    verified.delete(token);
    try {
      const issuer = byName.get(claimedIssuer(token));
      if (!issuer) throw new errors.JWTClaimValidationFailed('unknown issuer', {}, 'iss');
      const { payload } = await jwtVerify(token, issuer.keys, {
        algorithms: ALGORITHMS,
        issuer: issuer.issuer,
        audience: issuer.audience,
        requiredClaims: ['sub', 'exp'],
        clockTolerance: CLOCK_TOLERANCE_S,
      });
      const actor = outerActor(issuer.kind, payload);
      verified.set(token, { actor, until: Math.min((payload.exp as number) * 1000, Date.now() + reuseMs) });
      return actor;
    } catch (error) {
      options.refused?.(error instanceof Error ? `${(error as { code?: string }).code ?? error.name}: ${error.message}` : 'unknown');
      if (error instanceof GraphQLError) throw error;
      return refuse(error);
    }
  };
}

function claimedIssuer(token: string): string {
  return decodeJwt(token).iss ?? '';
}

/** What a token of this kind of issuer may say; roles that its kind cannot hold make the token invalid rather than weaker. */
function outerActor(kind: Issuer['kind'], payload: JWTPayload): Actor {
  const sub = payload.sub as string;
  if (sub === '' || sub.length > 200) throw refusal();
  if (kind === 'portal') {
    const customerId = payload.customer_id;
    if (typeof customerId !== 'string' || !UUID.test(customerId)) throw refusal();
    const contactId = payload.contact_id;
    if (contactId !== undefined && (typeof contactId !== 'string' || !UUID.test(contactId))) throw refusal();
    return { kind: 'CUSTOMER', id: sub, roles: ['customer'], customerId, ...(contactId && { contactId }) };
  }
  if (kind === 'service') return { kind: 'API', id: sub, roles: ['integration'] };
  const roles = knownRoles(payload.roles);
  if (roles.length === 0 || roles.some((role) => !ROLE_GROUPS.staff?.includes(role))) throw refusal();
  return { kind: 'STAFF', id: sub, roles };
}

function knownRoles(claim: unknown): Role[] {
  if (!Array.isArray(claim)) return [];
  return ROLES.filter((role) => claim.includes(role));
}

/** Keys of one issuer: fetched with a deadline, re-read for an unknown kid at most every 10 s, kept for a while if the issuer is down. */
function issuerKeys(uri: string, { keysMaxAgeMs = 300_000, keysStaleMs = 3_600_000 }: OuterOptions): JWTVerifyGetKey {
  const remote = createRemoteJWKSet(new URL(uri), { timeoutDuration: 3_000, cooldownDuration: 10_000, cacheMaxAge: keysMaxAgeMs });
  let lastGood = 0;
  return async (header, token) => {
    try {
      const key = await remote(header, token);
      lastGood = Date.now();
      return key;
    } catch (error) {
      const last = remote.jwks();
      if (isOutage(error) && last && Date.now() - lastGood < keysStaleMs) return createLocalJWKSet(last)(header, token);
      throw error;
    }
  };
}

/** The issuer did not answer properly, as opposed to: it answered, and the token does not fit. */
function isOutage(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return true;
  return (
    (error instanceof TypeError && error.message === 'fetch failed') ||
    (error instanceof errors.JOSEError && error.code === 'ERR_JOSE_GENERIC')
  );
}

function bearer(authorization: string | undefined): string | undefined {
  if (!authorization || authorization.length > MAX_TOKEN_LENGTH) return undefined;
  return /^Bearer ([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)$/i.exec(authorization)?.[1];
}

const refusal = (): GraphQLError => unauthenticated('the token is not valid');

function refuse(error: unknown): never {
  if (isOutage(error)) {
    throw new GraphQLError('the identity provider cannot be reached; try again', {
      extensions: { code: 'IDENTITY_UNAVAILABLE', http: { status: 503 } },
    });
  }
  throw refusal();
}
