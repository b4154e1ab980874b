// Who may use the portal, and the links that were mailed to them [WF-CM-003].
import { customerColumns, rowColumns } from '@customer360/kernel/entity';
import { field } from '@customer360/kernel/filter';
import { keyset } from '@customer360/kernel/paging';
import { columns, raw, sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { EntitySchema } from 'typeorm';
import type { ListSpec } from '../list.ts';
import { customerField, visibleCustomer } from '../scope.ts';
import type { PortalUser } from './self-service.ts';

export const PortalUserTable = new EntitySchema<PortalUser>({
  name: 'portal_user',
  columns: {
    ...rowColumns,
    ...customerColumns,
    contactId: { name: 'contact_id', type: 'uuid', nullable: true },
    state: { type: 'text' },
    issuer: { type: 'text', nullable: true },
    subject: { type: 'text', nullable: true },
  },
});

const select = columns(PortalUserTable, 't');

export const portalUserList: ListSpec<PortalUser> = {
  name: 'listPortalUsers',
  select,
  from: raw('portal_user t join customer c on c.id = t.customer_id'),
  visible: (actor) => visibleCustomer(actor, 'c'),
  order: keyset({
    fields: { CREATED_AT: { column: raw('t.created_at'), type: 'timestamptz' } },
    id: raw('t.id'),
    default: [{ field: 'CREATED_AT', direction: 'DESC' }],
  }),
  filter: {
    customerId: customerField('t.customer_id'),
    contactId: field('t.contact_id', 'uuid'),
    state: field('t.state', 'enum'),
    subject: field('t.subject', 'text'),
  },
};

/** Where a mail to this portal user goes: the address on record of the contact, else of the customer; gone where one of them was deleted. */
const living = sql`portal_user t join customer c on c.id = t.customer_id and c.deleted_at is null
  left join contact k on k.id = t.contact_id`;
const reachable = raw('(t.contact_id is null or (k.deleted_at is null and k.customer_id = t.customer_id))');

export const findPortalUser = (reader: Pick<Tx, 'one'>, id: string): Promise<PortalUser | undefined> =>
  reader.one('findPortalUser', sql`select ${select} from portal_user t where t.id = ${id}`);

/** The one who signs in as this subject, if they still may. */
export const findSignedIn = (reader: Pick<Tx, 'one'>, issuer: string, subject: string): Promise<PortalUser | undefined> =>
  reader.one(
    'findPortalUserBySubject',
    sql`select ${select} from ${living} where t.issuer = ${issuer} and t.subject = ${subject} and t.state = 'active' and ${reachable}`,
  );

/** The active ones whose address on record this is, at most 20. */
export const findByEmail = (reader: Pick<Tx, 'query'>, emailKey: string): Promise<PortalUser[]> =>
  reader.query(
    'findPortalUsersByEmail',
    sql`select ${select} from ${living} where t.state = 'active' and ${reachable}
          and (k.email_key = ${emailKey} or (t.contact_id is null and c.email_key = ${emailKey})) order by t.created_at limit 20`,
  );

/** The one for this contact, or for this customer where no contact is named, revoked or not. */
export const findInvited = (tx: Tx, customerId: string, contactId: string | null): Promise<PortalUser | undefined> =>
  tx.one(
    'findInvitedPortalUser',
    sql`select ${select} from portal_user t where t.customer_id = ${customerId} and t.contact_id is not distinct from ${contactId}::uuid
        order by t.created_at limit 1`,
  );

/** Whom a link leads to, if it is still good. */
export const findByLink = (reader: Pick<Tx, 'one'>, hash: string): Promise<PortalUser | undefined> =>
  reader.one(
    'findPortalLink',
    sql`select ${select} from ${living} join portal_link l on l.portal_user_id = t.id
        where l.token_hash = ${hash} and l.expires_at > now() and t.state <> 'revoked' and ${reachable}`,
  );

/** Is this portal user's access withdrawn? Tokens that were given before live on for a while. */
export const isRevoked = async (tx: Tx, subject: string, customerId: string): Promise<boolean> =>
  (await tx.one(
    'findRevokedPortalUser',
    sql`select 1 from portal_user where subject = ${subject} and customer_id = ${customerId} and state = 'revoked'
        and not exists (select 1 from portal_user other where other.subject = ${subject} and other.customer_id = ${customerId} and other.state = 'active')`,
  )) !== undefined;
