// StaffMember in the graph: translation only.
import { createdBy } from '@customer360/kernel/entity';
import { enumOf, memberOf } from '@customer360/kernel/graph';
import { notFound } from '@customer360/kernel/problem';
import type { Resolvers } from '../generated/graphql.ts';
import { list } from '../list.ts';
import type { Ctx } from '../loaders.ts';
import { deleteStaffMember, restoreStaffMember, updateStaffMember } from './change-staff-member.ts';
import { createStaffMember } from './create-staff-member.ts';
import { inviteStaffMember, resendStaffInvitation, revokeStaffInvitation } from './invite-staff-member.ts';
import { signInStaff } from './sign-in-staff.ts';
import { staffList } from './staff-member.table.ts';
import { STAFF_ROLES, STAFF_STATES, type StaffMember, stateOf } from './staff-member.ts';

async function staffMember(ctx: Ctx, id: string): Promise<StaffMember> {
  const found = await ctx.loaders.staff.load(id);
  if (!found || found.deletedAt !== null) throw notFound('StaffMember', id);
  return found;
}

export const staffMemberResolvers: Resolvers = {
  StaffRole: enumOf(STAFF_ROLES),
  StaffState: enumOf(STAFF_STATES),
  Query: {
    staffMember: (_, args, ctx) => staffMember(ctx, args.id),
    staffMembers: (_, args, ctx) => list(ctx, staffList, args),
  },
  Mutation: {
    createStaffMember: (_, { input }, ctx) => createStaffMember(ctx, input),
    updateStaffMember: (_, args, ctx) => updateStaffMember(ctx, args.id, args.expectedVersion, args.input),
    deleteStaffMember: (_, args, ctx) => deleteStaffMember(ctx, args.id, args.expectedVersion),
    restoreStaffMember: (_, args, ctx) => restoreStaffMember(ctx, args.id),
    inviteStaffMember: (_, { input }, ctx) => inviteStaffMember(ctx, input),
    resendStaffInvitation: (_, { id }, ctx) => resendStaffInvitation(ctx, id),
    revokeStaffInvitation: (_, { id, expectedVersion }, ctx) => revokeStaffInvitation(ctx, id, expectedVersion),
    signInStaff: (_, { input }, ctx) => signInStaff(ctx, input),
  },
  StaffMember: {
    __resolveReference: (ref, ctx) => ctx.loaders.staff.load(ref.id),
    state: (row) => stateOf(row) as never,
    invitationExpiresAt: async (row, _, ctx) => (row.invited ? ((await ctx.loaders.invitation.load(row.id))?.expiresAt ?? null) : null),
    manager: (row, _, ctx) => (row.managerId ? ctx.loaders.staff.load(row.managerId) : null),
    ownedCustomers: async (row, _, ctx) => (await ctx.loaders.owned.load(row.id))?.count ?? 0,
    successor: async (row, _, ctx) => {
      const found = await ctx.loaders.successor.load(row.id);
      return found ? ctx.loaders.staff.load(found.successorId) : null;
    },
    handOver: (row, _, ctx) => ctx.loaders.handOver.load(row.id),
    createdBy,
  },
  HandOver: {
    to: (row, _, ctx) => (row.toStaffId ? ctx.loaders.staff.load(row.toStaffId) : null),
    remaining: async (row, _, ctx) => (row.finishedAt ? 0 : ((await ctx.loaders.owned.load(row.staffId))?.count ?? 0)),
  },
  CreateStaffMemberResult: memberOf('StaffMember'),
  UpdateStaffMemberResult: memberOf('StaffMember'),
  DeleteStaffMemberResult: memberOf('StaffMember'),
  RestoreStaffMemberResult: memberOf('StaffMember'),
  InviteStaffMemberResult: memberOf('StaffMember'),
  ResendStaffInvitationResult: memberOf('StaffMember'),
  RevokeStaffInvitationResult: memberOf('StaffMember'),
  SignInStaffResult: memberOf('StaffMember'),
};
