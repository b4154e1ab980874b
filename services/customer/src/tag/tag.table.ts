// The tag tables: schema, list, filter, and the statements that put tags on many customers at once. A tag that was merged into another one keeps its rows:
// every read goes by `merged_into`, so that merging tags of a million customers is one row. [CustomerList]
import type { Actor } from '@customer360/kernel/actor';
import type { Reader } from '@customer360/kernel/database';
import { rowColumns } from '@customer360/kernel/entity';
import type { FilterField } from '@customer360/kernel/filter';
import { field } from '@customer360/kernel/filter';
import { searchIn } from '@customer360/kernel/list';
import { keyset } from '@customer360/kernel/paging';
import { badInput } from '@customer360/kernel/problem';
import { and, columns, raw, type Sql, sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { EntitySchema } from 'typeorm';
import type { ListSpec } from '../list.ts';
import { visibleCustomer } from '../scope.ts';
import { checkTagNames, MAX_TAGS, type Tag } from './tag.ts';

export const TagTable = new EntitySchema<Tag>({
  name: 'tag',
  columns: {
    ...rowColumns,
    name: { type: 'text' },
    colour: { type: 'text', nullable: true },
    mergedInto: { name: 'merged_into', type: 'uuid', nullable: true },
  },
});

const select = columns(TagTable, 't');

export const tagList: ListSpec<Tag> = {
  name: 'listTags',
  select,
  from: raw('tag t'),
  visible: () => raw('t.deleted_at is null'),
  search: searchIn('t.name'),
  order: keyset({
    fields: {
      NAME: { column: raw('lower(t.name)'), type: 'text' },
      CREATED_AT: { column: raw('t.created_at'), type: 'timestamptz' },
    },
    id: raw('t.id'),
    default: [{ field: 'NAME', direction: 'ASC' }],
  }),
  filter: { id: field('t.id', 'uuid'), name: field('t.name', 'text'), createdAt: field('t.created_at', 'timestamptz') },
};

/** `own` is the tag of a row `k` of customer_tag, `t` the living tag that it stands for. */
const STANDS_FOR = raw('join tag own on own.id = k.tag_id join tag t on t.id = coalesce(own.merged_into, own.id) and t.deleted_at is null');

/** The tags of many customers, by name. */
export const tagsOf = (reader: Reader, customerIds: readonly string[]): Promise<Array<Tag & { customerId: string }>> =>
  reader.query(
    'findTags',
    sql`select distinct k.customer_id as "customerId", ${select}, lower(t.name) from customer_tag k ${STANDS_FOR}
        where k.customer_id = any(${[...customerIds]}::uuid[]) order by k.customer_id, lower(t.name)`,
  );

/** How many customers that the caller may see carry each of these tags. */
export const countTagged = (reader: Reader, actor: Actor, tagIds: readonly string[]): Promise<Array<{ tagId: string; count: number }>> =>
  reader.query(
    'countTagged',
    sql`select t.id as "tagId", count(distinct c.id)::int as count from tag own
        join tag t on t.id = coalesce(own.merged_into, own.id) join customer_tag k on k.tag_id = own.id join customer c on c.id = k.customer_id
        where t.id = any(${[...tagIds]}::uuid[]) and ${visibleCustomer(actor, 'c')} group by t.id`,
  );

/** The living tags with these names, whatever their case. */
export const findTagsByName = (reader: Reader, names: readonly string[]): Promise<Tag[]> =>
  reader.query(
    'findTagsByName',
    sql`select ${select} from tag t where t.deleted_at is null and lower(t.name) in (select lower(name) from unnest(${[...names]}::text[]) name)`,
  );

/** `tags` in a filter of customers `c`. */
export const tagFilter: FilterField = {
  ...field('c.id', 'uuid'),
  leaf(operator, operand, path) {
    const names = checkTagNames(path, operand as string[]);
    switch (operator) {
      case 'hasAny':
        return tagged(names);
      case 'hasAll':
        return and(...names.map((name) => tagged([name])));
      case 'hasNone':
        return sql`not ${tagged(names)}`;
      default:
        throw badInput(path, 'is not an operator');
    }
  },
};

const tagged = (names: readonly string[]): Sql =>
  sql`c.id in (select k.customer_id from customer_tag k ${STANDS_FOR}
      where lower(t.name) in (select lower(name) from unnest(${[...names]}::text[]) name))`;

/** What changed at one customer. */
export interface TagChange {
  customerId: string;
  tagIds: string[];
}

/** Puts the tags on these living customers; the caller holds their locks. `full` would have more than MAX_TAGS and were left as they are. */
export async function putTags(
  tx: Tx,
  customerIds: readonly string[],
  tagIds: readonly string[],
): Promise<{ changed: TagChange[]; full: string[] }> {
  const wanted = await tx.query<{ customerId: string; tagIds: string[]; full: boolean }>(
    'findMissingTags',
    sql`with had as (
          select k.customer_id, t.id from customer_tag k ${STANDS_FOR} where k.customer_id = any(${[...customerIds]}::uuid[]) group by 1, 2
        )
        select c.id as "customerId", array_agg(new.id) as "tagIds",
          count(*) + (select count(*) from had where had.customer_id = c.id) > ${MAX_TAGS} as full
        from unnest(${[...customerIds]}::uuid[]) as c(id) cross join unnest(${[...tagIds]}::uuid[]) as new(id)
        where not exists (select 1 from had where had.customer_id = c.id and had.id = new.id) group by c.id`,
  );
  const changed = wanted.filter(({ full }) => !full);
  const pairs = changed.flatMap((each) => each.tagIds.map((tagId) => ({ tagId, customerId: each.customerId })));
  if (pairs.length > 0)
    await tx.query(
      'putTags',
      sql`insert into customer_tag (customer_id, origin_customer_id, tag_id, created_at, created_by_kind, created_by_id)
          select customer_id, customer_id, tag_id, ${tx.now}, ${tx.actor.kind}, ${tx.actor.id}
          from unnest(${pairs.map((pair) => pair.customerId)}::uuid[], ${pairs.map((pair) => pair.tagId)}::uuid[]) as pair(customer_id, tag_id)
          on conflict (origin_customer_id, tag_id) do nothing`,
    );
  return { changed, full: wanted.filter(({ full }) => full).map(({ customerId }) => customerId) };
}

/** Takes the tags off these customers; the caller holds their locks. */
export const takeTags = (tx: Tx, customerIds: readonly string[], tagIds: readonly string[]): Promise<TagChange[]> =>
  tx.query(
    'takeTags',
    sql`with gone as (
          delete from customer_tag k using tag own
          where own.id = k.tag_id and coalesce(own.merged_into, own.id) = any(${[...tagIds]}::uuid[]) and k.customer_id = any(${[...customerIds]}::uuid[])
          returning k.customer_id, coalesce(own.merged_into, own.id) as tag_id
        )
        select customer_id as "customerId", array_agg(distinct tag_id) as "tagIds" from gone group by customer_id`,
  );
