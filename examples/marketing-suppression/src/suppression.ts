// Who must not get marketing mail: consents, restrictions, objections and do-not-contact flags, mirrored into two small tables without a name or an address.
// Default deny: whoever we never heard of is suppressed [ConsentRecord AC-2] [WF-PRIV-001 step 4]. Copy this file and change the SQL.
import { type Handlers, handlers, type Transaction } from '@customer360/events/handlers';

export const PURPOSE = 'marketing_email';

export const TABLES = `
  create table if not exists customer_permission (
    customer_id text primary key,
    version int not null,
    granted boolean not null,
    valid_until timestamptz,
    blocked boolean not null);
  create table if not exists contact_permission (
    contact_id text primary key,
    customer_id text not null,
    blocked boolean not null);`;

/**
 * Both compliance topics are keyed by customer id, and a state record has the sequence of the fact that it was written with. Each topic is in order, the
 * two race: so the higher version counts, and at the same version the state does, because it says all and the fact says one thing. A fact takes
 * permission away the moment it arrives; whether a grant counts is for compliance to say, in its state. A fact about somebody unknown changes nothing:
 * they are suppressed already.
 */
export const suppression = (): Handlers =>
  handlers()
    .onBatch('crm.compliance.compliance-state.v1', async (records, tx) => {
      const rows = records.map(({ key, sequence, data }) => {
        const consent = data?.consents.find(({ consentType }) => consentType === PURPOSE);
        const blocked = Boolean(data?.processingRestricted || data?.doNotProcess);
        return {
          key,
          erased: data === null,
          sequence,
          granted: consent?.granted ?? false,
          validUntil: consent?.validUntil ?? null,
          blocked,
        };
      });
      await forget(tx, 'customer_permission', 'customer_id', rows);
      await tx.query(
        `insert into customer_permission as p (customer_id, version, granted, valid_until, blocked)
         select key, sequence, granted, "validUntil", blocked from jsonb_to_recordset($1::jsonb)
           as r(key text, erased boolean, sequence int, granted boolean, "validUntil" timestamptz, blocked boolean) where not erased
         on conflict (customer_id) do update set (version, granted, valid_until, blocked) = (excluded.version, excluded.granted, excluded.valid_until, excluded.blocked)
         where excluded.version >= p.version`,
        [JSON.stringify(rows)],
      );
    })
    .on('crm.compliance.consent-revoked.v1', async ({ key, sequence, data }, tx) => {
      if (data.consentType !== PURPOSE) return;
      await tx.query('update customer_permission set granted = false, version = $2 where customer_id = $1 and version < $2', [
        key,
        sequence,
      ]);
    })
    .on('crm.compliance.restriction-changed.v1', async ({ key, sequence, data }, tx) => {
      if (!data.processingRestricted && !data.doNotProcess) return;
      await tx.query('update customer_permission set blocked = true, version = $2 where customer_id = $1 and version < $2', [
        key,
        sequence,
      ]);
    })
    .onBatch('crm.customer.contact-state.v1', async (records, tx) => {
      const rows = records.map(({ key, data }) => ({
        key,
        erased: data === null || data.deletedAt != null,
        customerId: data?.customerId,
        blocked: Boolean(data?.doNotContact || data?.status !== 'active'),
      }));
      await forget(tx, 'contact_permission', 'contact_id', rows);
      await tx.query(
        `insert into contact_permission (contact_id, customer_id, blocked)
         select key, "customerId", blocked from jsonb_to_recordset($1::jsonb) as r(key text, erased boolean, "customerId" text, blocked boolean) where not erased
         on conflict (contact_id) do update set (customer_id, blocked) = (excluded.customer_id, excluded.blocked)`,
        [JSON.stringify(rows)],
      );
    });

async function forget(tx: Transaction, table: string, id: string, rows: ReadonlyArray<{ key: string; erased: boolean }>): Promise<void> {
  const erased = rows.filter((row) => row.erased).map((row) => row.key);
  if (erased.length > 0) await tx.query(`delete from ${table} where ${id} = any($1)`, [erased]);
}

/** What runs a query: a pool of `pg`. */
interface Queries {
  query(text: string, values: unknown[]): Promise<{ rows: any[] }>;
}

const ALLOWED = 'p.granted and not p.blocked and (p.valid_until is null or p.valid_until > $2)';

/** Must this customer get no marketing mail at this moment? */
export async function isCustomerSuppressed(database: Queries, customerId: string, now = new Date()): Promise<boolean> {
  const { rows } = await database.query(`select ${ALLOWED} as allowed from customer_permission p where p.customer_id = $1`, [
    customerId,
    now,
  ]);
  return rows[0]?.allowed !== true;
}

/** Must this contact get none? The customer decides first, then the contact's own flag. */
export async function isContactSuppressed(database: Queries, contactId: string, now = new Date()): Promise<boolean> {
  const { rows } = await database.query(
    `select ${ALLOWED} and not c.blocked as allowed from contact_permission c join customer_permission p using (customer_id) where c.contact_id = $1`,
    [contactId, now],
  );
  return rows[0]?.allowed !== true;
}
