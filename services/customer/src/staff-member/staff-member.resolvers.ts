// StaffMember in the graph: translation only.
import { createdBy } from '@customer360/kernel/entity';
import { notFound } from '@customer360/kernel/problem';
import { enumValues, resultOf } from '../graphql-enum.ts';
import { type ListArgs, list } from '../list.ts';
import type { Ctx } from '../loaders.ts';
import { deleteStaffMember, restoreStaffMember, updateStaffMember } from './change-staff-member.ts';
import { createStaffMember } from './create-staff-member.ts';
import { staffList } from './staff-member.table.ts';
import { STAFF_ROLES, type StaffMember } from './staff-member.ts';

async function staffMember(ctx: Ctx, id: string): Promise<StaffMember> {
  const found = await ctx.loaders.staff.load(id);
  if (!found || found.deletedAt !== null) throw notFound('StaffMember', id);
  return found;
}

export const staffMemberResolvers = {
  StaffRole: enumValues(STAFF_ROLES),
  Query: {
    staffMember: (_: unknown, args: any, ctx: Ctx) => staffMember(ctx, args.id),
    staffMembers: (_: unknown, args: ListArgs, ctx: Ctx) => list(ctx, staffList, args),
  },
  Mutation: {
    createStaffMember: (_: unknown, { input }: any, ctx: Ctx) => createStaffMember(ctx, input),
    updateStaffMember: (_: unknown, args: any, ctx: Ctx) => updateStaffMember(ctx, args.id, args.expectedVersion, args.input),
    deleteStaffMember: (_: unknown, args: any, ctx: Ctx) => deleteStaffMember(ctx, args.id, args.expectedVersion),
    restoreStaffMember: (_: unknown, args: any, ctx: Ctx) => restoreStaffMember(ctx, args.id),
  },
  StaffMember: {
    __resolveReference: (ref: { id: string }, ctx: Ctx) => ctx.loaders.staff.load(ref.id),
    manager: (row: StaffMember, _: unknown, ctx: Ctx) => row.managerId && ctx.loaders.staff.load(row.managerId),
    createdBy,
  },
  CreateStaffMemberResult: resultOf('StaffMember'),
  UpdateStaffMemberResult: resultOf('StaffMember'),
  DeleteStaffMemberResult: resultOf('StaffMember'),
  RestoreStaffMemberResult: resultOf('StaffMember'),
};
