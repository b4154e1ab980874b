// What other modules tell us about money: invoices, payments, refunds, orders and opportunities over two years, in the customer's currency, with a
// converted amount where that is not the reporting one. [Financial to CRM: Payment received] [Sales to CRM: Deal closed]
import { archetype } from './archetypes.ts';
import { EURO_RATE } from './countries.ts';
import { SAMPLE_KEY } from './group.ts';
import type { PlannedCustomer } from './members.ts';
import { type Random, random } from './random.ts';
import type { ModuleEvent } from './topic-door.ts';
import { moment, type World } from './world.ts';

const DAY_MS = 86_400_000;
const money = (cents: number) => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
const later = (date: Date, days: number) => new Date(date.getTime() + days * DAY_MS);

/** What the payment is worth in the reporting currency, or null when it is in it already or nobody says. */
function converted(cents: number, currency: string, reporting: string): string | null {
  const [from, to] = [EURO_RATE[currency], EURO_RATE[reporting]];
  return currency === reporting || !from || !to ? null : money(Math.round((cents * from) / to));
}

/** The days on which a customer bought, the earlier ones first. */
function purchaseDays(customer: PlannedCustomer, chance: Random): number[] {
  const sample = customer.key === SAMPLE_KEY ? [{ from: 84, to: 3, everyDays: 12 }] : [];
  const days = [...archetype(customer.archetype).buys, ...sample].flatMap(({ from, to, everyDays }) => {
    const found: number[] = [];
    for (let day = from - chance.int(0, 20); day >= to; day -= Math.round(everyDays * (0.7 + chance.float() * 0.6))) found.push(day);
    return found;
  });
  return days.sort((a, b) => b - a);
}

/** Invoices with their payments and refunds, and some of the orders behind them. */
export function purchases(world: World): ModuleEvent[] {
  let serial = 10_000;
  return world.cast.flatMap((customer) => {
    const chance = random(`purchases ${customer.key}`);
    const customerId = world.idOf(customer.key);
    const { currency } = customer.country;
    const size = customer.input.type === 'ORGANIZATION' ? 9 : 1;
    const days = purchaseDays(customer, chance);
    return days.flatMap((day, n): ModuleEvent[] => {
      serial += 1;
      const id = `${customer.key}-${n}`;
      const issuedAt = moment(world.today, day, chance);
      const cents = (n === 0 ? chance.int(90_000, 480_000) : chance.int(4_900, 39_000)) * size;
      const common = { customerId, currency };
      const events: ModuleEvent[] = [];
      const financial = (type: string, object: string, time: Date, data: Record<string, unknown>) =>
        events.push({ topic: 'financial.events.v1', type: `financial.${type}.v1`, id: object, time, data: { ...common, ...data } });

      if (n === 0 || customer.key === SAMPLE_KEY || chance.chance(0.35)) {
        const placedAt = later(issuedAt, -3);
        const status = day > 14 ? 'delivered' : day > 5 ? 'shipped' : 'in production';
        const data = {
          ...common,
          orderId: `order-${id}`,
          number: `SO-${serial}`,
          status,
          amount: money(cents),
          placedAt: placedAt.toISOString(),
          revision: 1,
        };
        events.push({ topic: 'sales.events.v1', type: 'sales.order-changed.v1', id: `order-${id}`, time: placedAt, data });
      }
      financial('invoice-issued', `invoice-${id}`, issuedAt, {
        invoiceId: `invoice-${id}`,
        number: `${issuedAt.getUTCFullYear()}-${serial}`,
        amount: money(cents),
        issuedAt: issuedAt.toISOString(),
        dueAt: later(issuedAt, 30).toISOString(),
      });

      const last = n === days.length - 1;
      const delay = chance.int(2, 24);
      const paidAt = later(issuedAt, delay);
      if (delay >= day || (last && archetype(customer.archetype).owes)) return events; // not paid yet
      const say = !chance.chance(0.06);
      const pay = (paymentId: string, part: number, receivedAt: Date) =>
        financial('payment-received', paymentId, receivedAt, {
          paymentId,
          invoiceId: `invoice-${id}`,
          amount: money(part),
          convertedAmount: say ? converted(part, currency, world.reportingCurrency) : null,
          receivedAt: receivedAt.toISOString(),
        });
      if (n === 0 && size > 1 && delay + 20 < day) {
        const half = Math.floor(cents / 2);
        pay(`payment-${id}-a`, half, paidAt);
        pay(`payment-${id}-b`, cents - half, later(paidAt, 20));
      } else {
        pay(`payment-${id}`, cents, paidAt);
        if (chance.chance(0.03) && delay + 9 < day) {
          const back = chance.chance(0.5) ? cents : Math.floor(cents / 5);
          const refundedAt = later(paidAt, 9);
          financial('payment-refunded', `refund-${id}`, refundedAt, {
            refundId: `refund-${id}`,
            paymentId: `payment-${id}`,
            amount: money(back),
            convertedAmount: say ? converted(back, currency, world.reportingCurrency) : null,
            refundedAt: refundedAt.toISOString(),
          });
        }
      }
      return events;
    });
  });
}

/** Deals: open ones with a date to come, lost ones, and won ones, which move their customer to Customer. */
export function opportunities(world: World): ModuleEvent[] {
  return world.cast.flatMap((customer) => {
    const chance = random(`deals ${customer.key}`);
    const size = customer.input.type === 'ORGANIZATION' ? 9 : 1;
    const more = customer.key === SAMPLE_KEY ? (['open'] as const) : [];
    return [...archetype(customer.archetype).opportunities, ...more].flatMap((status, n): ModuleEvent[] => {
      if (n > 0 && customer.key !== SAMPLE_KEY && chance.chance(0.6)) return [];
      const id = `deal-${customer.key}-${n}`;
      const closedDay =
        customer.archetype === 'newCustomer'
          ? chance.int(56, 70)
          : customer.archetype === 'loyal'
            ? chance.int(701, 719)
            : chance.int(100, 300);
      const changedAt = status === 'open' ? moment(world.today, chance.int(1, 20), chance) : moment(world.today, closedDay, chance);
      const data = {
        opportunityId: id,
        customerId: world.idOf(customer.key),
        name: `${customer.product[0]!.toUpperCase()}${customer.product.slice(1)}${n > 0 ? ', second site' : ''}`,
        stage: status === 'open' ? chance.pick(['Qualification', 'Proposal', 'Negotiation']) : 'Closed',
        status,
        amount: money(chance.int(180_000, 950_000) * size),
        currency: customer.country.currency,
        expectedCloseDate: moment(world.today, status === 'open' ? -chance.int(8, 70) : closedDay, chance)
          .toISOString()
          .slice(0, 10),
        closedAt: status === 'open' ? null : changedAt.toISOString(),
        revision: 1,
        changedAt: changedAt.toISOString(),
      };
      return [{ topic: 'sales.events.v1', type: 'sales.opportunity-changed.v1', id, time: changedAt, data }];
    });
  });
}
