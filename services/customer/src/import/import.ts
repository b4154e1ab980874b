// An import brings customers from a file [WF-CM-001, Bulk Import]: its states and what may follow, its limits, and what a row is and becomes.
// Pure; the steps stand in their own files: start → read → map → check → decide → confirm → run → undo.
import type { Row } from '@customer360/kernel/entity';
import { type Problem, problem } from '@customer360/kernel/problem';
import type { ImportField } from './fields.ts';

/**
 * `reading`, `checking`, `running` and `undoing` are worked on in the background; in the other states the import waits for a person, or is at
 * its end. `refused` is a file that cannot be read.
 */
export const IMPORT_STATUSES = [
  'awaiting_file',
  'reading',
  'refused',
  'uploaded',
  'checking',
  'previewed',
  'running',
  'done',
  'cancelled',
  'undoing',
  'undone',
] as const;
export type ImportStatus = (typeof IMPORT_STATUSES)[number];

export const FILE_FORMATS = ['csv', 'xlsx'] as const;

/** What the check says of a row. `unchanged` was imported before, from this file or another. */
export const VERDICTS = ['new', 'update', 'unchanged', 'duplicate', 'invalid'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What shall happen to a row; a duplicate waits for a person's decision. */
export const DECISIONS = ['create', 'update', 'skip'] as const;
export type Decision = (typeof DECISIONS)[number];

/** What became of a row. `removed`, `reverted` and `kept` are the answers of an undo. */
export const OUTCOMES = ['created', 'updated', 'unchanged', 'skipped', 'failed', 'removed', 'reverted', 'kept'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const LIMITS = {
  columns: 500,
  cellLength: 32_767,
  fileNameLength: 255,
  /** Bytes of one line of a CSV file, quotes and line breaks inside them included. */
  recordBytes: 1_048_576,
  previewRows: 50,
  errorsPerRow: 20,
} as const;

export interface ColumnMapping {
  /** 1 is the first column. */
  column: number;
  field: ImportField;
}

/** What the file does not say of its rows. */
export interface ImportOptions {
  /** The system of `customer_external_id`. */
  externalSystem: string;
  /** Owner of new customers without an owner column; null = the pool. */
  ownerId: string | null;
  /** Type of new customers that neither a column nor the columns in use tell; null = told by the columns in use. */
  defaultType: 'individual' | 'organization' | null;
  /** Country of the rows that name none: for their addresses and national phone numbers. */
  defaultCountry: string | null;
}

export interface ImportColumn {
  /** 1 is the first. */
  column: number;
  header: string;
  samples: string[];
  proposed: ImportField | null;
}

/** Why a file cannot be read. `line` and `column` where it went wrong, counted from 1. */
export interface FileRefusal {
  code: FileRefusalCode;
  message: string;
  line: number | null;
  column: number | null;
}
export const FILE_REFUSALS = [
  'empty',
  'no_rows',
  'binary',
  'unsupported_format',
  'encrypted',
  'damaged',
  'too_large',
  'too_many_rows',
  'too_many_columns',
  'duplicate_headers',
  'unclosed_quote',
  'record_too_long',
  'failed',
] as const;
export type FileRefusalCode = (typeof FILE_REFUSALS)[number];

/** Thrown while a file is read; ends the import as `refused`. */
export class FileRefused extends Error {
  readonly refusal: FileRefusal;
  constructor(code: FileRefusalCode, message: string, where: { line?: number; column?: number } = {}) {
    super(message);
    this.refusal = { code, message, line: where.line ?? null, column: where.column ?? null };
  }
}

/** A mistake in one row, at a column when one is to blame. */
export interface RowError {
  column: number | null;
  field: ImportField | null;
  message: string;
}

export interface Import extends Row {
  fileName: string;
  status: ImportStatus;
  format: (typeof FILE_FORMATS)[number] | null;
  encoding: string | null;
  delimiter: string | null;
  bytes: number | null;
  /** SHA-256 of the file, hexadecimal. */
  sha256: string | null;
  refusal: FileRefusal | null;
  columns: ImportColumn[] | null;
  mapping: ColumnMapping[] | null;
  options: ImportOptions;
  /** Who confirmed, with which roles: the rows are written within their scope. */
  actorId: string;
  actorRoles: string[];
  uploadId: string | null;
  rowsTotal: number;
  /** How far the step at work has come; restarted by each step. */
  rowsDone: number;
  counts: ImportCounts;
  stepStartedAt: Date | null;
  finishedAt: Date | null;
  workedAt: Date | null;
  /** When retention cleared its rows. */
  clearedAt: Date | null;
}

/** Rows by what the check says, by what became of them, and the duplicates that nobody decided. */
export interface ImportCounts {
  verdicts: Partial<Record<Verdict, number>>;
  outcomes: Partial<Record<Outcome, number>>;
  undecided: number;
}
/** The same with a number for each. */
export const allCounts = ({ verdicts, outcomes, undecided }: ImportCounts) => ({
  new: verdicts.new ?? 0,
  update: verdicts.update ?? 0,
  unchanged: verdicts.unchanged ?? 0,
  duplicate: verdicts.duplicate ?? 0,
  invalid: verdicts.invalid ?? 0,
  undecided,
  created: outcomes.created ?? 0,
  updated: outcomes.updated ?? 0,
  alreadyThere: outcomes.unchanged ?? 0,
  skipped: outcomes.skipped ?? 0,
  failed: outcomes.failed ?? 0,
  removed: outcomes.removed ?? 0,
  reverted: outcomes.reverted ?? 0,
  kept: outcomes.kept ?? 0,
});
export const NO_COUNTS: ImportCounts = { verdicts: {}, outcomes: {}, undecided: 0 };

/** A change of state that the import is not ready for. */
export const wrongStatus = (row: Pick<Import, 'status'>, allowed: readonly ImportStatus[]): Problem | undefined =>
  allowed.includes(row.status)
    ? undefined
    : problem('ImportNotReady', `The import is ${row.status.replaceAll('_', ' ')}; this needs one of: ${allowed.join(', ')}.`, {
        status: row.status,
        allowed,
      });

/** What a row shall become unless a person decides otherwise; undefined: a person must. */
export function defaultDecision(verdict: Verdict): Decision | undefined {
  if (verdict === 'new') return 'create';
  if (verdict === 'update') return 'update';
  return verdict === 'duplicate' ? undefined : 'skip';
}

/** How far the step at work has come; rate and time left are null while nothing can be said. */
export function progressOf({ rowsDone, rowsTotal, stepStartedAt, finishedAt }: Import, now: Date) {
  const seconds = stepStartedAt ? ((finishedAt ?? now).getTime() - stepStartedAt.getTime()) / 1_000 : 0;
  if (seconds < 0.5 || rowsDone === 0) return { rowsDone, rowsTotal, rowsPerSecond: null, secondsLeft: null };
  const rate = rowsDone / seconds;
  return { rowsDone, rowsTotal, rowsPerSecond: Math.round(rate), secondsLeft: Math.max(0, Math.ceil((rowsTotal - rowsDone) / rate)) };
}
