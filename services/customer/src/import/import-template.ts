// A mapping by the headers of a kind of file, kept under a name [WF-CM-001, "Map columns to fields"], so that next month's file needs no mapping by hand.
import type { Row } from '@customer360/kernel/entity';
import { rowColumns } from '@customer360/kernel/entity';
import { field } from '@customer360/kernel/filter';
import { searchIn } from '@customer360/kernel/list';
import { keyset } from '@customer360/kernel/paging';
import { expectVersion } from '@customer360/kernel/problem';
import { updateRow } from '@customer360/kernel/rows';
import { columns, raw } from '@customer360/kernel/sql';
import { transact } from '@customer360/kernel/transact';
import { EntitySchema } from 'typeorm';
import type { ListSpec } from '../list.ts';
import type { Ctx } from '../loaders.ts';
import { readRow } from '../write.ts';
import type { ImportField } from './fields.ts';
import type { ImportOptions } from './import.ts';

export interface ImportTemplate extends Row {
  name: string;
  columns: Array<{ header: string; field: ImportField }>;
  options: ImportOptions;
}

export const ImportTemplateTable = new EntitySchema<ImportTemplate>({
  name: 'import_template',
  columns: { ...rowColumns, name: { type: 'text' }, columns: { type: 'jsonb' }, options: { type: 'jsonb' } },
});

export const importTemplateList: ListSpec<ImportTemplate> = {
  name: 'listImportTemplates',
  select: columns(ImportTemplateTable, 't'),
  from: raw('import_template t'),
  visible: () => raw('t.deleted_at is null'),
  search: searchIn('t.name'),
  order: keyset({
    fields: { NAME: { column: raw('t.name'), type: 'text' }, CREATED_AT: { column: raw('t.created_at'), type: 'timestamptz' } },
    id: raw('t.id'),
    default: [{ field: 'NAME', direction: 'ASC' }],
  }),
  filter: { name: field('t.name', 'text'), createdAt: field('t.created_at', 'timestamptz') },
};

/** Deletes a template; imports that used it keep their mapping. */
export const deleteImportTemplate = (ctx: Ctx, id: string, expectedVersion?: number | null): Promise<ImportTemplate> =>
  transact<ImportTemplate>(ctx, { lock: [id] }, async (tx) => {
    const template = await readRow(tx, ImportTemplateTable, id);
    expectVersion('ImportTemplate', template, expectedVersion);
    return template.deletedAt === null ? updateRow(tx, ImportTemplateTable, template, { deletedAt: tx.now }) : template;
  });
