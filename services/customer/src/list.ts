// The lists of this service: the kernel's, with the rule of who sees a row, and that an admin, a dpo or an auditor may ask for deleted ones.
import type { Actor } from '@customer360/kernel/actor';
import type { RequestContext } from '@customer360/kernel/context';
import * as kernel from '@customer360/kernel/list';
import type { Sql } from '@customer360/kernel/sql';
import { mayIncludeDeleted } from './scope.ts';

export interface ListSpec<R extends object = any> extends kernel.ListSpec<R> {
  visible(actor: Actor, includeDeleted: boolean): Sql;
}

export interface ListArgs extends kernel.ListArgs {
  includeDeleted?: boolean | null;
}

/** One page of a root list. */
export const list = <R extends object>(ctx: RequestContext, spec: ListSpec<R>, args: ListArgs) =>
  kernel.list(ctx.db, spec, spec.visible(ctx.actor, mayIncludeDeleted(ctx.actor, args.includeDeleted)), args);

/** Pages of living rows below parents; `link` is boolean SQL over `parent.id`. */
export const pagesBelow = <R extends object>(ctx: RequestContext, spec: ListSpec<R>, link: Sql) =>
  kernel.pagesBelow(ctx.db, spec, spec.visible(ctx.actor, false), link);
