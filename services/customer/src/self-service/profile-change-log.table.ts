// The log of everything that is changed through the portal [WF-CM-003 "All changes logged with IP address"]: names of fields, who, from where and with
// what. Values stand in the audit of the services; address and user agent are erased with the person.
import { randomUUID } from 'node:crypto';
import { field } from '@customer360/kernel/filter';
import { keyset } from '@customer360/kernel/paging';
import { raw, sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import type { ListSpec } from '../list.ts';
import { customerField, visibleCustomer } from '../scope.ts';
import type { ProfileChange } from './self-service.ts';

export const profileChangeLogList: ListSpec<ProfileChange> = {
  name: 'listProfileChangeLog',
  select: raw(`t.id, t.customer_id as "customerId", t.contact_id as "contactId", t.action, t.fields, t.request_id as "requestId",
    t.actor_kind as "actorKind", t.actor_id as "actorId", t.ip, t.user_agent as "userAgent", t.changed_at as "changedAt"`),
  from: raw('profile_change_log t join customer c on c.id = t.customer_id'),
  visible: (actor, includeDeleted) => visibleCustomer(actor, 'c', includeDeleted),
  order: keyset({
    fields: { CHANGED_AT: { column: raw('t.changed_at'), type: 'timestamptz' } },
    id: raw('t.id'),
    default: [{ field: 'CHANGED_AT', direction: 'DESC' }],
  }),
  filter: {
    customerId: customerField('t.customer_id'),
    action: field('t.action', 'enum'),
    actorId: field('t.actor_id', 'text'),
    changedAt: field('t.changed_at', 'timestamptz'),
  },
};

/** Writes a line, in the transaction of what it tells of. */
export async function logChange(
  tx: Tx,
  customerId: string,
  change: Pick<ProfileChange, 'action' | 'fields'> & { contactId?: string | null; requestId?: string },
): Promise<void> {
  const { kind, id, ip, userAgent } = tx.actor;
  await tx.query(
    'logProfileChange',
    sql`insert into profile_change_log (id, customer_id, origin_customer_id, contact_id, action, fields, request_id, actor_kind, actor_id, ip, user_agent, changed_at)
        values (${randomUUID()}, ${customerId}, ${customerId}, ${change.contactId ?? null}, ${change.action}, ${change.fields},
          ${change.requestId ?? null}, ${kind}, ${id}, ${ip ?? null}, ${userAgent ?? null}, ${tx.now})`,
  );
}
