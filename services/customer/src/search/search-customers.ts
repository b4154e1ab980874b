// One box over everything that names a customer [CustomerList, Search bar]: ids, external ids, e-mail addresses, phone numbers, domains, names of
// customers and of their contacts. Each kind is looked up in an index of its own, at most a few rows; what is known exactly ranks before what is
// spelled alike. Typing mistakes are forgiven where the exact look-ups found too few, because that costs most.
import type { RequestContext } from '@customer360/kernel/context';
import { badInput, checkText } from '@customer360/kernel/problem';
import { isUuid } from '@customer360/kernel/scalars';
import { columns, join, raw, type Sql, sql } from '@customer360/kernel/sql';
import { CustomerTable } from '../customer/customer.table.ts';
import type { Customer } from '../customer/customer.ts';
import { emailKey } from '../customer/email-key.ts';
import type { KeyKind } from '../duplicate/match-keys.ts';
import { ownDomain, phoneDigits } from '../duplicate/reach.ts';
import { words } from '../duplicate/text.ts';
import { visibleCustomer } from '../scope.ts';

export const SEARCH_FIELDS = ['id', 'external_id', 'email', 'phone', 'domain', 'name', 'contact'] as const;

/** A customer that was found, by what, and how sure: 100 is exact. */
export interface CustomerHit {
  customer: Customer;
  found: (typeof SEARCH_FIELDS)[number];
  score: number;
}

const MAX_TEXT = 200;
const MAX_HITS = 50;
/** What one kind of look-up may bring; more are indistinguishable to a reader. */
const LEG = 100;
const LIKENESS = '0.4';
/** The matcher's keys of phone numbers. */
const LAST_DIGITS = 7;

/** The customers that the caller may see and that the text means, best first. */
export async function searchCustomers(ctx: RequestContext, text: string, first: number): Promise<CustomerHit[]> {
  checkText('text', text, { max: MAX_TEXT, required: true });
  if (first < 1 || first > MAX_HITS)
    throw badInput('first', `must be from 1 to ${MAX_HITS}, not ${first}`, { limit: 'first', max: MAX_HITS, asked: first });
  const asked = text.trim();
  const hits = await rank(ctx, 'searchCustomers', exactLegs(asked), first);
  if (hits.length >= first || asked.length < 4) return hits;
  const seen = new Set(hits.map(({ customer }) => customer.id));
  const legs = alikeLegs(asked);
  const alike = legs.length > 0 ? await rank(ctx, 'searchAlikeNames', legs, first) : [];
  return [...hits, ...alike.filter(({ customer }) => !seen.has(customer.id))].slice(0, first);
}

type Found = Customer & { found: CustomerHit['found']; score: number };

async function rank(ctx: RequestContext, name: string, legs: readonly Sql[], first: number): Promise<CustomerHit[]> {
  const rows = await ctx.db.query<Found>(
    name,
    sql`with hit(customer_id, score, found) as (${join(legs, raw(' union all '))}),
        best as (select distinct on (customer_id) customer_id, score, found from hit order by customer_id, score desc)
        select ${columns(CustomerTable, 'c')}, best.score::float as score, best.found from best join customer c on c.id = best.customer_id
        where ${visibleCustomer(ctx.actor, 'c')} order by best.score desc, c.display_name, c.id limit ${first}`,
  );
  return rows.map(({ score, found, ...customer }) => ({ customer, score, found }));
}

const escapeLike = (text: string): string => text.replaceAll(/[\\%_]/g, '\\$&');

/** One kind of look-up: rows of customer id, score and what was found. `from` opens with `from`. */
const leg = (id: string, score: Sql, found: CustomerHit['found'], from: Sql): Sql =>
  sql`(select ${raw(id)}, ${score}::numeric, ${found}::text ${from} limit ${LEG})`;

/** What the text may be, looked up exactly. */
function exactLegs(text: string): Sql[] {
  const legs: Sql[] = [
    leg(
      'x.customer_id',
      sql`case when x.external_id = ${text} then 100 else 85 end`,
      'external_id',
      sql`from external_id x where x.external_id like ${`${escapeLike(text)}%`} and x.deleted_at is null`,
    ),
  ];
  if (isUuid(text))
    legs.push(leg('coalesce(c.merged_into, c.id)', raw('100'), 'id', sql`from customer c where c.id = ${text.toLowerCase()}`));
  if (text.includes('@')) {
    const key = emailKey(text);
    legs.push(leg('c.id', raw('100'), 'email', sql`from customer c where c.email_key = ${key}`));
    legs.push(leg('k.customer_id', raw('98'), 'email', sql`from contact k where k.email_key = ${key} and k.deleted_at is null`));
  }
  const digits = /^[\d\s()+./-]+$/.test(text) ? phoneDigits(null, text) : null;
  if (digits && digits.length >= LAST_DIGITS)
    legs.push(leg('k.customer_id', raw('95'), 'phone', byKey('phone', digits.slice(-LAST_DIGITS))));
  const domain = /\s|@/.test(text) ? null : ownDomain(text);
  if (domain) legs.push(leg('k.customer_id', raw('90'), 'domain', byKey('domain', domain)));
  const name = words(text).join(' ');
  if (name) legs.push(...nameLegs(name));
  return legs;
}

const byKey = (kind: KeyKind, key: string): Sql => sql`from match_key k where k.kind = ${kind} and k.key = ${key}`;

/** Fewer letters than a trigram has find beginnings only: anywhere in a name would be everybody. */
function nameLegs(name: string): Sql[] {
  const like = `${name.length < 3 ? '' : '%'}${name}%`;
  const beginning = `${name}%`;
  return [
    leg('c.id', raw('99'), 'name', sql`from customer c where c.folded_name = ${name} and c.deleted_at is null`),
    leg(
      'c.id',
      sql`case when c.folded_name like ${beginning} then 92 else 82 end`,
      'name',
      sql`from customer c where c.folded_name like ${like} and c.deleted_at is null`,
    ),
    leg(
      'k.customer_id',
      sql`case when k.folded_name = ${name} then 90 else 78 end`,
      'contact',
      sql`from contact k where k.folded_name like ${like} and k.deleted_at is null`,
    ),
  ];
}

/** Names that are spelled alike. The threshold is set for this statement alone, and the comparison depends on it, so that it is set first. */
function alikeLegs(text: string): Sql[] {
  const name = words(text).join(' ');
  if (name === '') return [];
  const threshold = sql`(select set_config('pg_trgm.word_similarity_threshold', ${LIKENESS}, true) as threshold offset 0) s`;
  const alike = (table: string) => sql`from ${threshold} cross join lateral (
      select * from ${raw(table)} t where (${name} || left(s.threshold, 0)) <% t.folded_name and t.deleted_at is null
      order by word_similarity(${name}, t.folded_name) desc, t.id limit ${LEG}) t`;
  const score = sql`70 * word_similarity(${name}, t.folded_name)`;
  return [leg('t.id', score, 'name', alike('customer')), leg('t.customer_id', score, 'contact', alike('contact'))];
}
