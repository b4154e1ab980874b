// Begins a bulk job, or shows what it would do [CustomerList]. Whom it is about is decided here once, within the scope of whoever asks, and stored: what
// matches the filter later is not meant. Above BULK_DELETE_APPROVAL_ABOVE a deletion waits for a second person, and the admins are told [Bulk delete request].
import { newRow } from '@customer360/kernel/entity';
import { compileFilter } from '@customer360/kernel/filter';
import { badInput, checkText, forbidden, type Problem, problem } from '@customer360/kernel/problem';
import { insertRow } from '@customer360/kernel/rows';
import { and, raw, sql } from '@customer360/kernel/sql';
import { type Tx, transact } from '@customer360/kernel/transact';
import { customFieldKeys, customFields } from '../custom-field/custom-field.table.ts';
import { checkValues, type Values } from '../custom-field/custom-field.ts';
import { customerFilterFor } from '../custom-field/filter-customers.ts';
import { customerList } from '../customer/customer.table.ts';
import type { Customer, CustomerSource, CustomerStatus } from '../customer/customer.ts';
import { refuseInactiveOwner } from '../customer/owner.ts';
import type { CustomerEnv } from '../env.ts';
import type { Ctx } from '../loaders.ts';
import { mailConfigured } from '../mail/mail-queue.ts';
import { visibleCustomer } from '../scope.ts';
import { findTagsByName } from '../tag/tag.table.ts';
import { checkTagNames } from '../tag/tag.ts';
import { tagsByName } from '../tag/tag-customer.ts';
import { fact, readRow } from '../write.ts';
import { BulkJobTable, countSelection, countUnfinished, type Selection, sampleSelection, storeSelection } from './bulk-job.table.ts';
import {
  type BulkAction,
  type BulkArguments,
  type BulkJob,
  type ExportFormat,
  LIMITS,
  mayTake,
  needsApproval,
  restrictedIsRefused,
} from './bulk-job.ts';
import { beginExport } from './export-customers.ts';
import { tellAdmins } from './tell-admins.ts';

export interface StartBulkJobInput {
  action: BulkAction;
  ids?: string[] | null;
  filter?: object | null;
  search?: string | null;
  arguments?: {
    ownerId?: string | null;
    status?: CustomerStatus | null;
    source?: CustomerSource | null;
    custom?: Values | null;
    tags?: string[] | null;
    format?: ExportFormat | null;
  } | null;
  idempotencyKey?: string | null;
}

export interface BulkPreview {
  __typename: 'BulkPreview';
  action: BulkAction;
  count: number;
  outOfScope: number;
  restricted: number;
  needsApproval: boolean;
  sample: Customer[];
}

/** Customers of one transaction: their locks stay far below what Postgres holds, and nobody waits long for one of them. */
const SLICE = 200;
/** Everybody who starts a job waits for each other, so that the limits hold. */
const START_LOCK = 'bulk-jobs';

/** Starts a job, or with `dryRun` answers what it would do. */
export async function startBulkJob(ctx: Ctx, input: StartBulkJobInput, dryRun: boolean): Promise<BulkJob | BulkPreview | Problem> {
  if (!mayTake(ctx.actor, input.action))
    throw forbidden(`input.action: your role may not ${input.action} in bulk`, { field: 'input.action' });
  const wanted = checkArguments(input);
  const selection = await select(ctx, input);
  if (dryRun) return preview(ctx, input.action, selection);
  const once = {
    key: input.idempotencyKey,
    operation: 'startBulkJob',
    input,
    replay: (tx: Tx, id: string) => readRow(tx, BulkJobTable, id),
  };
  return transact<BulkJob, Problem>(ctx, { lock: [START_LOCK], once }, async (tx) => {
    const refused = (await refuseTooMany(tx)) ?? (wanted.ownerId ? await refuseInactiveOwner(tx, wanted.ownerId) : undefined);
    if (refused) return refused;
    return begin(ctx, tx, input.action, { ...wanted, ...(await resolve(tx, input)) }, selection);
  });
}

const approvalAbove = (ctx: Ctx): number => (ctx.env as CustomerEnv).BULK_DELETE_APPROVAL_ABOVE;

/** What belongs to the action, and nothing else; each mistake names its field. */
function checkArguments({ action, arguments: given }: StartBulkJobInput): BulkArguments {
  const { ownerId, status, source, custom, tags, format } = given ?? {};
  const allowed: Record<BulkAction, string[]> = {
    assign: ['ownerId'],
    update: ['status', 'source', 'custom'],
    tag: ['tags'],
    untag: ['tags'],
    delete: [],
    export: ['format'],
  };
  for (const name of Object.keys(given ?? {}))
    if (!allowed[action].includes(name)) throw badInput(`input.arguments.${name}`, `is not for ${action.toUpperCase()}`);
  switch (action) {
    case 'assign':
      if (ownerId === undefined) throw badInput('input.arguments.ownerId', 'is required: an owner, or null for the pool');
      return { ownerId };
    case 'update':
      if (status === null) throw badInput('input.arguments.status', 'cannot be cleared');
      if (status === 'deleted') throw badInput('input.arguments.status', 'DELETED is set by an erasure only');
      if (status === undefined && source === undefined && !custom) throw badInput('input.arguments', 'says nothing to update');
      return { ...(status !== undefined && { status }), ...(source !== undefined && { source }) };
    case 'tag':
    case 'untag':
      checkTagNames('input.arguments.tags', tags ?? []);
      return {};
    case 'delete':
      return {};
    case 'export':
      return { format: format ?? 'csv' };
  }
}

