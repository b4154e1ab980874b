// The census: what every column of every table is, and what merge, erasure, export and retention do with it, in one machine-readable place
// per service. A test compares it with the live schema and fails on an undeclared column: no table may stay silent (architecture.md, privacy.md).

/** What kind of data a column holds (privacy.md, "Census"). */
export type ColumnClass = 'none' | 'identifier' | 'contact' | 'content' | 'sensitive' | 'pseudonym';

/** What an erasure does with a column. */
export type Erasure = 'keep' | 'clear' | 'redact' | 'delete';

export interface ColumnCensus {
  readonly class: ColumnClass;
  readonly erase: Erasure;
  /** Part of a data subject's export. */
  readonly export: boolean;
  /** A person may write anything here, so that cards, social security numbers and IBANs are flagged [PII in notes field]. */
  readonly freeText?: boolean;
}

export interface TableCensus {
  /** The column that names the customer; null for tables that hold nothing of one. */
  readonly customer: string | null;
  readonly columns: Readonly<Record<string, ColumnCensus>>;
  /** What a merge does with the rows: re-point them, keep them where they are, or fold them by a rule of their service. */
  readonly merge: 'repoint' | 'keep' | 'fold';
  /** The catalogue's retention policy that rules these rows, or `operational` for markers that are pruned. */
  readonly retain:
    | 'active_customers'
    | 'churned_customers'
    | 'interaction_data'
    | 'consent_records'
    | 'marketing_data'
    | 'audit_logs'
    | 'operational'
    | 'configuration';
}

export type Census = Readonly<Record<string, TableCensus>>;

const plain: ColumnCensus = { class: 'none', erase: 'keep', export: false };

/** Ids that stand for a person. */
export const pseudonym: ColumnCensus = { class: 'pseudonym', erase: 'keep', export: false };

/** Of a customer, but nothing personal once nobody stands behind it; part of an export. */
export const told: ColumnCensus = { class: 'none', erase: 'keep', export: true };

/** Columns of one class. */
export const columnsOf = (entry: ColumnCensus, ...names: readonly string[]): Record<string, ColumnCensus> =>
  Object.fromEntries(names.map((name) => [name, entry]));

/** Columns without personal meaning. */
export const plainColumns = (...names: readonly string[]): Record<string, ColumnCensus> => columnsOf(plain, ...names);

/** The columns of every row (`rowColumns`); a portal user may be the creator, so that is a pseudonym. */
export const rowCensus: Record<string, ColumnCensus> = {
  ...plainColumns('version', 'created_at', 'created_by_kind', 'updated_at', 'deleted_at'),
  ...columnsOf(pseudonym, 'id', 'created_by_id'),
};

/** The columns of a customer's child row (`customerColumns`). */
export const customerCensus: Record<string, ColumnCensus> = columnsOf(pseudonym, 'customer_id', 'origin_customer_id');

const operational = (columns: Record<string, ColumnCensus>): TableCensus => ({
  customer: null,
  columns,
  merge: 'keep',
  retain: 'operational',
});

/** The kernel's tables. Outbox and parking lot hold state records for seconds, so they may hold personal values and are deleted with the key. */
export const kernelCensus: Census = {
  aggregate: operational({ ...columnsOf(pseudonym, 'key'), ...plainColumns('version') }),
  outbox: operational({
    ...plainColumns('position', 'id', 'topic', 'created_at'),
    ...columnsOf(pseudonym, 'key', 'headers'),
    payload: { class: 'content', erase: 'delete', export: false },
  }),
  idempotency: operational({
    ...plainColumns('key', 'operation', 'input_hash', 'created_at'),
    ...columnsOf(pseudonym, 'actor', 'result_id'),
  }),
  consumer_offset: operational(plainColumns('topic', 'partition', 'next_offset')),
  consumer_seen: operational({ ...plainColumns('topic', 'sequence'), ...columnsOf(pseudonym, 'key') }),
  consumer_inbox: operational(plainColumns('event_id', 'received_at')),
  parked: operational({
    ...plainColumns(
      'id',
      'topic',
      'event_id',
      'sequence',
      'partition',
      'record_offset',
      'reason',
      'detail',
      'attempts',
      'parked_at',
      'retry_at',
    ),
    ...columnsOf(pseudonym, 'key', 'headers'),
    payload: { class: 'content', erase: 'delete', export: false },
  }),
  migration: { customer: null, columns: plainColumns('id', 'timestamp', 'name'), merge: 'keep', retain: 'configuration' },
};

/** The directory's tables. */
export const directoryCensus: Census = {
  directory_customer: {
    customer: 'customer_id',
    columns: {
      ...plainColumns(
        'version',
        'redirect_version',
        'type',
        'status',
        'source',
        'initial_stage',
        'country',
        'created_at',
        'deleted_at',
        'processing_restricted',
        'do_not_process',
        'restrictions_version',
      ),
      ...columnsOf(pseudonym, 'customer_id', 'owner_id', 'merged_into'),
    },
    merge: 'keep',
    retain: 'active_customers',
  },
  directory_staff: {
    customer: null,
    columns: { ...plainColumns('version', 'team', 'roles', 'active'), ...columnsOf(pseudonym, 'staff_id', 'manager_id') },
    merge: 'keep',
    retain: 'configuration',
  },
  directory_contact: {
    customer: 'customer_id',
    columns: {
      ...plainColumns('version', 'do_not_contact', 'active', 'deleted_at'),
      ...columnsOf(pseudonym, 'contact_id', 'customer_id', 'origin_customer_id'),
    },
    // Its state records move it.
    merge: 'keep',
    retain: 'active_customers',
  },
};
