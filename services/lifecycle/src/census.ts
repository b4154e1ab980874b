// What every column of this service's tables is, and what merge, erasure, export and retention do with it (privacy.md, "Census").
// History is append-only [LifecycleHistory AC-1]: its free-text reason is redacted by the erasure's own privileged pass, and a merge leaves its
// rows with the identity that they happened to. Facts of other modules are re-pointed and the metrics computed anew.
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
  type TableCensus,
  told,
} from '@customer360/customer-data/census';

const content: ColumnCensus = { class: 'content', erase: 'redact', export: true };
// Amounts and dates say nothing of a person once the customer behind them is anonymous, and accounting needs them: they are `told`.

/** Rows of a customer that another module told us. */
const fact = (columns: Record<string, ColumnCensus>): TableCensus => ({
  customer: 'customer_id',
  columns: { ...customerCensus, ...columns },
  merge: 'repoint',
  retain: 'active_customers',
});

export const census: Census = {
  ...kernelCensus,
  ...directoryCensus,
  lifecycle_stage: {
    customer: null,
    columns: { ...rowCensus, ...plainColumns('name', 'display_order', 'category', 'color', 'description', 'is_active') },
    merge: 'keep',
    retain: 'configuration',
  },
  transition_rule: {
    customer: null,
    columns: {
      ...plainColumns('id', 'from_stage_id', 'to_stage_id', 'requires_override', 'created_at', 'created_by_kind'),
      ...columnsOf(pseudonym, 'created_by_id'),
    },
    merge: 'keep',
    retain: 'configuration',
  },
  customer_lifecycle: {
    customer: 'customer_id',
    columns: {
      ...rowCensus,
      ...customerCensus,
      ...columnsOf(told, 'current_stage_id', 'entered_stage_at', 'previous_stage_id'),
      ...columnsOf(told, 'first_purchase_date', 'last_purchase_date', 'total_revenue', 'unconverted_revenue', 'purchase_count'),
      ...plainColumns('revenue_currency', 'metrics_as_of'),
    },
    merge: 'fold',
    retain: 'active_customers',
  },
  lifecycle_history: {
    customer: 'customer_id',
    columns: {
      ...customerCensus,
      ...columnsOf(pseudonym, 'id', 'created_by_id'),
      ...columnsOf(told, 'from_stage_id', 'to_stage_id', 'changed_at', 'trigger', 'override'),
      ...plainColumns('created_at', 'created_by_kind'),
      reason: content,
    },
    merge: 'keep',
    retain: 'active_customers',
  },
  lifecycle_fold: {
    customer: 'survivor_id',
    columns: {
      ...columnsOf(pseudonym, 'retired_id', 'survivor_id'),
      ...plainColumns('before', 'after', 'folded_at'),
    },
    merge: 'keep',
    retain: 'operational',
  },
  milestone: {
    customer: 'customer_id',
    columns: {
      ...rowCensus,
      ...customerCensus,
      ...columnsOf(told, 'milestone_type', 'occurred_at'),
      ...plainColumns('source_ref'),
      details: content,
    },
    merge: 'repoint',
    retain: 'active_customers',
  },
  stage_refusal: {
    customer: 'customer_id',
    columns: {
      ...rowCensus,
      ...customerCensus,
      ...plainColumns('opportunity_id', 'from_stage_id', 'to_stage_id', 'reason', 'resolved_at'),
    },
    merge: 'repoint',
    retain: 'active_customers',
  },
  invoice: fact({
    number: { class: 'identifier', erase: 'clear', export: true },
    ...columnsOf(told, 'amount', 'currency', 'issued_at', 'due_at', 'voided_at'),
    ...plainColumns('invoice_id', 'stored_at'),
  }),
  payment: fact({
    ...columnsOf(told, 'amount', 'currency', 'converted_amount', 'received_at'),
    ...plainColumns('payment_id', 'invoice_id', 'stored_at'),
  }),
  refund: fact({
    ...columnsOf(told, 'amount', 'currency', 'converted_amount', 'refunded_at'),
    ...plainColumns('refund_id', 'payment_id', 'stored_at'),
  }),
  opportunity: fact({
    name: content,
    ...columnsOf(told, 'amount', 'currency', 'expected_close_date', 'closed_at'),
    ...columnsOf(told, 'stage', 'status', 'changed_at'),
    ...plainColumns('opportunity_id', 'revision', 'event_time', 'stage_moved_at'),
  }),
  support_case: fact({
    ...columnsOf(told, 'satisfaction_score'),
    ...columnsOf(told, 'status', 'priority', 'escalated', 'opened_at', 'first_responded_at', 'closed_at'),
    ...plainColumns('case_id', 'revision', 'event_time'),
  }),
  work_order: fact({
    ...columnsOf(told, 'status', 'scheduled_at', 'completed_at'),
    ...plainColumns('work_order_id', 'revision', 'event_time'),
  }),
  equipment: fact({
    ...columnsOf(content, 'name', 'serial_number'),
    ...columnsOf(told, 'installed_at', 'removed_at'),
    ...plainColumns('equipment_id', 'revision', 'event_time'),
  }),
};
