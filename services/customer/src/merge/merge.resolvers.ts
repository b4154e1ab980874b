// Merges in the graph: translation only.
import { createdBy } from '@customer360/kernel/entity';
import { enumOf, memberOf } from '@customer360/kernel/graph';
import { list } from '@customer360/kernel/list';
import { notFound } from '@customer360/kernel/problem';
import type { Resolvers } from '../generated/graphql.ts';
import type { Ctx } from '../loaders.ts';
import { textFlags } from '../text-flag/text-flag.resolvers.ts';
import { approveMerge } from './approve-merge.ts';
import { findMerge, mergeList, tookPart } from './merge.table.ts';
import {
  FIELDS,
  KEPT_BECAUSE,
  MERGE_FIELDS,
  MERGE_REFUSALS,
  MERGE_STATUSES,
  type Merge,
  type MergeField,
  UNMERGE_REFUSALS,
  unmergeUntil,
} from './merge.ts';
import { mergeCustomers } from './merge-customers.ts';
import { mergeProgress } from './merge-progress.ts';
import type { MergePlan } from './plan-merge.ts';
import { rejectMerge } from './reject-merge.ts';
import { requestMerge } from './request-merge.ts';
import { unmergeCustomers } from './unmerge-customers.ts';

async function merge(ctx: Ctx, id: string): Promise<Merge> {
  const found = await findMerge(ctx.db, id);
  if (!found) throw notFound('Merge', id);
  return found;
}

/** The names of fields as an enum has them: `displayName` is DISPLAY_NAME. */
const upperSnake = (name: string): string => name.replace(/[A-Z]/g, '_$&').toUpperCase();
const MERGE_FIELD = Object.fromEntries(MERGE_FIELDS.map((field) => [upperSnake(field), field])) as Record<string, MergeField>;

const mergedValue = ({ customer, account }: MergePlan, field: MergeField): string | null => {
  const { of, columns } = FIELDS[field];
  return ((of === 'customer' ? customer : account) as Record<string, string | null> | null)?.[columns[0]] ?? null;
};

export const mergeResolvers: Resolvers = {
  MergeField: MERGE_FIELD as never,
  MergeStatus: enumOf(MERGE_STATUSES),
  KeptBecause: enumOf(KEPT_BECAUSE),
  MergeRefusal: enumOf(MERGE_REFUSALS),
  UnmergeRefusal: enumOf(UNMERGE_REFUSALS),
  Query: {
    merge: (_, { id }, ctx) => merge(ctx, id),
    merges: (_, args, ctx) => list(ctx.db, mergeList, tookPart(args.customerId), args),
    mergeProgress: (_, { id }, ctx) => mergeProgress(ctx, id),
  },
  Mutation: {
    mergeCustomers: (_, args, ctx) => mergeCustomers(ctx, args),
    requestMerge: (_, args, ctx) => requestMerge(ctx, args),
    approveMerge: (_, args, ctx) => approveMerge(ctx, args.id, args.expectedVersion),
    rejectMerge: (_, args, ctx) => rejectMerge(ctx, args.id, args.expectedVersion, args.reason),
    unmergeCustomers: (_, args, ctx) => unmergeCustomers(ctx, args.mergeId, args.expectedVersion),
  },
  Merge: {
    textFlags,
    survivor: (row, _, ctx) => ctx.loaders.customer.load(row.survivorId),
    requestedBy: createdBy,
    decidedBy: ({ decidedByKind, decidedById }) => (decidedByKind && decidedById ? { kind: decidedByKind, id: decidedById } : null),
    unmergeUntil: ({ mergedAt, status }) => (mergedAt && status === 'merged' ? unmergeUntil(mergedAt) : null),
    progress: (row, _, ctx) => mergeProgress(ctx, row.id),
  },
  MergePlan: {
    merged: (plan) => plan,
    needsApproval: ({ records }, _, ctx) => records > (ctx.env.MERGE_APPROVAL_ABOVE as number),
    expectedVersions: ({ survivor, retired }) => [survivor, ...retired].map(({ id, version }) => ({ id, version })),
    contactsSteppingBack: ({ steppingBack }) => steppingBack.contacts.map(({ id }) => id),
    addressesSteppingBack: ({ steppingBack }) => steppingBack.addresses.map(({ id }) => id),
    relationshipsGivingWay: ({ relationships }) => relationships.map(({ id }) => id),
    childrenMoving: ({ children }) => children.length,
  },
  MergedRecord: Object.fromEntries(
    MERGE_FIELDS.map((field) => [
      { owner: 'ownerId', parent: 'parentId' }[field as string] ?? field,
      (plan: MergePlan) => mergedValue(plan, field),
    ]),
  ) as never,
  MergeCustomersResult: memberOf('Merge'),
  RequestMergeResult: memberOf('Merge'),
  ApproveMergeResult: memberOf('Merge'),
  RejectMergeResult: memberOf('Merge'),
  UnmergeCustomersResult: memberOf('Unmerge'),
};
