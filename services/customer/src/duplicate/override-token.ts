// "Create anyway" [Duplicate on create]: a random token, good once, for 15 minutes, for one actor, one input and the list of candidates that
// was seen. A candidate that appeared meanwhile makes the token useless, so nobody overrides what they have not seen.
import { createHash, randomBytes } from 'node:crypto';
import type { Actor } from '@customer360/kernel/actor';
import type { ServiceContext } from '@customer360/kernel/context';
import { sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import type { Candidate } from './find-candidates.ts';

const LIFETIME_MS = 15 * 60_000;
const MAX_SWEEP = 100;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url');
const actorOf = (actor: Actor): string => `${actor.kind}:${actor.id}`;

/** The input without what may differ between the two calls. */
function inputHash(input: object): string {
  const { overrideToken: _, idempotencyKey: __, ...rest } = input as Record<string, unknown>;
  const canonical = (value: unknown): unknown =>
    value && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .filter(([, v]) => v !== undefined)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([k, v]) => [k, canonical(v)]),
        )
      : value;
  return sha256(JSON.stringify(canonical(rest)));
}

/** Makes a token for this list; also forgets some expired ones. */
export async function giveOverrideToken(
  ctx: ServiceContext & { actor: Actor },
  input: object,
  candidates: readonly Candidate[],
): Promise<{ overrideToken: string; overrideTokenExpiresAt: Date }> {
  const overrideToken = randomBytes(24).toString('base64url');
  const overrideTokenExpiresAt = new Date(Date.now() + LIFETIME_MS);
  await ctx.db.query(
    'giveOverrideToken',
    sql`with swept as (
          delete from override_token where token_hash in (select token_hash from override_token where expires_at < now() limit ${MAX_SWEEP})
        )
        insert into override_token (token_hash, actor, input_hash, candidate_ids, expires_at)
        values (${sha256(overrideToken)}, ${actorOf(ctx.actor)}, ${inputHash(input)}, ${candidates.map((c) => c.customerId)}::uuid[], ${overrideTokenExpiresAt})`,
  );
  return { overrideToken, overrideTokenExpiresAt };
}

/** Uses up the token; true when it covers every candidate. Rolls back with the transaction. */
export async function useOverrideToken(tx: Tx, token: string, input: object, candidates: readonly Candidate[]): Promise<boolean> {
  const used = await tx.one(
    'useOverrideToken',
    sql`delete from override_token where token_hash = ${sha256(token)} and actor = ${actorOf(tx.actor)} and input_hash = ${inputHash(input)}
          and expires_at > ${tx.now} and candidate_ids @> ${candidates.map((c) => c.customerId)}::uuid[] returning 1 as used`,
  );
  return used !== undefined;
}
