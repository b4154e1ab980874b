// The purchases that the CDNOW table implies, as events of the financial module. The table has a row per customer: x repeat purchases, t_x the week
// of the last one, T the weeks observed, zbar the mean spend of the repeats. What it does not say is chosen here, without chance:
//   when      observation ends on 1997-09-30 at noon UTC, the first purchase is T weeks before, the last t_x weeks later, the others evenly between;
//   how much  repeats differ from zbar in pairs (one up, one down by the same cents), so that they add up to x * zbar to the cent; the first purchase
//             costs zbar, or 14.97 plus one cent for each unit of the id modulo 50 where nothing was spent later.
// Beside the plain case (an invoice, paid five minutes later) some purchases, by their place in the whole table, exercise the financial module's rest:
// paid in two instalments (every 10th), second instalment missing (37th), without invoice (13th), partly refunded (17th), wholly refunded (41st);
// every 10th customer pays in another currency with a converted amount, every 50th without one.
import { PEOPLE, seeded, sharedRows } from './people.ts';

export interface ModuleEvent {
  id: string;
  topic: 'financial.events.v1' | 'sales.events.v1';
  type: string;
  time: Date;
  data: { customerId: string } & Record<string, any>;
}

/** One row of CDNOW. */
export interface Buyer {
  id: number;
  repeats: number;
  lastWeek: number;
  weeks: number;
  meanCents: number;
}

const END = Date.UTC(1997, 8, 30, 12);
const WEEK_MS = 7 * 86_400_000;
const MINUTE_MS = 60_000;
const RATE = 0.92;

export const money = (cents: number): string => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;

/** The first 1,000 buyers, in the order of their ids; both files of CDNOW joined. */
export function readBuyers(): Buyer[] {
  const summary = sharedRows('cdnow-customers-summary.csv');
  const spend = sharedRows('cdnow-customers-summary-with-spend.csv');
  if (!summary || !spend) return generatedBuyers();
  const spendOf = new Map(spend.map((row) => [row.ID, row]));
  return summary
    .filter((row) => spendOf.has(row.ID))
    .map((row) => ({
      id: Number(row.ID),
      repeats: Number(row.frequency),
      lastWeek: Number(row.recency),
      weeks: Number(row.T),
      meanCents: Math.round(Number(spendOf.get(row.ID)!.zbar) * 100),
    }))
    .sort((a, b) => a.id - b.id)
    .slice(0, PEOPLE);
}

function generatedBuyers(): Buyer[] {
  const next = seeded(1997);
  return Array.from({ length: PEOPLE }, (_, at) => {
    const repeats = next() < 0.59 ? 0 : Math.min(29, 1 + Math.floor(-2.2 * Math.log(1 - next())));
    const weeks = Math.round((33.5 + next() * 5.4) * 7) / 7;
    const lastWeek = repeats === 0 ? 0 : Math.round((0.15 + next() * 0.85) * weeks * 7) / 7;
    return { id: at + 1, repeats, lastWeek, weeks, meanCents: repeats === 0 ? 0 : 500 + Math.floor(next() * 9_000) };
  });
}

export interface Purchase {
  at: Date;
  cents: number;
}

/** A buyer's purchases, the first one first. */
export function purchasesOf({ id, repeats, lastWeek, weeks, meanCents }: Buyer): Purchase[] {
  const first = END - Math.round(weeks * 7) * (WEEK_MS / 7);
  const days = Math.round(lastWeek * 7);
  return Array.from({ length: repeats + 1 }, (_, n) => {
    const at = new Date(first + (n === repeats ? days : Math.floor((days * n) / Math.max(1, repeats))) * (WEEK_MS / 7) + n * MINUTE_MS);
    if (n === 0) return { at, cents: meanCents > 0 ? meanCents : 1_497 + (id % 50) };
    const paired = n % 2 === 0 || n < repeats;
    const spread = paired ? (Math.ceil(n / 2) * 137 + id) % Math.max(1, Math.floor(meanCents / 2)) : 0;
    return { at, cents: meanCents + (n % 2 === 0 ? spread : -spread) };
  });
}

/** The events of all buyers, each once, in the order of their ids; `customerIds` belong to the buyers in order. */
export function financialEvents(buyers: readonly Buyer[], customerIds: readonly string[], run: string, reporting: string): ModuleEvent[] {
  const foreign = reporting === 'USD' ? 'EUR' : 'USD';
  let place = 0;
  return buyers.flatMap((buyer, at) => {
    const customerId = customerIds[at]!;
    const currency = at % 10 === 9 ? foreign : reporting;
    const converted = (cents: number) => (currency === reporting || at % 50 === 49 ? null : money(Math.round(cents * RATE)));
    return purchasesOf(buyer).flatMap(({ at: issuedAt, cents }, n) => {
      place += 1;
      const name = `${run}-${buyer.id}-${n}`;
      const events: ModuleEvent[] = [];
      const say = (type: string, time: Date, id: string, data: Record<string, unknown>) =>
        events.push({
          id: `${type}-${id}`,
          topic: 'financial.events.v1',
          type: `financial.${type}.v1`,
          time,
          data: { customerId, ...data },
        });
      const invoiceId = place % 13 === 0 ? null : `invoice-${name}`;
      if (invoiceId) {
        const dueAt = new Date(issuedAt.getTime() + 30 * (WEEK_MS / 7)).toISOString();
        say('invoice-issued', issuedAt, name, {
          invoiceId,
          number: `CD-${buyer.id}-${n + 1}`,
          amount: money(cents),
          currency,
          issuedAt: issuedAt.toISOString(),
          dueAt,
        });
      }
      const pay = (paymentId: string, part: number, receivedAt: Date) =>
        say('payment-received', receivedAt, paymentId, {
          ...{
            paymentId,
            invoiceId,
            amount: money(part),
            currency,
            convertedAmount: converted(part),
            receivedAt: receivedAt.toISOString(),
          },
        });
      const paidAt = new Date(issuedAt.getTime() + 5 * MINUTE_MS);
      const inParts = invoiceId !== null && (place % 10 === 0 || place % 37 === 0);
      const part = inParts ? Math.floor(cents * 0.6) : cents;
      pay(`${name}-1`, part, paidAt);
      if (inParts && place % 37 !== 0) pay(`${name}-2`, cents - part, new Date(paidAt.getTime() + 2 * WEEK_MS));
      const refund = (paymentId: string, back: number, days: number) => {
        const refundedAt = new Date(paidAt.getTime() + days * (WEEK_MS / 7));
        const refundId = `${paymentId}-back`;
        say('payment-refunded', refundedAt, refundId, {
          ...{ refundId, paymentId, amount: money(back), currency, convertedAmount: converted(back), refundedAt: refundedAt.toISOString() },
        });
      };
      if (place % 41 === 0) {
        refund(`${name}-1`, part, 20);
        if (inParts && place % 37 !== 0) refund(`${name}-2`, cents - part, 21);
      } else if (place % 17 === 0) refund(`${name}-1`, Math.max(1, Math.floor(part / 4)), 10);
      return events;
    });
  });
}

/** Every event twice, in a seeded order without regard to anything; every seventh second copy comes under a new event id, as after a restart. */
export function deliveries(events: readonly ModuleEvent[], seed: number): ModuleEvent[] {
  const next = seeded(seed);
  const all = [...events, ...events.map((event, at) => (at % 7 === 0 ? { ...event, id: `${event.id}-again` } : event))];
  for (let at = all.length - 1; at > 0; at--) {
    const other = Math.floor(next() * (at + 1));
    [all[at], all[other]] = [all[other]!, all[at]!];
  }
  return all;
}
