// Who a file's lines may be about already [WF-CM-001, "Run duplicate check on batch"]: customers of the base, and earlier lines of the same file. Both by
// the keys, the weights and the threshold of a single create; a thousand lines in one statement each.
import type { Actor } from '@customer360/kernel/actor';
import type { ServiceContext } from '@customer360/kernel/context';
import { isProblem } from '@customer360/kernel/problem';
import { sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { taxIdColumns } from '../account/account.ts';
import { phoneE164 } from '../customer/phone.ts';
import { findCandidates } from '../duplicate/find-candidates.ts';
import { dialogThreshold } from '../duplicate/find-duplicates.ts';
import { MAX_BLOCK, type MatchKey, matchKeys } from '../duplicate/match-keys.ts';
import { matchingOf } from '../duplicate/matching-model.table.ts';
import { type Profile, profileOf } from '../duplicate/profile.ts';
import { judge } from '../duplicate/score.ts';
import { type ImportRow, rowSelect } from './import.table.ts';
import type { Import } from './import.ts';
import { countryOf, type RowInput, readRow } from './read-row.ts';

export interface Likeness {
  /** 0 to 100, rounded. */
  score: number;
  reasons: Array<{ field: string; level: string; bits: number | null }>;
}

/** A line that would make a new customer. */
export interface NewLine {
  row: number;
  hash: string;
  input: RowInput;
  profile: Profile;
}

/** A line as matching sees it. */
export function profileOfInput(input: RowInput): Profile {
  const { customer, account, contact, addresses } = input;
  const taxId = account?.taxId ? taxIdColumns(account.taxId, countryOf(input)) : undefined;
  return profileOf({
    type: customer.type ?? 'individual',
    names: [customer.displayName, account?.legalName, account?.dbaName],
    emails: [customer.email, contact?.email],
    phones: [customer.phone, contact?.phone].map((entered) => ({ entered, e164: phoneE164(entered, input.region) })),
    taxId: taxId && !isProblem(taxId) && taxId.taxIdKey ? { key: taxId.taxIdKey, verified: taxId.taxIdVerified } : null,
    website: account?.website,
    addresses: addresses.map((a) => ({
      street: [a.streetLine1, a.streetLine2].filter((part) => part).join(' '),
      city: a.city,
      state: a.stateProvince,
      postcode: a.postalCode,
      country: a.country,
    })),
  });
}

/** The best candidate of the base for each line that has one above the threshold. */
export async function findInBase(
  ctx: ServiceContext,
  tx: Tx,
  actor: Actor,
  lines: readonly NewLine[],
  most = 1,
): Promise<Map<number, Array<Likeness & { customerId: string }>>> {
  const asked = lines.map(({ profile }) => ({ customerId: null, profile }));
  const found = await findCandidates(ctx.db, tx, asked, { actor, above: dialogThreshold(ctx), most });
  return new Map(
    lines.flatMap(({ row }, place) => {
      const candidates = found[place]!.map(({ customerId, score, reasons }) => ({
        customerId,
        score: Math.round(score),
        reasons: [...reasons],
      }));
      return candidates.length > 0 ? [[row, candidates] as const] : [];
    }),
  );
}

/** `same`: the earlier line names the same customer by its external id. */
export type InBatch = Likeness & { row: number; same: boolean };

const MAX_NEIGHBOURS = 40;

/** The best earlier line of the file for each line that has one above the threshold; keeps these lines' keys for the ones that follow. */
export async function findInBatch(ctx: ServiceContext, tx: Tx, job: Import, lines: readonly NewLine[]): Promise<Map<number, InBatch>> {
  const profiles = new Map(lines.map(({ row, profile }) => [row, profile]));
  const keys = lines.flatMap(({ row, hash, input, profile }) => [
    ...(input.customer.externalId ? [{ row, kind: 'external', key: input.customer.externalId }] : []),
    { row, kind: 'line', key: hash },
    ...matchKeys(profile).map(({ kind, key }) => ({ row, kind: kind as string, key })),
  ]);
  const arrays = [keys.map((k) => k.row), keys.map((k) => k.kind), keys.map((k) => k.key)] as const;
  await tx.query(
    'keepImportKeys',
    sql`insert into import_key (import_id, kind, key, row) select ${job.id}::uuid, kind, key, row
        from unnest(${arrays[0]}::int[], ${arrays[1]}::text[], ${arrays[2]}::text[]) as k(row, kind, key)`,
  );
  const blocks = await tx.query<{ row: number; kind: string; key: string; others: number[] }>(
    'findImportNeighbours',
    sql`select a.row, a.kind, a.key, k.others from unnest(${arrays[0]}::int[], ${arrays[1]}::text[], ${arrays[2]}::text[]) as a(row, kind, key)
        cross join lateral (
          select array_agg(row order by row) as others from (
            select row from import_key k where k.import_id = ${job.id} and k.kind = a.kind and k.key = a.key and k.row < a.row order by row limit ${MAX_BLOCK + 1}
          ) k
        ) k where k.others is not null`,
  );
  const of = Map.groupBy(blocks, (block) => block.row);
  const answers = new Map<number, InBatch>();
  const near = new Map<number, { rows: number[]; sizes: Map<string, number> }>();
  for (const { row } of lines) {
    const own = of.get(row) ?? [];
    const certain = own.find(({ kind }) => kind === 'external') ?? own.find(({ kind }) => kind === 'line');
    if (certain) {
      const same = certain.kind === 'external';
      answers.set(row, {
        row: certain.others[0]!,
        same,
        score: 100,
        reasons: [{ field: same ? 'externalId' : 'line', level: 'exact', bits: null }],
      });
    } else if (own.length > 0) near.set(row, neighboursOf(own));
  }
  await addProfiles(tx, job, profiles, near);
  const { model, statistics } = matchingOf(ctx.db);
  for (const [row, { rows, sizes }] of near) {
    const others = (kind: MatchKey['kind'], key: string) => Math.max(0, (sizes.get(`${kind}:${key}`) ?? 1) - 1);
    let best: InBatch | undefined;
    for (const other of rows) {
      const { score, reasons } = judge(profiles.get(row)!, profiles.get(other)!, { model, statistics, others });
      if (score > (best?.score ?? dialogThreshold(ctx))) best = { row: other, same: false, score, reasons: [...reasons] };
    }
    if (best) answers.set(row, { ...best, score: Math.round(best.score) });
  }
  return answers;
}

/** Those who share the rarest keys first; blocks beyond MAX_BLOCK say too little. */
function neighboursOf(blocks: ReadonlyArray<{ kind: string; key: string; others: number[] }>): {
  rows: number[];
  sizes: Map<string, number>;
} {
  const weights = new Map<number, number>();
  for (const { others } of blocks) {
    if (others.length > MAX_BLOCK) continue;
    for (const other of others) weights.set(other, (weights.get(other) ?? 0) + 1 / others.length);
  }
  const rows = [...weights].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, MAX_NEIGHBOURS);
  return { rows: rows.map(([row]) => row), sizes: new Map(blocks.map(({ kind, key, others }) => [`${kind}:${key}`, others.length])) };
}

/** Reads the earlier lines that are not of this slice once more: cheaper than keeping all of a file in memory. */
async function addProfiles(
  tx: Tx,
  job: Import,
  profiles: Map<number, Profile>,
  near: ReadonlyMap<number, { rows: number[] }>,
): Promise<void> {
  const missing = [...new Set([...near.values()].flatMap(({ rows }) => rows))].filter((row) => !profiles.has(row));
  if (missing.length === 0) return;
  const rows = await tx.query<ImportRow>(
    'readImportNeighbours',
    sql`select ${rowSelect} from import_row t where t.import_id = ${job.id} and t.row = any(${missing}::int[])`,
  );
  for (const row of rows) profiles.set(row.row, profileOfInput(readRow(job.mapping!, job.options, row.cells).input));
}
