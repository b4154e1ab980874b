// Add a member of staff. The id may come from the identity provider: it is the `sub` of the person's token.
import { newRow } from '@customer360/kernel/entity';
import { badInput, checkText, notFound, type Problem, problem } from '@customer360/kernel/problem';
import { insertRow } from '@customer360/kernel/rows';
import { type Tx, transact } from '@customer360/kernel/transact';
import { emailKey } from '../customer/email-key.ts';
import type { Ctx } from '../loaders.ts';
import { type Changes, fact, readRow } from '../write.ts';
import { emailTaken, StaffMemberTable, staffIn } from './staff-member.table.ts';
import { STAFF_ROLES, type StaffFields, type StaffMember } from './staff-member.ts';
import { staffState } from './staff-state.ts';

/** All changes of the directory take turns: they are few, and look at each other (unique e-mail, last administrator). */
export const DIRECTORY_LOCK = 'staff-directory';

export interface CreateStaffMemberInput extends StaffFields {
  id?: string | null;
  idempotencyKey?: string | null;
}

/** Lengths, blanks and roles; absent fields are fine. */
export function checkStaffFields(input: Changes<StaffFields>): void {
  if (input.name !== undefined) checkText('input.name', input.name, { max: 200, required: true });
  if (input.email === null) throw badInput('input.email', 'is required');
  checkText('input.team', input.team, { max: 100 });
  if (input.roles === null || input.roles?.length === 0) throw badInput('input.roles', 'needs at least one role');
  if (input.roles && input.roles.length > STAFF_ROLES.length) throw badInput('input.roles', `has more than ${STAFF_ROLES.length} values`);
}

/** The manager must be a live member of staff. */
export async function requireManager(tx: Tx, managerId: string | null | undefined): Promise<void> {
  if (managerId == null) return;
  const manager = await staffIn(tx, managerId);
  if (!manager || manager.deletedAt !== null) throw notFound('StaffMember', managerId, 'input.managerId');
}

export const emailProblem = () => problem('StaffEmailTaken', 'Another member of staff has this e-mail address.');

/** Creates a member of staff. */
export async function createStaffMember(ctx: Ctx, input: CreateStaffMemberInput): Promise<StaffMember | Problem> {
  checkStaffFields(input);
  const id = input.id ?? crypto.randomUUID();
  const once = {
    key: input.idempotencyKey,
    operation: 'createStaffMember',
    input,
    replay: (tx: Tx, rowId: string) => readRow(tx, StaffMemberTable, rowId),
  };
  return transact<StaffMember, Problem>(ctx, { lock: [id, DIRECTORY_LOCK], once }, async (tx) => {
    if (await staffIn(tx, id)) throw badInput('input.id', 'is a member of staff already');
    if (await emailTaken(tx, emailKey(input.email)!, id)) return emailProblem();
    await requireManager(tx, input.managerId);
    return addStaffMember(tx, id, input);
  });
}

/** Writes the row, its fact and its state. */
export async function addStaffMember(tx: Tx, id: string, input: StaffFields, invited = false): Promise<StaffMember> {
  const staff = await insertRow<StaffMember>(tx, StaffMemberTable, {
    ...newRow(tx.actor, tx.now, id),
    name: input.name,
    email: input.email,
    emailKey: emailKey(input.email)!,
    roles: [...new Set(input.roles)],
    team: input.team ?? null,
    managerId: input.managerId ?? null,
    active: !invited && (input.active ?? true),
    invited,
    issuer: null,
    subject: null,
  });
  tx.emit(fact('staff-member-created', id, { staffId: id, version: staff.version, roles: staff.roles, active: staff.active }));
  tx.state(staffState(staff));
  return staff;
}
