// The address table: schema and list. [Address AC-1] is held by the partial unique index one_default_per_type.
import { customerColumns, rowColumns } from '@customer360/kernel/entity';
import { field } from '@customer360/kernel/filter';
import { searchIn } from '@customer360/kernel/list';
import { keyset } from '@customer360/kernel/paging';
import { columns, raw, sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { EntitySchema } from 'typeorm';
import type { ListSpec } from '../list.ts';
import { customerField, visibleChild } from '../scope.ts';
import type { Address } from './address.ts';

export const AddressTable = new EntitySchema<Address>({
  name: 'address',
  columns: {
    ...rowColumns,
    ...customerColumns,
    addressType: { name: 'address_type', type: 'text' },
    isDefault: { name: 'is_default', type: 'boolean' },
    streetLine1: { name: 'street_line_1', type: 'text' },
    streetLine2: { name: 'street_line_2', type: 'text', nullable: true },
    city: { type: 'text' },
    stateProvince: { name: 'state_province', type: 'text', nullable: true },
    postalCode: { name: 'postal_code', type: 'text', nullable: true },
    country: { type: 'char', length: 2 },
    latitude: { type: 'numeric', precision: 8, scale: 6, nullable: true },
    longitude: { type: 'numeric', precision: 9, scale: 6, nullable: true },
    coordinatePrecision: { name: 'coordinate_precision', type: 'text', nullable: true },
    coordinateSource: { name: 'coordinate_source', type: 'text', nullable: true },
    coordinatesAt: { name: 'coordinates_at', type: 'timestamptz', nullable: true },
    geocodeDueAt: { name: 'geocode_due_at', type: 'timestamptz', nullable: true },
    geocodeAttempts: { name: 'geocode_attempts', type: 'int' },
    deletionId: { name: 'deletion_id', type: 'uuid', nullable: true },
  },
});

export const addressList: ListSpec<Address> = {
  name: 'listAddresses',
  select: columns(AddressTable, 't'),
  from: raw('address t join customer c on c.id = t.customer_id'),
  visible: visibleChild,
  search: searchIn('t.street_line_1', 't.street_line_2', 't.city', 't.postal_code'),
  order: keyset({
    fields: {
      IS_DEFAULT: { column: raw('t.is_default'), type: 'bool' },
      ADDRESS_TYPE: { column: raw('t.address_type'), type: 'text' },
      CITY: { column: raw('t.city'), type: 'text' },
      POSTAL_CODE: { column: raw('t.postal_code'), type: 'text', nullable: true },
      COUNTRY: { column: raw('t.country'), type: 'text' },
      CREATED_AT: { column: raw('t.created_at'), type: 'timestamptz' },
      UPDATED_AT: { column: raw('t.updated_at'), type: 'timestamptz' },
    },
    id: raw('t.id'),
    default: [{ field: 'CREATED_AT', direction: 'DESC' }],
  }),
  filter: {
    customerId: customerField('t.customer_id'),
    addressType: field('t.address_type', 'enum'),
    isDefault: field('t.is_default', 'bool'),
    city: field('t.city', 'text'),
    stateProvince: field('t.state_province', 'text'),
    postalCode: field('t.postal_code', 'text'),
    country: field('t.country', 'text'),
    coordinatePrecision: field('t.coordinate_precision', 'enum'),
    createdAt: field('t.created_at', 'timestamptz'),
  },
};

const DEFAULTS_FIRST = [{ field: 'IS_DEFAULT', direction: 'DESC' }, { field: 'ADDRESS_TYPE' }, { field: 'CREATED_AT' }] as const;

/** The addresses of one customer, defaults first. */
export const addressesOfCustomer: ListSpec<Address> = {
  ...addressList,
  order: { plan: (args, max) => addressList.order.plan({ ...args, orderBy: DEFAULTS_FIRST }, max) },
};

/** The country of the headquarters, else of a billing address, defaults first. */
export async function countryOfAddress(tx: Tx, customerId: string): Promise<string | null> {
  const row = await tx.one<{ country: string }>(
    'findCountryOfAddress',
    sql`select country from address where customer_id = ${customerId} and deleted_at is null and address_type in ('headquarters', 'billing')
        order by address_type desc, is_default desc, created_at, id limit 1`,
  );
  return row?.country ?? null;
}
