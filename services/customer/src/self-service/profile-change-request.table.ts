// Changes that wait: for an administrator (legal name, tax id) or for the owner of an e-mail address [WF-CM-003]. The list is the administrators' queue,
// and what a portal user sees of their own.
import { customerColumns, rowColumns } from '@customer360/kernel/entity';
import { field } from '@customer360/kernel/filter';
import { keyset } from '@customer360/kernel/paging';
import { raw, sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { EntitySchema } from 'typeorm';
import type { ListSpec } from '../list.ts';
import { customerField, visibleCustomer } from '../scope.ts';
import type { ProfileChangeRequest } from './self-service.ts';

/** What is stored beside what is shown. */
export interface StoredRequest extends ProfileChangeRequest {
  tokenHash: string | null;
  emailKey: string | null;
}

export const ProfileChangeRequestTable = new EntitySchema<StoredRequest>({
  name: 'profile_change_request',
  columns: {
    ...rowColumns,
    ...customerColumns,
    contactId: { name: 'contact_id', type: 'uuid', nullable: true },
    field: { type: 'text' },
    oldValue: { name: 'old_value', type: 'text', nullable: true },
    newValue: { name: 'new_value', type: 'text', nullable: true },
    state: { type: 'text' },
    reason: { type: 'text', nullable: true },
    decidedAt: { name: 'decided_at', type: 'timestamptz', nullable: true },
    decidedByKind: { name: 'decided_by_kind', type: 'text', nullable: true },
    decidedById: { name: 'decided_by_id', type: 'text', nullable: true },
    tokenHash: { name: 'token_hash', type: 'text', nullable: true },
    emailKey: { name: 'email_key', type: 'text', nullable: true },
    expiresAt: { name: 'expires_at', type: 'timestamptz', nullable: true },
  },
});

/** A link that nobody followed in time needs nobody to say so. */
const STATE = `case when t.state = 'pending' and t.expires_at < now() then 'expired' else t.state end`;

const SELECT = raw(`t.id, t.version, t.created_at as "createdAt", t.created_by_kind as "createdByKind", t.created_by_id as "createdById",
  t.updated_at as "updatedAt", t.deleted_at as "deletedAt", t.customer_id as "customerId", t.origin_customer_id as "originCustomerId",
  t.contact_id as "contactId", t.field, t.old_value as "oldValue", t.new_value as "newValue", ${STATE} as state, t.reason,
  t.decided_at as "decidedAt", t.decided_by_kind as "decidedByKind", t.decided_by_id as "decidedById", t.expires_at as "expiresAt"`);

export const profileChangeRequestList: ListSpec<ProfileChangeRequest> = {
  name: 'listProfileChangeRequests',
  select: SELECT,
  from: raw('profile_change_request t join customer c on c.id = t.customer_id'),
  visible: (actor) => visibleCustomer(actor, 'c'),
  order: keyset({
    fields: { CREATED_AT: { column: raw('t.created_at'), type: 'timestamptz' } },
    id: raw('t.id'),
    default: [{ field: 'CREATED_AT', direction: 'DESC' }],
  }),
  filter: {
    customerId: customerField('t.customer_id'),
    field: field('t.field', 'enum'),
    state: field(`(${STATE})`, 'enum'),
    createdAt: field('t.created_at', 'timestamptz'),
  },
};

export const findRequest = (reader: Pick<Tx, 'one'>, id: string): Promise<ProfileChangeRequest | undefined> =>
  reader.one('findProfileChangeRequest', sql`select ${SELECT} from profile_change_request t where t.id = ${id}`);

export const findRequestByToken = (reader: Pick<Tx, 'one'>, hash: string): Promise<ProfileChangeRequest | undefined> =>
  reader.one('findEmailChange', sql`select ${SELECT} from profile_change_request t where t.token_hash = ${hash}`);

/** How often a new e-mail address was asked for within a day, by this customer and for this address by anybody; the oldest counts down first. */
export const countEmailChanges = async (tx: Tx, customerId: string, emailKey: string): Promise<{ ofCustomer: number; ofAddress: number }> =>
  (await tx.one(
    'countEmailChanges',
    sql`select (select count(*)::int from profile_change_request where customer_id = ${customerId} and email_key is not null
                  and created_at > now() - interval '1 day') as "ofCustomer",
               (select count(*)::int from profile_change_request where email_key = ${emailKey} and created_at > now() - interval '1 day')
                  as "ofAddress"`,
  ))!;

/** A newer request of the same field takes the place of an open one, whose link is void then. */
export const replaceOpenRequests = (tx: Tx, customerId: string, contactId: string | null, field: string): Promise<unknown> =>
  tx.query(
    'replaceProfileChangeRequests',
    sql`update profile_change_request set state = 'replaced', token_hash = null, version = version + 1, updated_at = ${tx.now}
        where customer_id = ${customerId} and contact_id is not distinct from ${contactId}::uuid and field = ${field} and state = 'pending'`,
  );
