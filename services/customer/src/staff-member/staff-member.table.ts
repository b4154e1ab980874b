// The staff directory: schema, list and loader.
import type { RequestContext, ServiceContext } from '@customer360/kernel/context';
import type { Reader } from '@customer360/kernel/database';
import { rowColumns } from '@customer360/kernel/entity';
import { field } from '@customer360/kernel/filter';
import { searchIn } from '@customer360/kernel/list';
import { byKey } from '@customer360/kernel/loader';
import { keyset } from '@customer360/kernel/paging';
import { columns, raw, sql } from '@customer360/kernel/sql';
import { type Standing, standingNews } from '@customer360/kernel/standing';
import type { RowChange, Tx } from '@customer360/kernel/transact';
import { EntitySchema } from 'typeorm';
import type { ListSpec } from '../list.ts';
import type { StaffMember } from './staff-member.ts';

export const StaffMemberTable = new EntitySchema<StaffMember>({
  name: 'staff_member',
  columns: {
    ...rowColumns,
    name: { type: 'text' },
    email: { type: 'text' },
    emailKey: { name: 'email_key', type: 'text' },
    roles: { type: 'text', array: true },
    team: { type: 'text', nullable: true },
    managerId: { name: 'manager_id', type: 'uuid', nullable: true },
    active: { type: 'boolean' },
    invited: { type: 'boolean' },
    issuer: { type: 'text', nullable: true },
    subject: { type: 'text', nullable: true },
  },
});

const select = columns(StaffMemberTable, 's');

export const staffList: ListSpec<StaffMember> = {
  name: 'listStaffMembers',
  select,
  from: raw('staff_member s'),
  visible: (_, includeDeleted) => raw(includeDeleted ? 'true' : 's.deleted_at is null'),
  search: searchIn('s.name', 's.email'),
  order: keyset({
    fields: {
      NAME: { column: raw('s.name'), type: 'text' },
      TEAM: { column: raw('s.team'), type: 'text', nullable: true },
      CREATED_AT: { column: raw('s.created_at'), type: 'timestamptz' },
    },
    id: raw('s.id'),
    default: [{ field: 'NAME', direction: 'ASC' }],
  }),
  filter: {
    id: field('s.id', 'uuid'),
    name: field('s.name', 'text'),
    email: field('s.email', 'text'),
    team: field('s.team', 'text'),
    managerId: field('s.manager_id', 'uuid'),
    active: field('s.active', 'bool'),
  },
};

/** Staff by id, deleted ones too: who owned or created a row stays readable. */
export const staffLoader = (ctx: RequestContext) =>
  byKey<string, StaffMember>(
    (ids) => ctx.db.query('findStaffMembers', sql`select ${select} from staff_member s where s.id = any(${[...ids]}::uuid[])`),
    (row) => row.id,
  );

/** One member of staff inside a transaction, deleted or not. */
export const staffIn = (tx: Tx, id: string): Promise<StaffMember | undefined> =>
  tx.one('readStaffMember', sql`select ${select} from staff_member s where s.id = ${id}`);

/** Is there another active administrator? */
export const anotherAdministrator = async (tx: Tx, id: string): Promise<boolean> =>
  (await tx.one(
    'findAnotherAdministrator',
    sql`select 1 from staff_member where id <> ${id} and active and deleted_at is null and 'admin' = any(roles) limit 1`,
  )) !== undefined;

/** Does another live member of staff have this e-mail address? */
export const emailTaken = async (tx: Tx, emailKey: string, id: string): Promise<boolean> =>
  (await tx.one(
    'findStaffByEmail',
    sql`select 1 from staff_member where email_key = ${emailKey} and id <> ${id} and deleted_at is null`,
  )) !== undefined;

/** Whom the link of an invitation leads to, if it is still good. */
export const findByLink = (reader: Reader, hash: string): Promise<StaffMember | undefined> =>
  reader.one(
    'findStaffLink',
    sql`select ${select} from staff_link l join staff_member s on s.id = l.staff_id
        where l.token_hash = ${hash} and l.expires_at > now() and s.invited and s.deleted_at is null`,
  );

/** Who signs in as this subject. */
export const findBySubject = (reader: Reader, issuer: string, subject: string): Promise<StaffMember | undefined> =>
  reader.one('findStaffBySubject', sql`select ${select} from staff_member s where s.issuer = ${issuer} and s.subject = ${subject}`);

/** The living member of staff with this e-mail address. */
export const findByEmail = (reader: Reader, emailKey: string): Promise<StaffMember | undefined> =>
  reader.one('findStaffByEmailKey', sql`select ${select} from staff_member s where s.email_key = ${emailKey} and s.deleted_at is null`);

/** Until when the invitations of these people work. */
export const findInvitations = (reader: Reader, ids: readonly string[]): Promise<Array<{ staffId: string; expiresAt: Date }>> =>
  reader.query(
    'findStaffInvitations',
    sql`select l.staff_id as "staffId", max(l.expires_at) as "expiresAt" from staff_link l join staff_member s on s.id = l.staff_id
        where l.staff_id = any(${[...ids]}::uuid[]) and l.expires_at > now() and s.invited and s.deleted_at is null group by l.staff_id`,
  );

/** What the directory says of a token's subject now; undefined where it does not know them. */
export const standingOf = async ({ db }: ServiceContext, id: string): Promise<Standing | undefined> =>
  db.one('findStanding', sql`select roles, active and deleted_at is null as active from staff_member where id = ${id}`);

/** Once it has committed, the next request of these people is judged anew. */
export const standingChanged = (tx: Tx, changes: ReadonlyArray<RowChange<{ readonly id: string }>>, { news }: ServiceContext): void =>
  tx.afterCommit(() => {
    for (const { after } of changes) news.publish(standingNews(after.id));
  });
