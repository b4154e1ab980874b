// The table of custom fields: at most 100 living ones, so they are read whole.
import type { Reader } from '@customer360/kernel/database';
import { rowColumns } from '@customer360/kernel/entity';
import { columns, sql } from '@customer360/kernel/sql';
import { EntitySchema } from 'typeorm';
import { type CustomField, LIMITS } from './custom-field.ts';

export const CustomFieldTable = new EntitySchema<CustomField>({
  name: 'custom_field',
  columns: {
    ...rowColumns,
    entity: { type: 'text' },
    key: { type: 'text' },
    label: { type: 'text' },
    description: { type: 'text', nullable: true },
    type: { type: 'text' },
    choices: { type: 'text', array: true },
    required: { type: 'boolean' },
    personal: { type: 'boolean' },
  },
});

/** The living fields of customers, the oldest first. */
export const customFields = (reader: Reader): Promise<CustomField[]> =>
  reader.query(
    'findCustomFields',
    sql`select ${columns(CustomFieldTable, 't')} from custom_field t where t.entity = 'customer' and t.deleted_at is null
        order by t.created_at, t.id limit ${LIMITS.fields}`,
  );

export const customFieldKeys = async (reader: Reader): Promise<string[]> => (await customFields(reader)).map(({ key }) => key);
