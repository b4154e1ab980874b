// The header `Idempotency-Key` (IETF draft-ietf-httpapi-idempotency-key-header): for clients and proxies that repeat a request without knowing
// its fields. The gateway hands it on with mutations, and `transact` takes it where the input of a create has no `idempotencyKey`.
import type { GraphQLError } from 'graphql';
import { badInput } from './problem.ts';

/** As it is named in errors; node:http's name of it is the lower-case one. */
const IDEMPOTENCY_KEY = 'Idempotency-Key';
export const MAX_KEY_LENGTH = 100;

/** BAD_USER_INPUT naming the header. */
export const badIdempotencyKey = (message: string, extensions: Record<string, unknown> = {}): GraphQLError =>
  badInput(IDEMPOTENCY_KEY, message, { ...extensions, http: { status: 400 } });

const QUOTED = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])+)"$/;
const BARE = /^[\x21\x23-\x2b\x2d-\x7e]+$/;

/** The key in the header's value: a quoted string of structured fields (RFC 9651), or bare. */
export function readIdempotencyKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  const text = String(header).trim();
  const key = BARE.exec(text)?.[0] ?? QUOTED.exec(text)?.[1]?.replace(/\\(["\\])/g, '$1');
  if (key === undefined) throw badIdempotencyKey('must be one string, quoted or bare, of visible ASCII characters');
  if (key.length > MAX_KEY_LENGTH)
    throw badIdempotencyKey(`is longer than ${MAX_KEY_LENGTH} characters`, { max: MAX_KEY_LENGTH, asked: key.length });
  return key;
}
