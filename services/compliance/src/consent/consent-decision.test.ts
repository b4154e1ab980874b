// The decision rule, exhaustively: every standing, every purpose, and every history of up to three statements [ConsentRecord AC-2]. An
// enumeration of the whole small space replaces a random sample of a large one.
import { expect, test } from '@jest/globals';
import { CONSENT_TYPES, type ConsentType } from './consent.ts';
import {
  currentConsents,
  type Decision,
  decideConsent,
  presentOf,
  purposeStanding,
  type Standing,
  type Statement,
} from './consent-decision.ts';

const t = (hour: number): Date => new Date(Date.UTC(2026, 0, 1, hour));
const NOW = t(100);
const CLEAR: Standing = {
  exists: true,
  erased: false,
  deleted: false,
  processingRestricted: false,
  doNotProcess: false,
  doNotContact: false,
};

let made = 0;
const say = (granted: boolean, effective: number, recorded = effective, more: Partial<Statement> = {}): Statement => ({
  id: `s${String(made++).padStart(6, '0')}`,
  side: 'a',
  consentType: 'marketing_email',
  granted,
  effectiveAt: t(effective),
  recordedAt: t(recorded),
  validUntil: null,
  legalBasis: 'consent',
  ...more,
});
const grant = (effective: number, recorded = effective, more: Partial<Statement> = {}) => say(true, effective, recorded, more);
const withdraw = (effective: number, recorded = effective, more: Partial<Statement> = {}) => say(false, effective, recorded, more);
const decide = (
  statements: readonly Statement[],
  standing: Partial<Standing> = {},
  purpose: ConsentType = 'marketing_email',
  at = NOW,
): Decision => decideConsent({ purpose, at }, { ...CLEAR, ...standing }, statements);

test('[ConsentRecord AC-2] default deny: without a record every purpose is denied, except essential communications on contract basis', () => {
  for (const purpose of CONSENT_TYPES) {
    const { allowed, reason, legalBasis, evidence } = decide([], {}, purpose);
    const essential = purpose === 'essential_communications';
    expect([purpose, allowed, reason, legalBasis, evidence.length]).toEqual([
      purpose,
      essential,
      essential ? 'CONTRACT_BASIS' : 'NO_CONSENT',
      essential ? 'contract' : null,
      0,
    ]);
  }
});

test('[ConsentRecord AC-2] a grant allows its own purpose and no other', () => {
  for (const granted of CONSENT_TYPES) {
    for (const asked of CONSENT_TYPES) {
      const decision = decide([grant(1, 1, { consentType: granted })], {}, asked);
      const expected = asked === granted ? 'CONSENT_GRANTED' : asked === 'essential_communications' ? 'CONTRACT_BASIS' : 'NO_CONSENT';
      expect([granted, asked, decision.reason]).toEqual([granted, asked, expected]);
    }
  }
});

test('[ConsentRecord AC-2] a withdrawal blocks, names its record, and a later grant allows again', () => {
  const no = withdraw(2);
  expect(decide([grant(1), no])).toMatchObject({ allowed: false, verdict: 'DENIED', reason: 'WITHDRAWN', evidence: [no] });
  const yes = grant(3);
  expect(decide([grant(1), no, yes])).toMatchObject({
    allowed: true,
    verdict: 'ALLOWED',
    reason: 'CONSENT_GRANTED',
    legalBasis: 'consent',
    evidence: [yes],
  });
});

test('[ConsentRecord AC-2] a withdrawal beats a grant on any collision: same instant, back-dated, imported late', () => {
  expect(decide([grant(5), withdraw(5)]).reason).toBe('WITHDRAWN'); // same instant
  expect(decide([withdraw(5, 5), grant(4, 9)]).reason).toBe('WITHDRAWN'); // an older grant, imported later
  expect(decide([grant(6, 6), withdraw(5, 9)]).reason).toBe('WITHDRAWN'); // a withdrawal we learnt of after the grant
  expect(decide([withdraw(5, 5), grant(6, 5)]).reason).toBe('WITHDRAWN'); // said later, recorded in the same instant
  expect(decide([withdraw(5, 9), grant(6, 10)]).reason).toBe('CONSENT_GRANTED'); // later in both
});

