// The census of what imports and bulk jobs keep while they work: files, lines, journals and links; see census.ts.
import { type Census, columnsOf, plainColumns, pseudonym, rowCensus } from '@customer360/customer-data/census';
import { content, freeText, plainFreeText } from './census-classes.ts';

export const jobCensus: Census = {
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
};
