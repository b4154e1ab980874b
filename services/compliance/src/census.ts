// What every column of this service's tables is, and what merge, erasure, export and retention do with it (privacy.md, "Census").
// Consent is proof, kept seven years [Retention consent_records]; the audit trail holds nothing personal, so erasure never touches it.
// `merge: keep`: rows stay with the identity they were made for, and reads follow the redirect (identity/sides.table.ts).
import {
  type Census,
  type ColumnCensus,
  columnsOf,
  customerCensus,
  directoryCensus,
  kernelCensus,
  plainColumns,
  pseudonym,
  rowCensus,
  told,
} from '@customer360/customer-data/census';

const freeText: ColumnCensus = { class: 'content', erase: 'redact', export: true };

export const census: Census = {
  ...kernelCensus,
  ...directoryCensus,
  consent_record: {
    customer: 'customer_id',
    columns: {
      ...customerCensus,
      ...columnsOf(pseudonym, 'id', 'statement_id', 'covers', 'created_by_id'),
      ...columnsOf(told, 'consent_type', 'granted', 'granted_at', 'revoked_at', 'source', 'legal_basis', 'privacy_policy_version'),
      ...columnsOf(told, 'notice_version', 'notice_hash', 'language', 'valid_until', 'recipients', 'withdrawal_method', 'retention'),
      ...columnsOf(told, 'jurisdiction', 'created_at'),
      ...plainColumns('place', 'created_by_kind'),
    },
    merge: 'keep',
    retain: 'consent_records',
  },
  consent_origin: {
    customer: 'customer_id',
    columns: {
      ...columnsOf(pseudonym, 'consent_record_id', 'customer_id'),
      ip_address: { class: 'identifier', erase: 'delete', export: true },
    },
    merge: 'keep',
    retain: 'consent_records',
  },
  restriction_record: {
    customer: 'customer_id',
    columns: {
      ...customerCensus,
      ...columnsOf(pseudonym, 'id', 'covers', 'created_by_id'),
      ...columnsOf(told, 'processing_restricted', 'processing_restricted_since', 'do_not_process', 'do_not_process_since', 'created_at'),
      ...columnsOf(freeText, 'processing_restricted_reason', 'do_not_process_reason'),
      ...plainColumns('version', 'created_by_kind'),
    },
    merge: 'keep',
    retain: 'consent_records',
  },
  deletion_request: {
    customer: 'customer_id',
    columns: {
      ...rowCensus,
      ...customerCensus,
      ...columnsOf(pseudonym, 'verified_by', 'processed_by'),
      ...columnsOf(told, 'request_type', 'requested_at', 'requested_via', 'verification_method', 'verified_at', 'status', 'deadline'),
      ...columnsOf(told, 'deadline_extended_at', 'completed_at', 'affected_records'),
      ...columnsOf(freeText, 'details', 'rejection_reason', 'deadline_extension_reason'),
      ...plainColumns('escalated_at'),
    },
    merge: 'keep',
    retain: 'audit_logs',
  },
  legal_hold: {
    customer: 'customer_id',
    columns: {
      ...rowCensus,
      ...customerCensus,
      ...columnsOf({ class: 'content', erase: 'redact', export: false }, 'reference', 'reason', 'lifted_reason'),
      ...plainColumns('placed_at', 'lifted_at'),
    },
    merge: 'keep',
    retain: 'audit_logs',
  },
  audit_entry: {
    customer: 'customer_id',
    columns: {
      ...columnsOf(pseudonym, 'id', 'customer_id', 'actor_id', 'subject_id', 'request_id'),
      ...columnsOf(told, 'at', 'action', 'details', 'why', 'door'),
      ...plainColumns('sequence', 'actor_kind', 'actor_roles', 'subject_type', 'previous_hash', 'hash'),
    },
    merge: 'keep',
    retain: 'audit_logs',
  },
};
