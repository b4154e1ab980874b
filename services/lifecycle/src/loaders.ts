// What a request reads through: each loader answers many keys with one statement, so that a list costs what one row costs.
import { recordsLoader } from '@customer360/customer-data/merge';
import type { RequestContext } from '@customer360/kernel/context';
import { byKey } from '@customer360/kernel/loader';
import { census } from './census.ts';
import { findLifecycles } from './customer-lifecycle/customer-lifecycle.table.ts';
import { installation } from './env.ts';
import { historyOfCustomer } from './lifecycle-history/lifecycle-history.table.ts';
import { countCustomers, findStages } from './lifecycle-stage/lifecycle-stage.table.ts';
import { loadSections } from './load-sections.ts';
import { milestonesOfCustomer } from './milestone/milestone.table.ts';

export const loaders = (ctx: RequestContext) => ({
  lifecycle: byKey(
    (ids: readonly string[]) => findLifecycles(ctx.db, ids),
    (row) => row.customerId,
  ),
  stage: byKey(
    (ids: readonly string[]) => findStages(ctx.db, ids),
    (row) => row.id,
  ),
  stageCustomers: byKey(
    (ids: readonly string[]) => countCustomers(ctx.db, ids),
    (row) => row.stageId,
  ),
  records: recordsLoader(ctx.db, census),
  history: historyOfCustomer(ctx.db),
  milestones: milestonesOfCustomer(ctx.db),
  sections: loadSections(ctx.db, installation(ctx).reportingCurrency),
});

export type Loaders = ReturnType<typeof loaders>;
