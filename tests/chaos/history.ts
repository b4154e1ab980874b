// What the writers of a chaos run did and what they were told: the only memory of the run that did not pass through the product. The oracle
// (oracle.ts) holds it against topics and tables. Every operation carries a marker that is unique and ends up in one column. [issue 5, section 2]
export type Kind = 'createCustomer' | 'updateCustomer' | 'logInteraction' | 'changeStage' | 'recordConsent' | 'payment' | 'case';

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
}

export type History = Operation[];

export const customersOf = (history: History): string[] => [
  ...new Set(history.flatMap((o) => (o.kind === 'createCustomer' && o.customerId ? [o.customerId] : []))),
];
