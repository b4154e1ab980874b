// Temporary.
import { castOf } from '../../demo/src/cast.ts';
import { indexOf } from '../../services/customer/src/duplicate/candidate-pairs.ts';
import { profileOf } from '../../services/customer/src/duplicate/profile.ts';
import { DEFAULT_MODEL } from '../../services/customer/src/duplicate/matching-model.ts';
import { judge } from '../../services/customer/src/duplicate/score.ts';
import { NO_STATISTICS, countValues } from '../../services/customer/src/duplicate/statistics.ts';
import { phoneE164 } from '../../services/customer/src/customer/phone.ts';
const staff = (n: number) => `c0113a90-0000-4000-8000-0000000001${String(n).padStart(2, '0')}`;
const cast = castOf({ reps: { north: [staff(1), staff(2)], south: [staff(3), staff(4)] }, support: [staff(5)] } as never);
for (const withContacts of [false, true]) {
  const profiles = cast.map((one: any) => profileOf({ type: one.input.type.toLowerCase(), names: [one.input.displayName, one.input.account?.legalName, one.input.account?.dbaName], emails: [one.input.email, ...(withContacts ? one.contacts.map((c: any) => c.email) : [])], phones: [{ entered: one.input.phone, e164: phoneE164(one.input.phone, one.country.code) }], website: one.input.account?.website, taxId: one.input.account?.taxId ? { key: `${one.country.code}:${one.input.account.taxId.replace(/\W/g,'')}`, verified: true } : null }));
  const index = indexOf(profiles);
  for (const statistics of [NO_STATISTICS, countValues(profiles, 480)]) {
    const found: any[] = [];
    let n = 0;
    index.pairs((a, b) => { n++; const j = judge(profiles[a]!, profiles[b]!, { model: DEFAULT_MODEL, statistics, others: index.others }); if (j.score > 75) found.push([j.score.toFixed(1), (cast[a] as any).input.displayName, (cast[b] as any).input.displayName, j.reasons.map((r) => `${r.field} ${r.level} ${r.bits.toFixed(1)}`).join(', ')]); });
    console.log(n, found.sort((x, y) => y[0] - x[0]).slice(0, 8).map((f: any) => f.join(" | ")));
  }
}
