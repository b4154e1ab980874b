// Opens a saved view [CustomerList]: the list of customers with its search, filter and order, and the scope of whoever opens it. Checked when it is saved and
// again when it is opened: a tag, a custom field or a field of the filter that is gone since is named, and nothing else breaks.
import { compileFilter } from '@customer360/kernel/filter';
import type { Page } from '@customer360/kernel/list';
import { customerList } from '../customer/customer.table.ts';
import type { Customer } from '../customer/customer.ts';
import { list } from '../list.ts';
import type { Ctx } from '../loaders.ts';
import { type SavedView, type Sorting, tagsIn } from './saved-view.ts';

/** What a view looks for, as the list of customers takes it. */
export interface ViewQuery {
  readonly filter?: object | null;
  readonly orderBy?: readonly Sorting[] | null;
}

/** A place in a view, and what is wrong with it. */
export interface Flaw {
  readonly field: string;
  readonly message: string;
}

/** The first place that the list of customers would refuse. */
export async function findFlaw(ctx: Ctx, { filter, orderBy }: ViewQuery): Promise<Flaw | undefined> {
  try {
    compileFilter(filter, await ctx.loaders.customerFilter());
    customerList.order.plan({ orderBy: orderBy ?? null });
  } catch (error) {
    const { extensions, message } = error as { extensions?: { code?: string; field?: string }; message: string };
    if (extensions?.code !== 'BAD_USER_INPUT' || !extensions.field) throw error;
    const { field } = extensions;
    return { field, message: message.startsWith(`${field}: `) ? message.slice(field.length + 2) : message };
  }
  const asked = tagsIn(filter);
  const tags = await Promise.all(asked.map(({ name }) => ctx.loaders.tagByName.load(name.trim().toLowerCase())));
  const missing = asked[tags.indexOf(undefined)];
  return missing && { field: missing.path, message: 'there is no such tag' };
}

/** One page of the customers of a view in which no flaw was found. */
export async function openSavedView(
  ctx: Ctx,
  view: SavedView,
  query: ViewQuery,
  page: { first?: number | null; after?: string | null },
): Promise<Page<Customer>> {
  const { filter = null, orderBy = null } = query;
  return list(ctx, { ...customerList, filter: await ctx.loaders.customerFilter() }, { ...page, search: view.search, filter, orderBy });
}
