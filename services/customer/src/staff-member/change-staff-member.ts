// Update, soft-delete and restore a member of staff. Somebody must stay who can administer the directory. Who becomes inactive
// hands the customers over to manager or pool, see hand-over.ts [Inactive owner].
import { badInput, expectVersion, notFound, type Problem, problem } from '@customer360/kernel/problem';
import { changesOf, updateRow } from '@customer360/kernel/rows';
import { type Tx, transact } from '@customer360/kernel/transact';
import { emailKey } from '../customer/email-key.ts';
import type { Ctx } from '../loaders.ts';
import { STAFF_LINKS, voidLinks } from '../mail/mail-link.ts';
import { type Changes, fact, publicNames } from '../write.ts';
import { checkStaffFields, DIRECTORY_LOCK, emailProblem, requireManager } from './create-staff-member.ts';
import { beginHandOver } from './hand-over.ts';
import { anotherAdministrator, emailTaken, StaffMemberTable, staffIn } from './staff-member.table.ts';
import { isAdministrator, type StaffFields, type StaffMember } from './staff-member.ts';
import { staffState } from './staff-state.ts';

/** Changes a member of staff at the expected version. */
export async function updateStaffMember(
  ctx: Ctx,
  id: string,
  expectedVersion: number,
  input: Changes<StaffFields>,
): Promise<StaffMember | Problem> {
  checkStaffFields(input);
  if (input.managerId === id) throw badInput('input.managerId', 'nobody is their own manager');
  return changeStaff(ctx, id, { expectedVersion }, async (tx, staff) => {
    const wanted = { ...input } as Partial<StaffMember>;
    if (input.active === null) wanted.active = true;
    if (staff.invited && wanted.active) throw badInput('input.active', 'an invited person becomes active by signing in');
    if (input.roles) wanted.roles = [...new Set(input.roles)];
    if (input.email !== undefined) wanted.emailKey = emailKey(input.email)!;
    const changes = changesOf(staff, wanted);
    if (Object.keys(changes).length === 0) return staff;
    if (changes.emailKey && (await emailTaken(tx, changes.emailKey, id))) return emailProblem();
    if (changes.managerId) await requireManager(tx, changes.managerId);
    const refused = await refuseLastAdministrator(tx, staff, { ...staff, ...changes });
    if (refused) return refused;
    const saved = await updateRow(tx, StaffMemberTable, staff, changes);
    // What was sent to the former address must not let anybody in.
    if (changes.emailKey) await voidLinks(tx, STAFF_LINKS, id);
    if (staff.active && !saved.active) await beginHandOver(tx, id);
    tx.emit(fact('staff-member-updated', id, { staffId: id, version: saved.version, changed: publicNames(changes), active: saved.active }));
    tx.state(staffState(saved));
    return saved;
  });
}

/** Soft-deletes a member of staff, who is inactive from then on. */
export const deleteStaffMember = (ctx: Ctx, id: string, expectedVersion?: number | null): Promise<StaffMember | Problem> =>
  changeStaff(ctx, id, { expectedVersion }, async (tx, staff) => {
    const refused = await refuseLastAdministrator(tx, staff, { ...staff, active: false });
    if (refused) return refused;
    const deleted = await updateRow(tx, StaffMemberTable, staff, { deletedAt: tx.now, active: false, issuer: null, subject: null });
    if (staff.active) await beginHandOver(tx, id);
    tx.emit(fact('staff-member-deleted', id, { staffId: id, version: deleted.version }));
    tx.state(staffState(deleted));
    return deleted;
  });

/** Brings a member of staff back, still inactive. */
export const restoreStaffMember = (ctx: Ctx, id: string): Promise<StaffMember | Problem> =>
  changeStaff(ctx, id, { deleted: true }, async (tx, staff) => {
    if (await emailTaken(tx, staff.emailKey, id)) {
      return problem('RestoreConflict', 'Another member of staff has this e-mail address by now.', { field: 'email' });
    }
    const restored = await updateRow(tx, StaffMemberTable, staff, { deletedAt: null });
    tx.emit(fact('staff-member-restored', id, { staffId: id, version: restored.version }));
    tx.state(staffState(restored));
    return restored;
  });

async function refuseLastAdministrator(tx: Tx, before: StaffMember, after: StaffMember): Promise<Problem<'LastAdministrator'> | undefined> {
  if (!isAdministrator(before) || isAdministrator(after) || (await anotherAdministrator(tx, before.id))) return undefined;
  return problem('LastAdministrator', 'Nobody else can administer the staff directory; make another admin first.');
}

/** A member of staff under the lock of the directory, at the expected version. */
export function changeStaff(
  ctx: Ctx,
  id: string,
  options: { expectedVersion?: number | null; deleted?: boolean },
  work: (tx: Tx, staff: StaffMember) => Promise<StaffMember | Problem>,
): Promise<StaffMember | Problem> {
  return transact<StaffMember, Problem>(ctx, { lock: [id, DIRECTORY_LOCK] }, async (tx) => {
    const staff = await staffIn(tx, id);
    if (!staff || (staff.deletedAt !== null && !options.deleted)) throw notFound('StaffMember', id);
    expectVersion('StaffMember', staff, options.expectedVersion);
    return options.deleted && staff.deletedAt === null ? staff : work(tx, staff);
  });
}
