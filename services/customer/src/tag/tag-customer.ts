// Put tags on a customer or take them off [CustomerList]: by name, and a name that nobody used before becomes a tag. The customer's own version stays:
// a tag stands beside it, like an address. The same statements serve one customer and the slices of a bulk job.

import { refuseRestricted } from '@customer360/customer-data/restriction';
import { newRow } from '@customer360/kernel/entity';
import { badInput, type Problem } from '@customer360/kernel/problem';
import { sql } from '@customer360/kernel/sql';
import { type Tx, transact } from '@customer360/kernel/transact';
import type { Customer } from '../customer/customer.ts';
import { publishCustomerState } from '../customer/customer-state.ts';
import type { Ctx } from '../loaders.ts';
import { customerUnderLock, fact, requireCustomer } from '../write.ts';
import { findTagsByName, putTags, type TagChange, takeTags } from './tag.table.ts';
import { checkTagNames, MAX_TAGS, type Tag } from './tag.ts';

/** Tags a customer. */
export const addTags = (ctx: Ctx, customerId: string, names: string[]): Promise<Customer | Problem> =>
  change(ctx, customerId, names, async (tx, id, checked) => {
    const { full } = await addTagsTo(tx, [id], await tagsByName(tx, checked));
    if (full.length > 0) throw badInput('names', `a customer has at most ${MAX_TAGS} tags`, { limit: 'tags', max: MAX_TAGS });
  });

/** Takes tags off a customer; one that it does not have is none. */
export const removeTags = (ctx: Ctx, customerId: string, names: string[]): Promise<Customer | Problem> =>
  change(ctx, customerId, names, async (tx, id, checked) => {
    const tags = await findTagsByName(tx, checked);
    await removeTagsFrom(
      tx,
      [id],
      tags.map((tag) => tag.id),
    );
  });

async function change(
  ctx: Ctx,
  customerId: string,
  names: string[],
  work: (tx: Tx, id: string, names: string[]) => Promise<void>,
): Promise<Customer | Problem> {
  const checked = checkTagNames('names', names);
  const seen = await requireCustomer(ctx, customerId, 'customerId');
  return transact<Customer, Problem>(ctx, { lock: [seen.id] }, async (tx) => {
    const customer = await customerUnderLock(tx, seen.id, 'customerId');
    const restricted = refuseRestricted(customer, tx.actor);
    if (restricted) return restricted;
    await work(tx, customer.id, checked);
    return customer;
  });
}

/** The ids of the tags with these names; unknown ones are made. */
export async function tagsByName(tx: Tx, names: readonly string[]): Promise<string[]> {
  const rows = names.map((name) => ({ ...newRow(tx.actor, tx.now), name }));
  const made = await tx.query<Tag>(
    'makeTags',
    sql`insert into tag (id, created_at, created_by_kind, created_by_id, updated_at, name)
        select id, ${tx.now}, ${tx.actor.kind}, ${tx.actor.id}, ${tx.now}, name
        from unnest(${rows.map((row) => row.id)}::uuid[], ${names as string[]}::text[]) as new(id, name)
        on conflict (lower(name)) where deleted_at is null do nothing returning id, name`,
  );
  await tx.written(
    'tag',
    made.map((after) => ({ before: null, after })),
  );
  for (const { id, name } of made) tx.emit(fact('tag-created', id, { tagId: id, version: 1, name, colour: null }));
  return (await findTagsByName(tx, names)).map(({ id }) => id);
}

/** Tags these living customers and tells of it; answers who changed and who has too many. */
export async function addTagsTo(
  tx: Tx,
  customerIds: readonly string[],
  tagIds: readonly string[],
): Promise<{ changed: string[]; full: string[] }> {
  const { changed, full } = await putTags(tx, customerIds, tagIds);
  return { changed: await tell(tx, changed, ({ tagIds: added }) => ({ added, removed: [] })), full };
}

/** Takes the tags off these customers and tells of it; answers who changed. */
export const removeTagsFrom = async (tx: Tx, customerIds: readonly string[], tagIds: readonly string[]): Promise<string[]> =>
  tell(tx, await takeTags(tx, customerIds, tagIds), ({ tagIds: removed }) => ({ added: [], removed }));

async function tell(tx: Tx, changes: readonly TagChange[], how: (change: TagChange) => object): Promise<string[]> {
  for (const change of changes) tx.emit(fact('customer-tagged', change.customerId, { customerId: change.customerId, ...how(change) }));
  const ids = changes.map(({ customerId }) => customerId);
  if (ids.length > 0) await publishCustomerState(tx, ids);
  return ids;
}
