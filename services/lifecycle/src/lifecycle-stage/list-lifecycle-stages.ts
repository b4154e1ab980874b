// [LifecycleStage AC-1] The list of stages, in their order unless asked otherwise.
import type { Reader } from '@customer360/kernel/database';
import { field } from '@customer360/kernel/filter';
import { type ListArgs, type ListSpec, list, searchIn } from '@customer360/kernel/list';
import { keyset } from '@customer360/kernel/paging';
import { columns, raw } from '@customer360/kernel/sql';
import { LifecycleStageEntity } from './lifecycle-stage.table.ts';
import type { LifecycleStage } from './lifecycle-stage.ts';

const stageList: ListSpec<LifecycleStage> = {
  name: 'listLifecycleStages',
  select: columns(LifecycleStageEntity, 's'),
  from: raw('lifecycle_stage s'),
  search: searchIn('s.name'),
  filter: {
    name: field('s.name', 'text'),
    category: field('s.category', 'enum'),
    isActive: field('s.is_active', 'bool'),
    displayOrder: field('s.display_order', 'int'),
  },
  order: keyset({
    fields: {
      DISPLAY_ORDER: { column: raw('s.display_order'), type: 'int' },
      NAME: { column: raw('s.name'), type: 'text' },
      CREATED_AT: { column: raw('s.created_at'), type: 'timestamptz' },
    },
    id: raw('s.id'),
    default: [{ field: 'DISPLAY_ORDER', direction: 'ASC' }],
  }),
};

export const listLifecycleStages = (db: Reader, args: ListArgs) => list(db, stageList, raw('s.deleted_at is null'), args);
