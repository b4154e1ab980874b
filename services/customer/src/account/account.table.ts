// The account table: schema and list. [Account AC-1] is held by the partial unique index one_account_per_customer.
import { customerColumns, rowColumns } from '@customer360/kernel/entity';
import { field } from '@customer360/kernel/filter';
import { searchIn } from '@customer360/kernel/list';
import { keyset } from '@customer360/kernel/paging';
import { columns, raw, sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { EntitySchema } from 'typeorm';
import type { ListSpec } from '../list.ts';
import { customerField, visibleChild } from '../scope.ts';
import type { Account } from './account.ts';

export const AccountTable = new EntitySchema<Account>({
  name: 'account',
  columns: {
    ...rowColumns,
    ...customerColumns,
    legalName: { name: 'legal_name', type: 'text' },
    dbaName: { name: 'dba_name', type: 'text', nullable: true },
    taxId: { name: 'tax_id', type: 'text', nullable: true },
    taxIdKey: { name: 'tax_id_key', type: 'text', nullable: true },
    taxIdVerified: { name: 'tax_id_verified', type: 'boolean' },
    country: { type: 'char', length: 2, nullable: true },
    industry: { type: 'text', nullable: true },
    employeeCount: { name: 'employee_count', type: 'text', nullable: true },
    annualRevenue: { name: 'annual_revenue', type: 'text', nullable: true },
    website: { type: 'text', nullable: true },
    deletionId: { name: 'deletion_id', type: 'uuid', nullable: true },
  },
});

export const accountList: ListSpec<Account> = {
  name: 'listAccounts',
  select: columns(AccountTable, 't'),
  from: raw('account t join customer c on c.id = t.customer_id'),
  visible: visibleChild,
  search: searchIn('t.legal_name', 't.dba_name'),
  order: keyset({
    fields: {
      LEGAL_NAME: { column: raw('t.legal_name'), type: 'text' },
      INDUSTRY: { column: raw('t.industry'), type: 'text', nullable: true },
      CREATED_AT: { column: raw('t.created_at'), type: 'timestamptz' },
      UPDATED_AT: { column: raw('t.updated_at'), type: 'timestamptz' },
    },
    id: raw('t.id'),
    default: [{ field: 'LEGAL_NAME', direction: 'ASC' }],
  }),
  filter: {
    customerId: customerField('t.customer_id'),
    legalName: field('t.legal_name', 'text'),
    industry: field('t.industry', 'text'),
    country: field('t.country', 'text'),
    employeeCount: field('t.employee_count', 'enum'),
    annualRevenue: field('t.annual_revenue', 'enum'),
    taxIdVerified: field('t.tax_id_verified', 'bool'),
    createdAt: field('t.created_at', 'timestamptz'),
  },
};

/** The live account of a customer. */
export const accountOf = (tx: Tx, customerId: string): Promise<Account | undefined> =>
  tx.one(
    'findAccountOfCustomer',
    sql`select ${columns(AccountTable, 't')} from account t where t.customer_id = ${customerId} and t.deleted_at is null`,
  );
