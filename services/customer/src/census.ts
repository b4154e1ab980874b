// The census of the customer service: what each column of each table is, and what erasure, export, merge and retention do with it.
// A test compares it with the live schema and fails on an undeclared column (architecture.md, "No table may stay silent").
import {
  type Census,
  type ColumnCensus,
  columnsOf,
  customerCensus,
  plainColumns,
  pseudonym,
  rowCensus,
  told,
} from '@customer360/customer-data/census';

const identifier: ColumnCensus = { class: 'identifier', erase: 'clear', export: true };
const contactable: ColumnCensus = { class: 'contact', erase: 'clear', export: true };
const content: ColumnCensus = { class: 'content', erase: 'clear', export: true };
const child = { ...rowCensus, ...customerCensus, ...columnsOf(pseudonym, 'deletion_id') };

export const census: Census = {
  customer: {
    customer: 'id',
    columns: {
      ...rowCensus,
      ...columnsOf(told, 'type', 'status', 'source', 'processing_restricted', 'do_not_process'),
      display_name: { class: 'identifier', erase: 'redact', export: true },
      ...columnsOf(identifier, 'external_id'),
      ...columnsOf(contactable, 'email', 'phone'),
      ...columnsOf({ ...contactable, export: false }, 'email_key', 'phone_e164'),
      ...columnsOf(pseudonym, 'owner_id', 'parent_id', 'merged_into', 'deletion_id'),
      ...plainColumns('initial_stage', 'stage_category', 'lifecycle_version', 'compliance_version'),
    },
    merge: 'fold',
    retain: 'active_customers',
  },
  external_id: {
    customer: 'customer_id',
    columns: {
      ...plainColumns('system', 'created_at', 'deleted_at'),
      ...columnsOf(pseudonym, 'id', 'customer_id', 'origin_customer_id', 'deletion_id'),
      external_id: { class: 'identifier', erase: 'delete', export: true },
    },
    merge: 'repoint',
    retain: 'active_customers',
  },
  contact: {
    customer: 'customer_id',
    columns: {
      ...child,
      ...columnsOf({ ...identifier, erase: 'redact' }, 'first_name', 'last_name'),
      ...columnsOf(contactable, 'email', 'phone'),
      ...columnsOf({ ...contactable, export: false }, 'email_key', 'phone_e164'),
      ...columnsOf(content, 'job_title'),
      ...columnsOf(told, 'roles', 'is_primary', 'status', 'communication_preference', 'do_not_contact'),
    },
    merge: 'repoint',
    retain: 'active_customers',
  },
  account: {
    customer: 'customer_id',
    columns: {
      ...child,
      legal_name: { ...identifier, erase: 'redact' },
      ...columnsOf(identifier, 'dba_name', 'tax_id', 'website'),
      tax_id_key: { ...identifier, export: false },
      ...columnsOf(told, 'tax_id_verified', 'country', 'industry', 'employee_count', 'annual_revenue'),
    },
    merge: 'fold',
    retain: 'active_customers',
  },
  address: {
    customer: 'customer_id',
    columns: {
      ...child,
      ...columnsOf(told, 'address_type', 'is_default', 'country'),
      street_line_1: { ...contactable, erase: 'redact' },
      ...columnsOf(contactable, 'street_line_2', 'state_province', 'postal_code', 'latitude', 'longitude'),
      city: { ...contactable, erase: 'redact' },
    },
    merge: 'repoint',
    retain: 'active_customers',
  },
  relationship: {
    customer: 'from_customer_id',
    columns: {
      ...rowCensus,
      ...columnsOf(pseudonym, 'from_customer_id', 'origin_from_customer_id', 'to_customer_id', 'origin_to_customer_id', 'deletion_id'),
      ...columnsOf(told, 'relationship_type', 'start_date', 'end_date'),
      ...columnsOf(content, 'notes'),
    },
    merge: 'fold',
    retain: 'active_customers',
  },
  override_token: {
    customer: null,
    columns: { ...plainColumns('token_hash', 'input_hash', 'expires_at'), ...columnsOf(pseudonym, 'actor', 'candidate_ids') },
    merge: 'keep',
    retain: 'operational',
  },
  staff_member: {
    customer: null,
    columns: {
      ...rowCensus,
      ...columnsOf({ ...identifier, erase: 'redact', export: false }, 'name', 'email', 'email_key'),
      ...plainColumns('roles', 'team', 'active'),
      ...columnsOf(pseudonym, 'manager_id'),
    },
    merge: 'keep',
    retain: 'configuration',
  },
};
