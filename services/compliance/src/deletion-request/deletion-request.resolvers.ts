// Deletion requests in the graph: translation only.
import { customerReference } from '@customer360/customer-data/directory';
import { createdBy } from '@customer360/kernel/entity';
import { isProblem } from '@customer360/kernel/problem';
import type { Context } from '../context.ts';
import { enumOf } from '../enums.ts';
import { type DeletionListArgs, findDeletionRequest, pageDeletionRequests } from './deletion-request.table.ts';
import {
  DELETION_REQUEST_TYPES,
  DELETION_REQUESTED_VIA,
  DELETION_STATUSES,
  type DeletionRequest,
  isOverdue,
  VERIFICATION_METHODS,
} from './deletion-request.ts';
import { type ExtendDeletionDeadline, extendDeletionDeadline } from './extend-deletion-deadline.ts';
import { type RejectDeletion, rejectDeletion } from './reject-deletion.ts';
import { type RequestDeletion, requestDeletion } from './request-deletion.ts';
import { type VerifyDeletion, verifyDeletion } from './verify-deletion.ts';

const asType = <T extends object>(answer: T): T => (isProblem(answer) ? answer : { ...answer, __typename: 'DeletionRequest' });
const staff = (id: string | null) => (id === null ? null : { __typename: 'StaffMember' as const, id });

/** A request the asker may see, else null. */
async function visibleRequest(id: string, ctx: Context): Promise<DeletionRequest | null> {
  const request = await findDeletionRequest(ctx.db, id);
  return request && (await customerReference(ctx, request.customerId)) ? request : null;
}

export const deletionRequestResolvers = {
  DeletionRequestType: enumOf(DELETION_REQUEST_TYPES),
  DeletionRequestedVia: enumOf(DELETION_REQUESTED_VIA),
  VerificationMethod: enumOf(VERIFICATION_METHODS),
  DeletionStatus: enumOf(DELETION_STATUSES),
  Query: {
    deletionRequest: (_: unknown, { id }: { id: string }, ctx: Context) => visibleRequest(id, ctx),
    deletionRequests: (_: unknown, args: DeletionListArgs, { db, actor }: Context) => pageDeletionRequests(db, actor, args),
  },
  Mutation: {
    requestDeletion: async (_: unknown, { input }: { input: RequestDeletion }, ctx: Context) => asType(await requestDeletion(ctx, input)),
    verifyDeletion: async (_: unknown, args: VerifyDeletion, ctx: Context) => asType(await verifyDeletion(ctx, args)),
    rejectDeletion: async (_: unknown, args: RejectDeletion, ctx: Context) => asType(await rejectDeletion(ctx, args)),
    extendDeletionDeadline: async (_: unknown, args: ExtendDeletionDeadline, ctx: Context) =>
      asType(await extendDeletionDeadline(ctx, args)),
  },
  Customer: {
    deletionRequests: ({ id }: { id: string }, args: DeletionListArgs, { loaders }: Context) =>
      loaders.deletionRequest.ofCustomer(args)(id),
  },
  DeletionRequest: {
    customer: ({ customerId }: DeletionRequest, _: unknown, ctx: Context) => customerReference(ctx, customerId),
    verifiedBy: ({ verifiedById }: DeletionRequest) => staff(verifiedById),
    processedBy: ({ processedById }: DeletionRequest) => staff(processedById),
    overdue: (request: DeletionRequest) => isOverdue(request, new Date()),
    createdBy,
  },
};
