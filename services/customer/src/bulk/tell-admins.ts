// The admins are told by mail that a large deletion waits for one of them [Bulk delete request], where the installation sends mails; the queue itself is
// `bulkJobs(filter: { status: { eq: AWAITING_APPROVAL } })`.
import { sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { queueMail } from '../mail/mail-queue.ts';
import type { BulkJob } from './bulk-job.ts';

const MAX_ADMINS = 50;

/** Writes a mail to every active admin who may approve this job. */
export async function tellAdmins(tx: Tx, { id, itemsTotal }: BulkJob): Promise<void> {
  const admins = await tx.query<{ email: string }>(
    'findAdmins',
    sql`select email from staff_member where 'admin' = any(roles) and active and deleted_at is null
          and not (${tx.actor.kind} = 'STAFF' and id::text = ${tx.actor.id}) order by created_at, id limit ${MAX_ADMINS}`,
  );
  for (const { email } of admins)
    await queueMail(tx, {
      customerId: null,
      to: email,
      subject: `${itemsTotal} customers wait to be deleted`,
      body: `Somebody asked to delete ${itemsTotal} customers at once. Nothing happens before an administrator approves it.

Look at bulk job ${id}, then approve or reject it.
`,
    });
}
