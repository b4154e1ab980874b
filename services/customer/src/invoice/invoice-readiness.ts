// What an invoice needs of a customer [Missing required for export]: a legal name, a billing address, and of an organisation the tax id. The financial
// module asks before it invoices; what is missing is named, field by field, so that somebody can put it right.
import type { Reader } from '@customer360/kernel/database';
import { sql } from '@customer360/kernel/sql';

export const INVOICE_FIELDS = ['legal_name', 'tax_id', 'billing_address'] as const;
export type InvoiceField = (typeof INVOICE_FIELDS)[number];

/** What is there of a customer; warnings and invoices are judged by it. */
export interface Readiness {
  customerId: string;
  type: 'individual' | 'organization';
  hasContacts: boolean;
  hasLegalName: boolean;
  hasTaxId: boolean;
  hasBillingAddress: boolean;
  hasDefaultAddress: boolean;
  hasDuplicates: boolean;
}

/** What is there of these living customers; one statement. */
export const findReadiness = (db: Reader, customerIds: readonly string[]): Promise<Readiness[]> =>
  db.query(
    'findReadiness',
    sql`select c.id as "customerId", c.type,
          exists (select 1 from contact k where k.customer_id = c.id and k.deleted_at is null) as "hasContacts",
          c.type = 'individual' or a.id is not null as "hasLegalName",
          a.tax_id is not null as "hasTaxId",
          exists (select 1 from address d where d.customer_id = c.id and d.address_type = 'billing' and d.deleted_at is null) as "hasBillingAddress",
          exists (select 1 from address d where d.customer_id = c.id and d.is_default and d.deleted_at is null) as "hasDefaultAddress",
          exists (select 1 from duplicate_candidate p where p.state = 'open' and (p.customer_id = c.id or p.other_customer_id = c.id)) as "hasDuplicates"
        from customer c left join account a on a.customer_id = c.id and a.deleted_at is null
        where c.id = any(${[...customerIds]}::uuid[])`,
  );

/** What is missing before this customer can be invoiced, in the order of INVOICE_FIELDS. */
export function missingForInvoice(of: Pick<Readiness, 'type' | 'hasLegalName' | 'hasTaxId' | 'hasBillingAddress'>): InvoiceField[] {
  return INVOICE_FIELDS.filter((field) => {
    if (field === 'legal_name') return !of.hasLegalName;
    if (field === 'tax_id') return of.type === 'organization' && !of.hasTaxId;
    return !of.hasBillingAddress;
  });
}
