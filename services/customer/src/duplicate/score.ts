// From evidence to a score: the probability, 0 to 100, that two customers are one, as the sum of what each field adds in bits. Besides strangers the sum
// knows neighbours (a household, firms in one building): what they share speaks for nothing, so they are weighed as the other explanation. The rows
// sum to the score's log-odds exactly. [Duplicate Detection]
import { baseOf, compare, type Evidence, type World } from './compare.ts';
import type { Field } from './matching-model.ts';
import type { Profile } from './profile.ts';

/** Why: `bits` add up to log2(score / (100 − score)). */
export interface Reason {
  readonly field: Field | 'prior' | 'neighbours';
  readonly level: string;
  readonly bits: number;
}

export interface Judgement {
  /** 0 to 100, unrounded. */
  readonly score: number;
  readonly reasons: Reason[];
}

const NAMES: readonly Field[] = ['givenName', 'familyName', 'nameOrder'];
/** Two different valid tax ids: never more likely than not. */
const AT_MOST_WITH_OTHER_TAX_ID = -1;

/** Are these two firms, rather than two people? */
export const firms = (evidence: readonly Evidence[]): boolean => evidence.some(({ field }) => field === 'organisationName');

/** Log-odds of three explanations, in bits relative to strangers. */
export function weigh(evidence: readonly Evidence[], world: World): { prior: number; rows: Reason[]; neighbours: number } {
  const { expected, namesakes, renamed } = world.model;
  const base = baseOf(world);
  const rows = evidence.map(({ field, level, m, u }) => ({ field, level, bits: Math.log2(m / u) }));
  let neighbours =
    Math.log2((firms(evidence) ? expected.house : expected.household) / base) +
    evidence.reduce((sum, { q, u }) => sum + Math.log2(q / u), 0);
  const names = rows.filter(({ field }) => NAMES.includes(field));
  const sum = names.reduce((all, row) => all + row.bits, 0);
  // However rare the name, some strangers bear it; however different, some records of one person do.
  const most = Math.log2((base * 0.6) / namesakes.individual);
  const least = Math.log2(renamed);
  const bounded = Math.min(most, Math.max(least, sum));
  if (names.length > 0 && bounded !== sum) {
    for (const row of names) row.bits += (bounded - sum) / names.length;
    if (bounded < sum) neighbours += bounded - sum;
  }
  return { prior: Math.log2(expected.same / base), rows, neighbours };
}

/** Judges two customers. */
export function judge(a: Profile, b: Profile, world: World): Judgement {
  const { prior, rows, neighbours } = weigh(compare(a, b, world), world);
  const reasons: Reason[] = [{ field: 'prior', level: 'base', bits: prior }, ...rows];
  const against = -Math.log2(1 + 2 ** neighbours);
  if (against < -0.01) reasons.push({ field: 'neighbours', level: 'possible', bits: against });
  let total = reasons.reduce((sum, { bits }) => sum + bits, 0);
  const veto = reasons.findIndex(({ field, level }) => field === 'taxId' && level === 'differentValid');
  if (veto >= 0 && total > AT_MOST_WITH_OTHER_TAX_ID) {
    reasons[veto] = { ...reasons[veto]!, bits: reasons[veto]!.bits - (total - AT_MOST_WITH_OTHER_TAX_ID) };
    total = AT_MOST_WITH_OTHER_TAX_ID;
  }
  return { score: 100 / (1 + 2 ** -total), reasons: reasons.filter(({ bits, field }) => field === 'prior' || Math.abs(bits) >= 1e-9) };
}
