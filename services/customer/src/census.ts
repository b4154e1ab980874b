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
/** What people write as they like. [PII in notes field] */
const freeText: ColumnCensus = { ...content, freeText: true };
/** The same in what is set up rather than recorded of a customer: names and descriptions for everybody to read. */
const plainFreeText: ColumnCensus = { class: 'none', erase: 'keep', export: false, freeText: true };
const child = { ...rowCensus, ...customerCensus, ...columnsOf(pseudonym, 'deletion_id') };

export const census: Census = {
  customer: {
    customer: 'id',
    columns: {
      ...rowCensus,
      ...columnsOf(told, 'type', 'status', 'source', 'processing_restricted', 'do_not_process', 'legal_hold', 'deletion_open'),
      display_name: { class: 'identifier', erase: 'redact', export: true },
      folded_name: { class: 'identifier', erase: 'redact', export: false },
      ...columnsOf(identifier, 'external_id'),
      ...columnsOf(contactable, 'email', 'phone'),
      ...columnsOf({ ...contactable, export: false }, 'email_key', 'phone_e164'),
      ...columnsOf(pseudonym, 'owner_id', 'parent_id', 'merged_into', 'deletion_id'),
      custom: { ...told, freeText: true },
      custom_personal: freeText,
      ...plainColumns(
        'redirect_version',
        'initial_stage',
        'stage_category',
        'lifecycle_version',
        'total_revenue',
        'revenue_currency',
        'open_activities',
        'interaction_version',
        'compliance_version',
      ),
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
      folded_name: { class: 'identifier', erase: 'redact', export: false },
      ...columnsOf(contactable, 'email', 'phone'),
      ...columnsOf({ ...contactable, export: false }, 'email_key', 'phone_e164'),
      job_title: freeText,
      ...columnsOf(told, 'roles', 'is_primary', 'status', 'communication_preference', 'do_not_contact'),
    },
    merge: 'fold',
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
      street_line_2: { ...contactable, freeText: true },
      ...columnsOf(contactable, 'state_province', 'postal_code', 'latitude', 'longitude'),
      city: { ...contactable, erase: 'redact' },
    },
    merge: 'fold',
    retain: 'active_customers',
  },
  relationship: {
    customer: 'from_customer_id',
    columns: {
      ...rowCensus,
      ...columnsOf(pseudonym, 'from_customer_id', 'origin_from_customer_id', 'to_customer_id', 'origin_to_customer_id', 'deletion_id'),
      ...columnsOf(told, 'relationship_type', 'start_date', 'end_date'),
      notes: freeText,
    },
    merge: 'fold',
    retain: 'active_customers',
  },
  merge: {
    customer: 'survivor_id',
    columns: {
      ...rowCensus,
      ...plainColumns(
        'status',
        'choices',
        'expected_versions',
        'records',
        'decided_by_kind',
        'merged_at',
        'position',
        'unmerged_at',
        'journal_erased_at',
      ),
      ...columnsOf(pseudonym, 'survivor_id', 'retired_ids', 'decided_by_id'),
      rejection_reason: freeText,
    },
    merge: 'keep',
    retain: 'audit_logs',
  },
  merge_identity: {
    customer: 'customer_id',
    columns: { ...plainColumns('redirect_version'), ...columnsOf(pseudonym, 'merge_id', 'customer_id', 'previous_survivor_id') },
    merge: 'keep',
    retain: 'audit_logs',
  },
  merge_change: {
    customer: null,
    columns: {
      ...plainColumns('table_name'),
      ...columnsOf(pseudonym, 'merge_id', 'row_id'),
      ...columnsOf({ class: 'content', erase: 'delete', export: false }, 'before', 'after'),
    },
    merge: 'keep',
    retain: 'operational',
  },
  merge_progress: {
    customer: 'customer_id',
    columns: { ...plainColumns('service', 'redirect_version', 'rows', 'applied_at'), ...columnsOf(pseudonym, 'customer_id') },
    merge: 'keep',
    retain: 'operational',
  },
  match_key: {
    customer: 'customer_id',
    columns: {
      ...plainColumns('kind'),
      ...columnsOf({ class: 'identifier', erase: 'delete', export: false }, 'key'),
      ...columnsOf(pseudonym, 'customer_id'),
    },
    merge: 'fold',
    retain: 'active_customers',
  },
  match_state: {
    customer: 'customer_id',
    columns: {
      ...plainColumns('key_version', 'kinds', 'changes', 'checked'),
      ...columnsOf({ class: 'identifier', erase: 'clear', export: false }, 'keys', 'fingerprint'),
      ...columnsOf(pseudonym, 'customer_id'),
    },
    merge: 'fold',
    retain: 'active_customers',
  },
  duplicate_candidate: {
    customer: 'customer_id',
    columns: {
      ...plainColumns('id', 'score', 'model_version', 'state', 'found_at', 'updated_at', 'dismissed_at', 'dismissed_by_kind'),
      ...columnsOf(pseudonym, 'customer_id', 'other_customer_id', 'dismissed_by_id', 'dismissed_fingerprints'),
      ...columnsOf({ class: 'content', erase: 'delete', export: false }, 'reasons'),
      dismiss_reason: { class: 'content', erase: 'delete', export: false, freeText: true },
    },
    merge: 'fold',
    retain: 'active_customers',
  },
  matching_model: {
    customer: null,
    columns: {
      ...plainColumns('version', 'model', 'customers', 'pairs', 'learned_at', 'promoted_at', 'promoted_by_kind'),
      ...columnsOf(pseudonym, 'promoted_by_id'),
    },
    merge: 'keep',
    retain: 'configuration',
  },
  matching_upkeep: {
    customer: null,
    columns: plainColumns('id', 'statistics', 'counted_at', 'pass_day', 'pass_after'),
    merge: 'keep',
    retain: 'operational',
  },
  import: {
    customer: null,
    columns: {
      ...rowCensus,
      ...plainColumns(
        'status',
        'format',
        'encoding',
        'delimiter',
        'bytes',
        'sha256',
        'refusal',
        'mapping',
        'options',
        'actor_roles',
        'upload_id',
      ),
      ...plainColumns('rows_total', 'rows_done', 'counts', 'step_started_at', 'finished_at', 'worked_at', 'cleared_at'),
      ...columnsOf(pseudonym, 'actor_id'),
      // Samples stand in `columns`; retention clears both.
      ...columnsOf({ ...content, export: false }, 'file_name', 'columns'),
    },
    merge: 'keep',
    retain: 'operational',
  },
  import_file: {
    customer: null,
    columns: {
      ...plainColumns('import_id', 'upload_id', 'position', 'stored_at'),
      content: { class: 'content', erase: 'delete', export: false },
    },
    merge: 'keep',
    retain: 'operational',
  },
  import_row: {
    customer: 'customer_id',
    columns: {
      ...plainColumns('import_id', 'row', 'id', 'line', 'verdict', 'match_row', 'match_score', 'decision', 'outcome'),
      ...columnsOf(pseudonym, 'customer_id', 'match_id'),
      ...columnsOf({ ...content, export: false }, 'cells', 'unreadable', 'errors', 'match_reasons', 'message', 'row_hash'),
    },
    merge: 'keep',
    retain: 'operational',
  },
  import_key: {
    customer: null,
    columns: { ...plainColumns('import_id', 'kind', 'row'), key: { class: 'identifier', erase: 'delete', export: false } },
    merge: 'keep',
    retain: 'operational',
  },
  import_change: {
    customer: 'customer_id',
    columns: {
      ...plainColumns('import_id', 'id', 'row', 'table_name', 'version'),
      ...columnsOf(pseudonym, 'customer_id', 'row_id'),
      ...columnsOf({ class: 'content', erase: 'delete', export: false }, 'before', 'after'),
    },
    merge: 'keep',
    retain: 'operational',
  },
  import_token: {
    customer: null,
    columns: plainColumns('token_hash', 'import_id', 'purpose', 'expires_at'),
    merge: 'keep',
    retain: 'operational',
  },
  import_template: {
    customer: null,
    columns: { ...rowCensus, ...plainColumns('columns', 'options'), name: plainFreeText },
    merge: 'keep',
    retain: 'configuration',
  },
  bulk_job: {
    customer: null,
    columns: {
      ...rowCensus,
      ...plainColumns('action', 'status', 'actor_roles', 'items_total', 'items_ok', 'items_skipped', 'items_refused'),
      ...plainColumns('decided_by_kind', 'started_at', 'finished_at', 'worked_at', 'file_expires_at', 'cleared_at'),
      ...columnsOf(pseudonym, 'decided_by_id'),
      // Values of personal custom fields may stand in `arguments`; retention clears them.
      ...columnsOf({ ...content, export: false }, 'arguments'),
      rejection_reason: { ...freeText, export: false },
    },
    merge: 'keep',
    retain: 'audit_logs',
  },
  bulk_slice: {
    customer: null,
    columns: { ...plainColumns('job_id', 'position'), ...columnsOf(pseudonym, 'customer_ids') },
    merge: 'keep',
    retain: 'operational',
  },
  bulk_item: {
    customer: 'customer_id',
    columns: { ...plainColumns('job_id', 'position', 'id', 'outcome', 'reason'), ...columnsOf(pseudonym, 'customer_id') },
    merge: 'keep',
    retain: 'operational',
  },
  bulk_file: {
    customer: null,
    columns: { ...plainColumns('job_id', 'position'), content: { class: 'content', erase: 'delete', export: false } },
    merge: 'keep',
    retain: 'operational',
  },
  bulk_token: {
    customer: null,
    columns: plainColumns('token_hash', 'job_id', 'expires_at'),
    merge: 'keep',
    retain: 'operational',
  },
  tag: {
    customer: null,
    columns: { ...rowCensus, ...plainColumns('colour', 'merged_into'), name: plainFreeText },
    merge: 'keep',
    retain: 'configuration',
  },
  customer_tag: {
    customer: 'customer_id',
    columns: {
      ...customerCensus,
      ...columnsOf(told, 'tag_id', 'created_at'),
      ...plainColumns('created_by_kind'),
      ...columnsOf(pseudonym, 'created_by_id'),
    },
    merge: 'repoint',
    retain: 'active_customers',
  },
  custom_field: {
    customer: null,
    columns: {
      ...rowCensus,
      ...plainColumns('entity', 'key', 'type', 'choices', 'required', 'personal'),
      ...columnsOf(plainFreeText, 'label', 'description'),
    },
    merge: 'keep',
    retain: 'configuration',
  },
  saved_view: {
    customer: null,
    columns: {
      ...rowCensus,
      ...plainColumns('order_by', 'columns', 'audience', 'team'),
      ...columnsOf(pseudonym, 'owner_id'),
      // What somebody looks for may name a person; it goes with the view.
      ...columnsOf({ class: 'content', erase: 'delete', export: false, freeText: true }, 'name', 'search', 'filter'),
    },
    merge: 'keep',
    retain: 'configuration',
  },
  override_token: {
    customer: null,
    columns: { ...plainColumns('token_hash', 'input_hash', 'expires_at'), ...columnsOf(pseudonym, 'actor', 'candidate_ids') },
    merge: 'keep',
    retain: 'operational',
  },
  portal_user: {
    customer: 'customer_id',
    columns: {
      ...rowCensus,
      ...customerCensus,
      ...columnsOf(pseudonym, 'contact_id'),
      ...plainColumns('state', 'issuer'),
      subject: { ...identifier, export: false },
    },
    merge: 'repoint',
    retain: 'active_customers',
  },
  portal_link: {
    customer: null,
    columns: { ...plainColumns('token_hash', 'created_at', 'expires_at'), ...columnsOf(pseudonym, 'portal_user_id') },
    merge: 'keep',
    retain: 'operational',
  },
  profile_change_request: {
    customer: 'customer_id',
    columns: {
      ...rowCensus,
      ...customerCensus,
      ...columnsOf(pseudonym, 'contact_id', 'decided_by_id'),
      ...columnsOf(told, 'field', 'state'),
      ...columnsOf(identifier, 'old_value', 'new_value'),
      email_key: { ...contactable, export: false },
      reason: freeText,
      ...plainColumns('decided_at', 'decided_by_kind', 'token_hash', 'expires_at'),
    },
    merge: 'repoint',
    retain: 'active_customers',
  },
  profile_change_log: {
    customer: 'customer_id',
    columns: {
      ...customerCensus,
      ...columnsOf(pseudonym, 'id', 'contact_id', 'request_id', 'actor_id'),
      ...columnsOf(told, 'action', 'fields', 'changed_at'),
      ...plainColumns('actor_kind'),
      ...columnsOf({ class: 'identifier', erase: 'delete', export: true }, 'ip', 'user_agent'),
    },
    merge: 'repoint',
    retain: 'audit_logs',
  },
  mail: {
    customer: 'customer_id',
    columns: {
      ...columnsOf(pseudonym, 'id', 'customer_id'),
      ...columnsOf({ ...contactable, erase: 'delete', export: false }, 'recipient'),
      ...columnsOf({ ...content, erase: 'delete', export: false }, 'subject', 'body'),
      ...plainColumns('created_at', 'due_at', 'attempts', 'sent_at', 'given_up_at'),
    },
    merge: 'keep',
    retain: 'operational',
  },
  text_flag: {
    customer: 'customer_id',
    columns: {
      ...customerCensus,
      ...columnsOf(pseudonym, 'id', 'row_id', 'reviewed_by_id'),
      ...plainColumns('noun', 'field', 'kinds', 'state', 'found_at', 'reviewed_at', 'reviewed_by_kind'),
    },
    merge: 'repoint',
    retain: 'active_customers',
  },
  hand_over: {
    customer: null,
    columns: { ...plainColumns('customers', 'started_at', 'finished_at'), ...columnsOf(pseudonym, 'staff_id', 'to_staff_id') },
    merge: 'keep',
    retain: 'configuration',
  },
  invoice_authorisation: {
    customer: 'customer_id',
    columns: {
      ...customerCensus,
      ...columnsOf(pseudonym, 'id', 'created_by_id'),
      ...columnsOf(told, 'created_at'),
      ...plainColumns('created_by_kind'),
      reference: freeText,
    },
    merge: 'repoint',
    retain: 'active_customers',
  },
  staff_member: {
    customer: null,
    columns: {
      ...rowCensus,
      ...columnsOf({ ...identifier, erase: 'redact', export: false }, 'name', 'email', 'email_key'),
      ...plainColumns('roles', 'team', 'active', 'invited', 'issuer'),
      ...columnsOf(pseudonym, 'manager_id'),
      subject: { ...identifier, export: false },
    },
    merge: 'keep',
    retain: 'configuration',
  },
  staff_link: {
    customer: null,
    columns: { ...plainColumns('token_hash', 'created_at', 'expires_at'), ...columnsOf(pseudonym, 'staff_id') },
    merge: 'keep',
    retain: 'operational',
  },
};
