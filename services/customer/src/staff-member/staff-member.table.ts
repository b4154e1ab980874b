// The staff directory: schema, list and loader.
import type { RequestContext } from '@customer360/kernel/context';
import { rowColumns } from '@customer360/kernel/entity';
import { field } from '@customer360/kernel/filter';
import { searchIn } from '@customer360/kernel/list';
import { byKey } from '@customer360/kernel/loader';
import { keyset } from '@customer360/kernel/paging';
import { columns, raw, sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
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
