// What the tests of merges say again and again [WF-CM-002]: the mutations in one line each, and the graph of some customers as one comparable value,
// without what a merge and its undoing may change: versions and the time of the last change.
import { expect } from '@jest/globals';
import { type Caller, eventually, must } from './stack.ts';

const MERGE = `... on Merge { id version status survivorId retiredIds records mergedAt unmergeUntil rejectionReason requestedBy { id } decidedBy { id } }`;
const PROBLEMS = `... on Problem { message } ... on MergeRefused { reason customerIds } ... on CircularHierarchy { path }`;
const PLAN = `... on MergePlan { survivor { id } retired { id } records needsApproval conflicts mustChoose counts { table count }
  fields { field values { customerId value } keptFromId kept because conflict mustChoose } expectedVersions { id version }
  merged { displayName source externalId email phone ownerId parentId legalName dbaName taxId industry employeeCount annualRevenue website }
  contactsSteppingBack addressesSteppingBack relationshipsGivingWay childrenMoving }`;
const ARGS = 'survivorId: $survivorId, retiredIds: $retiredIds, choices: $choices, expectedVersions: $expectedVersions';
const VARIABLES = '$survivorId: ID!, $retiredIds: [ID!]!, $choices: [MergeChoice!], $expectedVersions: [ExpectedVersion!]';

export const MERGE_CUSTOMERS = `mutation(${VARIABLES}, $dryRun: Boolean, $idempotencyKey: String) {
  result: mergeCustomers(${ARGS}, dryRun: $dryRun, idempotencyKey: $idempotencyKey) { __typename ${MERGE} ${PLAN} ${PROBLEMS}
    ... on MergeNeedsChoice { undecided } ... on MergeNeedsApproval { records limit } ... on InactiveOwner { ownerId } } }`;
const REQUEST = `mutation(${VARIABLES.replace('[ExpectedVersion!]', '[ExpectedVersion!]!')}) { result: requestMerge(${ARGS}) { __typename ${MERGE} ${PROBLEMS} } }`;
const APPROVE = `mutation($id: ID!, $version: Int!) { result: approveMerge(id: $id, expectedVersion: $version) { __typename ${MERGE} ${PROBLEMS} ... on MergeNotRequested { status } } }`;
const REJECT = `mutation($id: ID!, $version: Int!, $reason: String!) { result: rejectMerge(id: $id, expectedVersion: $version, reason: $reason) { __typename ${MERGE} ... on Problem { message } } }`;
export const UNMERGE = `mutation($id: ID!, $version: Int!) { result: unmergeCustomers(mergeId: $id, expectedVersion: $version) { __typename
  ... on Unmerge { merge { id version status } survivor { id version } returned { id version } kept { table rowId field } born { table rowId customerId } }
  ... on Problem { message } ... on UnmergeRefused { reason blockingMergeId } } }`;

export interface Order {
  survivorId: string;
  retiredIds: string[];
  choices?: Array<{ field: string; fromId: string }>;
  expectedVersions?: Array<{ id: string; version: number }>;
}

/** The versions of these customers as they are now. */
export async function versions(ids: readonly string[]): Promise<Array<{ id: string; version: number }>> {
  const { customersByIds } = await must('admin', 'query($ids: [ID!]!) { customersByIds(ids: $ids) { id version } }', { ids });
  return customersByIds;
}

const withVersions = async (order: Order): Promise<Order> => ({
  expectedVersions: await versions([order.survivorId, ...order.retiredIds]),
  ...order,
});

export const plan = async (order: Order, who: Caller = 'sales_manager'): Promise<any> =>
  (await must(who, MERGE_CUSTOMERS, { ...order, dryRun: true })).result;
/** Merges at the present versions; answers the union member. */
export const merge = async (order: Order, who: Caller = 'sales_manager'): Promise<any> =>
  (await must(who, MERGE_CUSTOMERS, await withVersions(order))).result;
/** The same, when it has to succeed. */
export async function merged(survivorId: string, retiredIds: string[], choices?: Order['choices']): Promise<any> {
  const result = await merge({ survivorId, retiredIds, ...(choices && { choices }) });
  expect(result).toMatchObject({ __typename: 'Merge', status: 'MERGED' });
  return result;
}
export const request = async (order: Order, who: Caller = 'sales_manager'): Promise<any> =>
  (await must(who, REQUEST, await withVersions(order))).result;
export const approve = async ({ id, version }: any, who: Caller): Promise<any> => (await must(who, APPROVE, { id, version })).result;
export const reject = async ({ id, version }: any, who: Caller, reason: string): Promise<any> =>
  (await must(who, REJECT, { id, version, reason })).result;
export const unmerge = async ({ id, version }: any, who: Caller = 'sales_manager'): Promise<any> =>
  (await must(who, UNMERGE, { id, version })).result;
/** The same, when it has to succeed. */
export async function unmerged(of: any): Promise<any> {
  const result = await unmerge(of);
  expect(result).toMatchObject({ __typename: 'Unmerge', merge: { status: 'UNMERGED' } });
  return result;
}

/** Waits until every service has followed. */
export const followed = (id: string): Promise<any> =>
  eventually(
    async () => {
      const { mergeProgress } = await must(
        'sales_manager',
        `query($id: ID!) { mergeProgress(id: $id) { complete overdue since deadline services { service applied appliedAt records { table count } waitingForIds } } }`,
        { id },
      );
      expect(mergeProgress.complete).toBe(true);
      return mergeProgress;
    },
    { withinMs: 30_000 },
  );

const ACTOR = 'createdAt createdBy { kind id } deletedAt';
/** Sections of a customer that a merge and its undoing must leave as they were; other services add theirs. */
export const SECTIONS = {
  customer: `${ACTOR} id type displayName status source externalId email phone phoneE164 ownerId parentId processingRestricted doNotProcess redirectedFrom
    externalIds { system externalId originCustomerId } parent { id } ancestors { id } children(first: 200) { nodes { id } }
    contacts(first: 200, orderBy: [{ field: CREATED_AT }]) { nodes { ${ACTOR} id customerId customer { id } firstName lastName email phone phoneE164 jobTitle roles isPrimary
      status communicationPreference doNotContact } }
    addresses(first: 200) { ${ACTOR} id customerId addressType isDefault streetLine1 streetLine2 city stateProvince postalCode country latitude longitude }
    account { ${ACTOR} id customerId legalName dbaName taxId taxIdVerified country industry employeeCount annualRevenue website }
    relationships(first: 200, orderBy: [{ field: CREATED_AT }]) { nodes { ${ACTOR} id fromCustomerId toCustomerId relationshipType notes startDate endDate } }`,
};

/** The graph of these customers, in the order asked for. */
export async function snapshot(ids: readonly string[], sections: Record<string, string> = SECTIONS): Promise<any[]> {
  const { customersByIds } = await must(
    'admin',
    `query($ids: [ID!]!) { customersByIds(ids: $ids) { ${Object.values(sections).join(' ')} } }`,
    { ids },
  );
  return customersByIds;
}