test('[ConsentRecord AC-2] an essential communication that was refused is denied, one whose grant expired falls back on the contract', () => {
  const essential = { consentType: 'essential_communications' } as const;
  expect(decide([withdraw(1, 1, essential)], {}, 'essential_communications').reason).toBe('WITHDRAWN');
  expect(decide([grant(1, 1, { ...essential, validUntil: t(2) })], {}, 'essential_communications').reason).toBe('CONTRACT_BASIS');
});

test('a grant ends at its validity, to the instant; a newer grant replaces an older one', () => {
  const limited = grant(1, 1, { validUntil: t(10) });
  expect(decide([limited], {}, 'marketing_email', new Date(t(10).getTime() - 1))).toMatchObject({ allowed: true, validUntil: t(10) });
  expect(decide([limited], {}, 'marketing_email', t(10))).toMatchObject({ allowed: false, reason: 'EXPIRED', evidence: [limited] });
  expect(decide([limited, grant(2)]).reason).toBe('CONSENT_GRANTED');
  expect(decide([grant(1), grant(2, 2, { validUntil: t(10) })]).reason).toBe('EXPIRED');
});

test('a record with another legal basis allows under that basis', () => {
  expect(decide([grant(1, 1, { legalBasis: 'legitimate_interest' })])).toMatchObject({
    reason: 'OTHER_LEGAL_BASIS',
    legalBasis: 'legitimate_interest',
  });
});

test('[ConsentRecord AC-2] every combination of standing, purpose and consent gives the first reason that applies', () => {
  const flags = ['erased', 'deleted', 'processingRestricted', 'doNotContact', 'doNotProcess'] as const;
  for (let bits = 0; bits < 64; bits++) {
    const standing: Standing = {
      exists: (bits & 32) === 0,
      ...(Object.fromEntries(flags.map((flag, i) => [flag, (bits & (1 << i)) !== 0])) as Record<(typeof flags)[number], boolean>),
    };
    for (const purpose of CONSENT_TYPES) {
      for (const [consent, statements] of [
        ['none', []],
        ['granted', [grant(1, 1, { consentType: purpose })]],
        ['withdrawn', [grant(1, 1, { consentType: purpose }), withdraw(2, 2, { consentType: purpose })]],
        ['expired', [grant(1, 1, { consentType: purpose, validUntil: t(2) })]],
      ] as const) {
        const { reason, allowed, verdict } = decide(statements, standing, purpose);
        const essential = purpose === 'essential_communications';
        const message = ['marketing_email', 'marketing_sms', 'essential_communications'].includes(purpose);
        const expected = !standing.exists
          ? 'UNKNOWN_CUSTOMER'
          : standing.erased
            ? 'ERASED'
            : standing.deleted
              ? 'DELETED'
              : standing.processingRestricted
                ? 'RESTRICTED'
                : standing.doNotContact && message
                  ? 'DO_NOT_CONTACT'
                  : standing.doNotProcess && !essential
                    ? 'OBJECTION'
                    : consent === 'withdrawn'
                      ? 'WITHDRAWN'
                      : consent === 'granted'
                        ? 'CONSENT_GRANTED'
                        : essential
                          ? 'CONTRACT_BASIS'
                          : consent === 'expired'
                            ? 'EXPIRED'
                            : 'NO_CONSENT';
        expect([bits, purpose, consent, reason]).toEqual([bits, purpose, consent, expected]);
        expect([allowed, verdict]).toEqual(
          ['CONSENT_GRANTED', 'CONTRACT_BASIS'].includes(expected) ? [true, 'ALLOWED'] : [false, 'DENIED'],
        );
      }
    }
  }
});

/** Every sequence of at most `length` statements over a small grid of times: the whole space, not a sample. */
function* everyHistory(length: number, times = [1, 2, 3]): Generator<Statement[]> {
  yield [];
  if (length === 0) return;
  for (const rest of everyHistory(length - 1, times)) {
    if (rest.length < length - 1) continue;
    for (const granted of [true, false])
      for (const effective of times) for (const recorded of times) yield [...rest, say(granted, effective, recorded)];
  }
}

