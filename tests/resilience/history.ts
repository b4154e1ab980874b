// What the writers of a resilience run did and what they were told: the only memory of the run that did not pass through the product. The
// oracle (oracle.ts) holds it against topics and tables. Every operation carries a marker that is unique and ends up in one column.
export type Kind = 'createCustomer' | 'updateCustomer' | 'logInteraction' | 'changeStage' | 'recordConsent' | 'payment';

export interface Operation {
  readonly kind: Kind;
  /** Unique text that the operation writes: display name, subject, reason, notice version or payment id. */
  readonly marker: string;
  /** Whose change it is; unknown until a createCustomer is answered. */
  customerId: string | null;
  /** ok = acknowledged; failed = refused, must be nowhere; unknown = no answer, and not yet found out by asking again. */
  outcome: 'ok' | 'failed' | 'unknown';
  /** How often the answer did not come and the writer asked again. */
  retries: number;
  /** Why the product refused what it should have accepted, or that it accepted what it should have refused. */
  refusal?: string;
  /** Payments only: decimal string in the reporting currency. */
  amount?: string;
}

export type History = Operation[];

export function summary(history: History): string {
  const of = (outcome: Operation['outcome']) => history.filter((operation) => operation.outcome === outcome).length;
  const asked = history.filter((operation) => operation.retries > 0).length;
  return `${history.length} operations: ${of('ok')} ok, ${of('failed')} failed, ${of('unknown')} unknown; ${asked} were without an answer at first`;
}
