// What the writers of a chaos run did and what they were told: the only memory of the run that did not pass through the product. The oracle
// (oracle.ts) holds it against topics and tables. Every operation carries a marker that is unique and ends up in one column. [issue 5, section 2]
export type Kind =
  | 'createCustomer'
  | 'updateCustomer'
  | 'logInteraction'
  | 'changeStage'
  | 'recordConsent'
  | 'payment'
  | 'case'
  // Of customers that are merged: `createMember` makes one, and a member may be named by an id that was retired.
  | 'createMember'
  | 'renameMember'
  | 'createContact'
  | 'createNote'
  | 'merge'
  | 'unmerge'
  | 'import'
  | 'renameImported';

export interface Operation {
  readonly kind: Kind;
  /** Unique text that the operation writes: display name, subject, reason, notice version, payment id or the subject of a case. */
  readonly marker: string;
  /** Whose change it is; unknown until a createCustomer is answered. */
  customerId: string | null;
  /** ok = acknowledged; failed = refused, must be nowhere; unknown = no answer, and not found out by asking again: all or nothing. */
  outcome: 'ok' | 'failed' | 'unknown';
  /** How often the answer did not come and the writer asked again. */
  retries: number;
  /** Why the product refused what it should have accepted, or that it accepted what it should have refused. */
  refusal?: string;
  /** Payments only: decimal string in the reporting currency. */
  amount?: string;
  /** Updates only: the version that the writer had seen. Of several at one version at most one may be acknowledged. */
  expectedVersion?: number;
  /** Cases only: the object and the revision of it that this event tells. */
  caseId?: string;
  revision?: number;
  /** Merges and un-merges only. */
  merge?: ToldMerge;
  /** Imports only. */
  import?: ToldImport;
  /** Renamed imported customers only. */
  externalId?: string;
}

export interface ToldMerge {
  readonly survivorId: string;
  readonly retiredIds: readonly string[];
  /** Known when the merge is answered. */
  id?: string;
}

/** A line of a file: `create` and `update` name the customer; `repeat` says what was imported before; `refuse` is invalid. */
export interface ToldRow {
  readonly externalId: string;
  readonly name: string;
  readonly does: 'create' | 'update' | 'repeat' | 'refuse';
}
export interface ToldImport {
  id?: string;
  readonly rows: readonly ToldRow[];
  /** The last command that was acknowledged; `unsure` when one was not answered. */
  last: 'started' | 'mapped' | 'confirmed' | 'cancelled' | 'undone' | 'unsure';
  /** It was confirmed before it was cancelled: some lines may be written. */
  mayHaveWritten: boolean;
  /** External ids of lines whose customer somebody changed between the import and its undoing. */
  readonly touched: string[];
  /** Lines of the report without its header, where it was fetched. */
  reported?: number;
}

export type History = Operation[];

const created = (history: History, kind: Kind): string[] => [
  ...new Set(history.flatMap((o) => (o.kind === kind && o.customerId ? [o.customerId] : []))),
];
export const customersOf = (history: History): string[] => created(history, 'createCustomer');
/** The customers that are merged, retired ones too. */
export const membersOf = (history: History): string[] => created(history, 'createMember');

export const of = (history: History, kind: Kind): Operation[] => history.filter((operation) => operation.kind === kind);
