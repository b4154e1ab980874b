// Who must not get marketing mail. Pure: takes records of `crm.compliance.state.v1` and facts of `crm.compliance.events.v1`, keeps one line
// a customer, and answers. Default deny: a customer we never heard of is suppressed [ConsentRecord AC-2] [WF-PRIV-001 step 4].
//
// Both topics are keyed by customer id and carry `ce_sequence`, the customer's version at compliance; a state record has the version of the
// fact it was written with. So it does not matter which topic is faster, or whether something arrives twice: the higher version counts, and
// at the same version the state record does, because it says all and the fact says one thing.

/** What a compliance state record says, as far as this list cares. Readers ignore fields they do not know. */
export interface ComplianceState {
  customerId: string;
  processingRestricted: boolean;
  doNotProcess: boolean;
  consents: ReadonlyArray<{ consentType: string; granted: boolean; validUntil?: string | null }>;
}

interface Line {
  version: number;
  granted: boolean;
  validUntil: number;
  blocked: boolean;
}

export const PURPOSE = 'marketing_email';

export class SuppressionList {
  readonly #lines = new Map<string, Line>();

  /** A state record replaces what we know of the customer; null is a tombstone: the customer was erased. */
  applyState(customerId: string, version: number, state: ComplianceState | null): void {
    const known = this.#lines.get(customerId);
    if (known && version < known.version) return;
    if (state === null) {
      this.#lines.delete(customerId);
      return;
    }
    const consent = state.consents.find(({ consentType }) => consentType === PURPOSE);
    this.#lines.set(customerId, {
      version,
      granted: consent?.granted ?? false,
      validUntil: consent?.validUntil ? Date.parse(consent.validUntil) : Number.POSITIVE_INFINITY,
      blocked: state.processingRestricted || state.doNotProcess,
    });
  }

  /** Facts only ever take permission away here: whether a grant counts is for compliance to say, and its state record says it. */
  applyFact(
    customerId: string,
    version: number,
    type: string,
    data: { consentType?: string; processingRestricted?: boolean; doNotProcess?: boolean },
  ): void {
    const known = this.#lines.get(customerId) ?? { version: 0, granted: false, validUntil: Number.POSITIVE_INFINITY, blocked: false };
    if (version <= known.version) return;
    const line = { ...known, version };
    if (type === 'crm.compliance.consent-revoked.v1' && data.consentType === PURPOSE) line.granted = false;
    if (type === 'crm.compliance.restriction-changed.v1' && (data.processingRestricted || data.doNotProcess)) line.blocked = true;
    this.#lines.set(customerId, line);
  }

  /** May this customer be sent marketing mail now? */
  isSuppressed(customerId: string, now = Date.now()): boolean {
    const line = this.#lines.get(customerId);
    return !line?.granted || line.blocked || line.validUntil <= now;
  }

  /** Customers that compliance has told us of, suppressed or not. */
  get known(): number {
    return this.#lines.size;
  }

  /** The suppressed ones among those we know, for a mailing tool that wants a file. */
  *suppressed(now = Date.now()): Generator<string> {
    for (const customerId of this.#lines.keys()) if (this.isSuppressed(customerId, now)) yield customerId;
  }
}
