// What the directory says of customers and of a contact, for decisions: also of deleted ones, which must be denied and not merely missing.
import { redirects } from '@customer360/customer-data/directory';
import type { Database } from '@customer360/kernel/database';
import { sql } from '@customer360/kernel/sql';

export interface Identity {
  requested: string;
  /** The survivor. */
  id: string;
  status: string | null;
  deletedAt: Date | null;
}

/** The customers behind these ids, merged ones led to their survivor; unknown ids are absent. */
export const findIdentities = (db: Database, ids: readonly string[]): Promise<Identity[]> =>
  db.query<Identity>(
    'findIdentities',
    sql`with ${redirects(ids)}
        select step.requested, d.customer_id as id, d.status, d.deleted_at as "deletedAt"
        from step join directory_customer d on d.customer_id = step.id
        where d.merged_into is null and d.version > 0`,
  );

/** Does this contact person not want to be contacted? True also for one who is inactive: nobody is to be reached there. [Contact AC-3] */
export async function findDoNotContact(db: Database, contactId: string): Promise<boolean> {
  const contact = await db.one<{ refuses: boolean }>(
    'findDoNotContact',
    sql`select do_not_contact or not active or deleted_at is not null as refuses from directory_contact where contact_id = ${contactId}`,
  );
  return contact?.refuses ?? true;
}