/** What has to be looked up: tags by name, and the custom fields that there are now. */
async function resolve(tx: Tx, { action, arguments: given }: StartBulkJobInput): Promise<BulkArguments> {
  if (action === 'update')
    return given?.custom ? { custom: checkValues(await customFields(tx), given.custom, 'input.arguments.custom') } : {};
  if (action === 'export') return { customKeys: await customFieldKeys(tx) };
  if (action !== 'tag' && action !== 'untag') return {};
  const names = checkTagNames('input.arguments.tags', given?.tags ?? []);
  if (action === 'tag') return { tagIds: await tagsByName(tx, names) };
  return { tagIds: (await findTagsByName(tx, names)).map(({ id }) => id) };
}

async function select(ctx: Ctx, { ids, filter, search }: StartBulkJobInput): Promise<Selection> {
  const byFilter = filter != null || search != null;
  if ((ids != null) === byFilter) throw badInput('input', 'say either ids, or filter and search; an empty filter means all');
  if (ids != null) {
    if (ids.length > LIMITS.ids)
      throw badInput('input.ids', `must be at most ${LIMITS.ids}`, { limit: 'ids', max: LIMITS.ids, asked: ids.length });
    return { ids };
  }
  checkText('input.search', search, { max: 200 });
  const text = search?.trim();
  const fields = await customerFilterFor(ctx.db, filter);
  return {
    where: and(visibleCustomer(ctx.actor, 'c'), compileFilter(filter, fields), text ? customerList.search!(text) : raw('true')),
  };
}

async function preview(ctx: Ctx, action: BulkAction, selection: Selection): Promise<BulkPreview> {
  const { selected, inScope, restricted } = await countSelection(ctx.db, ctx.actor, selection);
  refuseTooLarge(selected);
  return {
    __typename: 'BulkPreview',
    action,
    count: inScope,
    outOfScope: selected - inScope,
    restricted: restrictedIsRefused(ctx.actor, action) ? restricted : 0,
    needsApproval: needsApproval(action, selected, approvalAbove(ctx)),
    sample: await sampleSelection(ctx.db, ctx.actor, selection),
  };
}

function refuseTooLarge(count: number): void {
  if (count > LIMITS.customers)
    throw badInput('input.filter', `matches more than ${LIMITS.customers} customers`, { limit: 'customers', max: LIMITS.customers });
}

async function refuseTooMany(tx: Tx): Promise<Problem | undefined> {
  const { all, own } = await countUnfinished(tx, tx.actor);
  if (own < LIMITS.jobsOfOne && all < LIMITS.jobs) return undefined;
  const limit = own >= LIMITS.jobsOfOne ? LIMITS.jobsOfOne : LIMITS.jobs;
  return problem('TooManyBulkJobs', 'Too many bulk jobs are unfinished; wait for one, or cancel one.', { limit });
}

async function begin(ctx: Ctx, tx: Tx, action: BulkAction, args: BulkArguments, selection: Selection): Promise<BulkJob> {
  const job = await insertRow<BulkJob>(tx, BulkJobTable, {
    ...newRow(tx.actor, tx.now),
    action,
    status: 'running',
    arguments: args,
    actorRoles: [...tx.actor.roles],
    itemsTotal: 0,
    itemsOk: 0,
    itemsSkipped: 0,
    itemsRefused: 0,
    decidedByKind: null,
    decidedById: null,
    rejectionReason: null,
    startedAt: null,
    finishedAt: null,
    workedAt: null,
    fileExpiresAt: null,
    clearedAt: null,
  });
  const items = await storeSelection(tx, job.id, selection, SLICE);
  refuseTooLarge(items);
  const waits = needsApproval(action, items, approvalAbove(ctx));
  const values = { itemsTotal: items, status: waits ? 'awaiting_approval' : 'running', startedAt: waits ? null : tx.now } as const;
  await tx.query(
    'countBulkJob',
    sql`update bulk_job set items_total = ${items}, status = ${values.status}, started_at = ${values.startedAt} where id = ${job.id}`,
  );
  const begun = { ...job, ...values };
  if (action === 'export') await beginExport(tx, begun);
  if (waits && mailConfigured(ctx)) await tellAdmins(tx, begun);
  tx.emit(fact(waits ? 'bulk-job-awaiting-approval' : 'bulk-job-started', job.id, { bulkJobId: job.id, version: 1, action, items }));
  return begun;
}
