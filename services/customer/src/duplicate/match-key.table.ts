// The inverted index `match_key`: written with the rows that it is made of, in their transaction, and asked for everybody who shares a key. Each customer's
// own keys stand in `match_state`, so that a change needs no second index to find what it replaces. [Duplicate Detection]
import { createHash } from 'node:crypto';
import type { Actor } from '@customer360/kernel/actor';
import { type Sql, sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { visibleCustomer } from '../scope.ts';
import { MAX_BLOCK, type MatchKey, matchKeys } from './match-keys.ts';
import { KEY_VERSION, type Profile } from './profile.ts';
import { profileOfRow, SUBJECT, SUBJECT_JOINS, type SubjectRow } from './subject.table.ts';

type Reader = Pick<Tx, 'query'>;

/** What changes whenever matching would see a difference. */
const fingerprint = (profile: Profile): string => createHash('md5').update(JSON.stringify(profile)).digest('hex');

/** Writes the keys of these customers, whatever they were; null takes all of a customer's keys away. One statement. */
export async function writeMatchKeys(tx: Reader, profiles: ReadonlyMap<string, Profile | null>): Promise<void> {
  if (profiles.size === 0) return;
  const ids = [...profiles.keys()];
  const keys = [...profiles].flatMap(([id, profile]) => (profile ? matchKeys(profile).map(({ kind, key }) => ({ id, kind, key })) : []));
  await tx.query(
    'writeMatchKeys',
    sql`with given as (
          select * from unnest(${ids}::uuid[], ${[...profiles.values()].map((p) => p && fingerprint(p))}::uuid[]) as given(customer_id, fingerprint)
        ), wanted as (
          select * from unnest(${keys.map((k) => k.id)}::uuid[], ${keys.map((k) => k.kind)}::text[], ${keys.map((k) => k.key)}::text[]) as wanted(customer_id, kind, key)
        ), gone as (
          delete from match_key k using match_state s, unnest(s.kinds, s.keys) as old(kind, key)
          where s.customer_id = any(${ids}::uuid[]) and k.kind = old.kind and k.key = old.key and k.customer_id = s.customer_id
            and not exists (select 1 from wanted w where w.customer_id = s.customer_id and w.kind = old.kind and w.key = old.key)
        ), added as (
          insert into match_key (kind, key, customer_id) select kind, key, customer_id from wanted order by kind, key on conflict do nothing
        )
        insert into match_state as s (customer_id, key_version, kinds, keys, fingerprint, changes)
        select g.customer_id, ${KEY_VERSION}::int, coalesce(array_agg(w.kind) filter (where w.kind is not null), '{}'),
          coalesce(array_agg(w.key) filter (where w.kind is not null), '{}'), g.fingerprint, 1
        from given g left join wanted w using (customer_id) group by g.customer_id, g.fingerprint
        order by g.customer_id -- as the look-up marks them, so that neither waits for the other
        on conflict (customer_id) do update set key_version = excluded.key_version, kinds = excluded.kinds, keys = excluded.keys,
          fingerprint = excluded.fingerprint, changes = s.changes + (s.fingerprint is distinct from excluded.fingerprint)::int`,
  );
}

/** One customer that shares a key with what was asked for. */
export interface Neighbour {
  customerId: string;
  visible: boolean;
  profile: Profile;
  /** How many customers have each identifier that both share, `kind:key`. */
  sizes: Record<string, number>;
}

export interface Neighbours {
  /** By place of the profile asked for. */
  readonly of: ReadonlyMap<number, Neighbour[]>;
  /** Identifiers that more than MAX_BLOCK customers have, `kind:key`. */
  readonly crowded: ReadonlySet<string>;
}

/** So many of a profile's neighbours are compared, those who share the rarest keys first. */
const MAX_NEIGHBOURS = 25;
const IDENTIFIERS: ReadonlyArray<MatchKey['kind']> = ['email', 'phone', 'tax_id'];

/** Everybody alive who shares a key with these profiles, one statement for all of them. Blocks beyond MAX_BLOCK are read to their bound and skipped. */
export async function findNeighbours(reader: Reader, profiles: readonly Profile[], actor: Actor, eligible: Sql): Promise<Neighbours> {
  const keys = profiles.flatMap((profile, place) => matchKeys(profile).map(({ kind, key }) => ({ place, kind, key })));
  type Row = SubjectRow & { place: number; visible: boolean; sizes: Record<string, number> | null; crowded: string[] };
  const rows = await reader.query<Row>(
    'findNeighbours',
    sql`with asked as (
          select * from unnest(${keys.map((k) => k.place)}::int[], ${keys.map((k) => k.kind)}::text[], ${keys.map((k) => k.key)}::text[]) as asked(place, kind, key)
        ), hit as materialized (
          select b.kind, b.key, k.customer_id, count(*) over (partition by b.kind, b.key)::int as size
          from (select distinct kind, key from asked) b
          cross join lateral (select customer_id from match_key k where k.kind = b.kind and k.key = b.key limit ${MAX_BLOCK + 1}) k
        ), near as (
          select a.place, h.customer_id, row_number() over (partition by a.place order by sum(1.0 / h.size) desc, h.customer_id) as rank,
            jsonb_object_agg(h.kind || ':' || h.key, h.size) filter (where h.kind = any(${IDENTIFIERS}::text[])) as sizes
          from asked a join hit h using (kind, key)
          group by a.place, h.customer_id having min(h.size) <= ${MAX_BLOCK}
        )
        select near.place, near.sizes, ${visibleCustomer(actor, 'c')} as visible, ${SUBJECT},
          (select coalesce(array_agg(distinct kind || ':' || key), '{}') from hit where size > ${MAX_BLOCK}) as crowded
        from near join customer c on c.id = near.customer_id and c.deleted_at is null and ${eligible} ${SUBJECT_JOINS}
        where near.rank <= ${MAX_NEIGHBOURS}`,
  );
  return group(rows);
}

function group(
  rows: ReadonlyArray<SubjectRow & { place: number; visible: boolean; sizes: Record<string, number> | null; crowded: string[] }>,
): Neighbours {
  const of = new Map<number, Neighbour[]>();
  for (const row of rows) {
    const { place, visible, customerId, sizes } = row;
    const neighbour = { customerId, visible, sizes: sizes ?? {}, profile: profileOfRow(row) };
    const list = of.get(place);
    if (list) list.push(neighbour);
    else of.set(place, [neighbour]);
  }
  return { of, crowded: new Set(rows[0]?.crowded ?? []) };
}

const LIKENESS = '0.5';
const MAX_ALIKE = 10;

/** Customers whose display name is spelled alike (trigrams): slower by far than keys, so only where those found few and nobody waits for a save. */
export async function findAlike(reader: Reader, name: string, actor: Actor, eligible: Sql): Promise<Neighbour[]> {
  const rows = await reader.query<SubjectRow & { visible: boolean }>(
    'findAlikeNames',
    // The threshold is set for this statement alone, and the comparison depends on it, so that it is set first.
    sql`select ${visibleCustomer(actor, 'c')} as visible, ${SUBJECT}
        from (select set_config('pg_trgm.similarity_threshold', ${LIKENESS}, true) as threshold offset 0) s
        cross join lateral (
          select * from customer c where c.display_name % (${name} || left(s.threshold, 0)) and c.deleted_at is null and ${eligible}
          order by similarity(c.display_name, ${name}) desc, c.id limit ${MAX_ALIKE}
        ) c ${SUBJECT_JOINS}`,
  );
  return rows.map((row) => ({ customerId: row.customerId, visible: row.visible, sizes: {}, profile: profileOfRow(row) }));
}