test('[ConsentRecord AC-2] over all histories of up to three statements: order does not matter, a withdrawal never allows, a grant never denies', () => {
  let histories = 0;
  const wrong: string[] = []; // one expectation at the end: tens of thousands of them would take longer than the rule
  const must = (holds: boolean, what: string, history: readonly Statement[]) => holds || wrong.push(`${what}: ${JSON.stringify(history)}`);
  for (const history of everyHistory(3)) {
    histories++;
    const { allowed, reason } = decide(history);
    must(decide([...history].reverse()).reason === reason, 'order matters', history);
    must(history.length > 0 || reason === 'NO_CONSENT', 'an empty history is no denial', history);
    for (const when of [1, 2, 3]) {
      must(allowed || !decide([...history, withdraw(when)]).allowed, 'a withdrawal allows', history);
      must(!allowed || decide([...history, grant(when)]).allowed, 'a grant denies', history);
    }
    // Withdrawal beats grant: allowed only if some grant is later than every withdrawal, in both times.
    const beats = history.some(
      (yes) => yes.granted && history.every((no) => no.granted || (yes.effectiveAt > no.effectiveAt && yes.recordedAt > no.recordedAt)),
    );
    must(allowed === beats, 'a grant beats a withdrawal', history);
  }
  expect(wrong).toEqual([]);
  expect(histories).toBeGreaterThan(5_000);
});

test('an instant in the past is answered as it was answered then, and in hindsight when asked so', () => {
  const history = [grant(1, 1), withdraw(5, 9)]; // withdrawn at 5, and we learnt of it at 9
  const ask = (at: number, knownAt: number) =>
    decideConsent({ purpose: 'marketing_email', at: t(at), knownAt: t(knownAt) }, CLEAR, history).reason;
  expect(ask(0, 0)).toBe('NO_CONSENT');
  expect(ask(4, 4)).toBe('CONSENT_GRANTED');
  expect(ask(6, 6)).toBe('CONSENT_GRANTED'); // as known then
  expect(ask(6, 9)).toBe('WITHDRAWN'); // in hindsight
  expect(ask(4, 9)).toBe('CONSENT_GRANTED'); // it had not been withdrawn yet
});

test('after a merge the most restrictive side wins, a side that never spoke says nothing, and what is said afterwards speaks for both', () => {
  const b = { side: 'b' };
  const no = withdraw(1, 1, b);
  expect(decide([grant(5), no])).toMatchObject({ reason: 'WITHDRAWN', evidence: [no] });
  expect(decide([grant(5), grant(1, 1, { ...b, validUntil: t(2) })]).reason).toBe('EXPIRED');
  expect(decide([grant(5)]).reason).toBe('CONSENT_GRANTED');
  const both = grant(9);
  expect(decide([grant(5), no, both, { ...both, side: 'b' }])).toMatchObject({ reason: 'CONSENT_GRANTED', evidence: [{ id: both.id }] });
  expect(decide([grant(5, 5, { validUntil: t(200) }), grant(6, 6, { ...b, validUntil: t(150) })]).validUntil).toEqual(t(150));
});

test('[WF-PRIV-001] the current consents list each purpose that was ever answered, in the order of the catalogue', () => {
  const statements = [
    grant(1, 1, { consentType: 'analytics' }),
    grant(1),
    withdraw(2),
    grant(1, 1, { consentType: 'profiling', validUntil: t(2) }),
  ];
  expect(currentConsents(statements, NOW).map(({ consentType, status }) => [consentType, status])).toEqual([
    ['marketing_email', 'WITHDRAWN'],
    ['profiling', 'EXPIRED'],
    ['analytics', 'GRANTED'],
  ]);
  expect(purposeStanding([], 'analytics', NOW)).toBeUndefined();
});

test('the present is never before anything recorded, even when a clock lags', () => {
  expect(presentOf([withdraw(3, 7)], t(5))).toEqual(t(7));
  expect(presentOf([], t(5))).toEqual(t(5));
});
