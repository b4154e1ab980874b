// Deletion requests in the graph: translation only.
import { customerReference } from '@customer360/customer-data/directory';
import { createdBy } from '@customer360/kernel/entity';
import { enumOf, memberOf } from '@customer360/kernel/graph';
import type { ListArgs } from '@customer360/kernel/list';
import type { Context } from '../context.ts';
import { findDeletionRequest, listDeletionRequests } from './deletion-request.table.ts';
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
  RequestDeletionResult: memberOf('DeletionRequest'),
  VerifyDeletionResult: memberOf('DeletionRequest'),
  RejectDeletionResult: memberOf('DeletionRequest'),
  ExtendDeletionDeadlineResult: memberOf('DeletionRequest'),
  Query: {
    deletionRequest: (_: unknown, { id }: { id: string }, ctx: Context) => visibleRequest(id, ctx),
    deletionRequests: (_: unknown, args: ListArgs, { db, actor }: Context) => listDeletionRequests(db, actor, args),
  },
  Mutation: {
    requestDeletion: (_: unknown, { input }: { input: RequestDeletion }, ctx: Context) => requestDeletion(ctx, input),
    verifyDeletion: (_: unknown, args: VerifyDeletion, ctx: Context) => verifyDeletion(ctx, args),
    rejectDeletion: (_: unknown, args: RejectDeletion, ctx: Context) => rejectDeletion(ctx, args),
    extendDeletionDeadline: (_: unknown, args: ExtendDeletionDeadline, ctx: Context) => extendDeletionDeadline(ctx, args),
  },
  Customer: {
    deletionRequests: ({ id }: { id: string }, args: ListArgs, { loaders }: Context) => loaders.deletionRequest.ofCustomer(id, args),
  },
  DeletionRequest: {
    customer: ({ customerId }: DeletionRequest, _: unknown, ctx: Context) => customerReference(ctx, customerId),
    verifiedBy: ({ verifiedById }: DeletionRequest) => staff(verifiedById),
    processedBy: ({ processedById }: DeletionRequest) => staff(processedById),
    overdue: (request: DeletionRequest) => isOverdue(request, new Date()),
    createdBy,
  },
};
