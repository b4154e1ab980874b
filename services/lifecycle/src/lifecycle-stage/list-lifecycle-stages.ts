// [LifecycleStage AC-1] The list of stages, in their order unless asked otherwise.
import type { Database } from '@customer360/kernel/database';
import { compileFilter, type FilterField } from '@customer360/kernel/filter';
import { type Connection, connection, keyset, type PageArgs } from '@customer360/kernel/paging';
import { columns, raw, sql } from '@customer360/kernel/sql';
import { LifecycleStageEntity } from './lifecycle-stage.table.ts';
import type { LifecycleStage } from './lifecycle-stage.ts';

type OrderField = 'DISPLAY_ORDER' | 'NAME' | 'CREATED_AT';

const order = keyset<OrderField>({
  fields: {
    DISPLAY_ORDER: { column: raw('s.display_order'), type: 'int' },
    NAME: { column: raw('s.name'), type: 'text' },
    CREATED_AT: { column: raw('s.created_at'), type: 'timestamptz' },
  },
  id: raw('s.id'),
  default: [{ field: 'DISPLAY_ORDER', direction: 'ASC' }],
});

const FILTERS: Record<string, FilterField> = {
  name: { column: raw('s.name'), type: 'text' },
  category: { column: raw('s.category'), type: 'enum' },
  isActive: { column: raw('s.is_active'), type: 'bool' },
  displayOrder: { column: raw('s.display_order'), type: 'int' },
};

export type StageListArgs = PageArgs<OrderField> & { filter?: object | null; search?: string | null };
export type StagePage = Connection<LifecycleStage & { cursor: string }>;

export async function pageOfStages(db: Database, args: StageListArgs): Promise<StagePage> {
  const plan = order.plan(args);
  const search = args.search ? sql`position(lower(${args.search}) in lower(s.name)) > 0` : raw('true');
  const matching = sql`s.deleted_at is null and ${search} and ${compileFilter(args.filter, FILTERS)}`;
  const rows = await db.query<LifecycleStage & { cursor: string }>(
    'pageOfStages',
    sql`select ${columns(LifecycleStageEntity, 's')}, ${plan.cursor} from lifecycle_stage s where ${matching} and ${plan.where}
        order by ${plan.orderBy} limit ${plan.limit}`,
  );
  const total = async () =>
    (await db.one<{ count: number }>('countStages', sql`select count(*)::int as count from lifecycle_stage s where ${matching}`))!.count;
  return connection(rows, plan, total);
}
