// The census of the interaction service: what every column is and what merge, erasure, export and retention do with it (privacy.md). A test compares
// it with the live schema and fails on a column that is missing here.
import {
  type Census,
  columnsOf,
  customerCensus,
  directoryCensus,
  kernelCensus,
  plainColumns,
  pseudonym,
  rowCensus,
  told,
} from '@customer360/customer-data/census';

/** What people wrote or said: cleared by an erasure, part of an export. */
const content = { class: 'content', erase: 'redact', export: true } as const;
/** Derived from content; follows it. */
const derived = { class: 'content', erase: 'delete', export: false } as const;

export const census: Census = {
  ...kernelCensus,
  ...directoryCensus,
  interaction: {
    customer: 'customer_id',
    columns: {
      ...rowCensus,
      ...customerCensus,
      ...columnsOf(pseudonym, 'contact_id'),
      ...columnsOf(told, 'interaction_type', 'direction', 'occurred_at', 'duration_minutes', 'outcome', 'source'),
      ...columnsOf(content, 'subject', 'description', 'sentiment'),
      ...columnsOf({ class: 'identifier', erase: 'clear', export: true }, 'external_id'),
      ...plainColumns('backdated'),
      ...columnsOf(told, 'related_records'),
      ...columnsOf(derived, 'search'),
    },
    merge: 'repoint',
    retain: 'interaction_data',
  },
  note: {
    customer: 'customer_id',
    columns: {
      ...rowCensus,
      ...customerCensus,
      ...columnsOf(told, 'related_type', 'related_id'),
      ...columnsOf(content, 'title', 'content'),
      ...plainColumns('is_pinned', 'visibility'),
      ...columnsOf(derived, 'search'),
    },
    merge: 'repoint',
    retain: 'interaction_data',
  },
  activity: {
    customer: 'customer_id',
    columns: {
      ...rowCensus,
      ...customerCensus,
      ...columnsOf(pseudonym, 'contact_id', 'assigned_to', 'result_interaction_id'),
      ...columnsOf(told, 'activity_type', 'due_date', 'priority', 'status', 'completed_at'),
      ...columnsOf(content, 'subject', 'description'),
      ...plainColumns('reminder_at'),
      ...columnsOf(derived, 'search'),
    },
    merge: 'repoint',
    retain: 'interaction_data',
  },
  timeline_item: {
    customer: 'customer_id',
    columns: {
      ...customerCensus,
      ...columnsOf(pseudonym, 'id', 'source_id', 'actor_id'),
      ...plainColumns('kind', 'icon', 'highlight', 'pinned', 'actor_kind', 'visibility', 'revision', 'applied_at', 'shown'),
      ...columnsOf(told, 'occurred_at', 'status'),
      ...columnsOf(derived, 'display'),
    },
    merge: 'repoint',
    retain: 'interaction_data',
  },
};
