// Reads what matching looks at of many customers in one statement: the customer's own fields, its account, and a bounded number of contacts and addresses.
import { raw, type Sql, sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { type Profile, profileOf, type Subject } from './profile.ts';

/** A customer's row as the statements below select it. */
export interface SubjectRow {
  customerId: string;
  type: Subject['type'];
  names: Array<string | null>;
  website: string | null;
  taxIdKey: string | null;
  taxIdVerified: boolean | null;
  reach: Array<{ email: string | null; entered: string | null; e164: string | null }>;
  addresses: NonNullable<Subject['addresses']>;
}

/** Select list of a `SubjectRow`; `c` is the customer, and `SUBJECT_JOINS` brings the rest. */
export const SUBJECT = raw(`c.id as "customerId", c.type, array[c.display_name, a.legal_name, a.dba_name] as names, a.website,
  a.tax_id_key as "taxIdKey", a.tax_id_verified as "taxIdVerified",
  jsonb_build_array(jsonb_build_object('email', c.email, 'entered', c.phone, 'e164', c.phone_e164)) || coalesce(p.reach, '[]') as reach,
  coalesce(d.addresses, '[]') as addresses`);

const MOST = 5;

/** Joins for `SUBJECT`. */
export const SUBJECT_JOINS = raw(`left join account a on a.customer_id = c.id and a.deleted_at is null
  left join lateral (
    select jsonb_agg(jsonb_build_object('email', email, 'entered', phone, 'e164', phone_e164)) as reach from (
      select email, phone, phone_e164 from contact where customer_id = c.id and deleted_at is null and (email is not null or phone is not null)
      order by is_primary desc, created_at, id limit ${MOST}) contact
  ) p on true
  left join lateral (
    select jsonb_agg(jsonb_build_object('street', concat_ws(' ', street_line_1, street_line_2), 'city', city, 'state', state_province,
      'postcode', postal_code, 'country', country)) as addresses from (
      select * from address where customer_id = c.id and deleted_at is null order by is_default desc, created_at, id limit ${MOST}) address
  ) d on true`);

/** Normalises a row. */
export const profileOfRow = (row: SubjectRow): Profile =>
  profileOf({
    type: row.type,
    names: row.names,
    emails: row.reach.map(({ email }) => email),
    phones: row.reach,
    taxId: row.taxIdKey === null ? null : { key: row.taxIdKey, verified: row.taxIdVerified ?? false },
    website: row.website,
    addresses: row.addresses,
  });

/** What matching sees of these customers; a deleted one is null, and so is a restricted one unless `restricted` are asked for. */
export async function readProfiles(
  reader: Pick<Tx, 'query'>,
  ids: readonly string[],
  options: { restricted: boolean },
): Promise<Map<string, Profile | null>> {
  const eligible: Sql = options.restricted ? raw('c.deleted_at is null') : raw('c.deleted_at is null and not c.processing_restricted');
  const rows = await reader.query<SubjectRow & { eligible: boolean }>(
    'readMatchSubjects',
    sql`select ${SUBJECT}, ${eligible} as eligible from customer c ${SUBJECT_JOINS} where c.id = any(${[...ids]}::uuid[])`,
  );
  return new Map(rows.map((row) => [row.customerId, row.eligible ? profileOfRow(row) : null]));
}
