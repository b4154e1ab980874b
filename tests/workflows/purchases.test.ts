// Purchase metrics from the financial module: whatever order its events come in, however often each is delivered, and whatever is refunded, the
// figures equal an independent computation over the set of facts.
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { moveTo, newCustomer, section, stageOf, walk } from '../support/lifecycle.ts';
import { eventually, must, publishInbound, readTopic } from '../support/stack.ts';
import type { InboundEvent } from '../support/topics.ts';

const METRICS =
  'lifecycle { firstPurchaseDate lastPurchaseDate totalRevenue { amount currency } unconvertedRevenue { amount currency } purchaseCount version asOf }';
const metrics = async (id: string) => (await section(id, METRICS)).lifecycle;
const firstPurchase = async (id: string) =>
  (await section(id, 'milestones(filter: { milestoneType: { eq: FIRST_PURCHASE } }) { nodes { id occurredAt } }')).milestones.nodes;

const pay = (customerId: string, amount: string, receivedAt: string, more: object = {}): InboundEvent & { data: any } => ({
  type: 'financial.payment-received.v1',
  id: randomUUID(),
  data: { paymentId: randomUUID(), invoiceId: null, customerId, amount, currency: 'EUR', convertedAmount: null, receivedAt, ...more },
});
const refund = (payment: { data: any }, amount: string, more: object = {}): InboundEvent => ({
  type: 'financial.payment-refunded.v1',
  id: randomUUID(),
  data: {
    refundId: randomUUID(),
    paymentId: payment.data.paymentId,
    customerId: payment.data.customerId,
    amount,
    currency: payment.data.currency,
    convertedAmount: null,
    refundedAt: '2026-06-01T00:00:00Z',
    ...more,
  },
});
const send = (...events: InboundEvent[]) => publishInbound('financial.events.v1', events);

describe('one customer', () => {
  test('[Financial to CRM: Payment received] a payment updates revenue, dates and count, records the first purchase and is told', async () => {
    const id = await newCustomer();
    await send(pay(id, '1250.00', '2026-03-05T12:00:00Z'));
    await eventually(async () =>
      expect(await metrics(id)).toMatchObject({
        firstPurchaseDate: '2026-03-05',
        lastPurchaseDate: '2026-03-05',
        totalRevenue: { amount: '1250.00', currency: 'EUR' },
        unconvertedRevenue: [],
        purchaseCount: 1,
        version: 2,
      }),
    );
    expect(await firstPurchase(id)).toMatchObject([{ occurredAt: '2026-03-05T12:00:00.000Z' }]);
    const facts = await eventually(async () => {
      const told = await readTopic('crm.lifecycle.events.v1', { key: id });
      expect(told).toHaveLength(3);
      return told;
    });
    const updated = facts.find((fact) => fact.headers.ce_type === 'crm.lifecycle.purchase-metrics-updated.v1')!;
    expect(updated.data.changedFields.sort()).toEqual(['firstPurchaseDate', 'lastPurchaseDate', 'purchaseCount', 'totalRevenue']);
    const state = (await readTopic('crm.lifecycle.state.v1', { key: id })).at(-1)!;
    expect(state.data).toMatchObject({ totalRevenue: '1250.00', currency: 'EUR', purchaseCount: 1, firstPurchaseDate: '2026-03-05' });
    expect(state.headers.ce_sequence).toBe(String(facts.length));
  });

  test('payments never move a stage: only a closed deal does', async () => {
    const id = await newCustomer();
    await send(pay(id, '10.00', '2026-03-05T12:00:00Z'));
    await eventually(async () => expect((await metrics(id)).purchaseCount).toBe(1));
    expect(await walk(id)).toEqual(['>Lead']);
    await moveTo(id, 'Prospect');
    expect(await stageOf(id)).toBe('Prospect');
  });

  test('[CustomerLifecycle AC-2] several payments of one invoice are one purchase, dated by the first; a payment without invoice is one by itself', async () => {
    const id = await newCustomer();
    const invoiceId = randomUUID();
    await send(
      pay(id, '60.00', '2026-02-20T10:00:00Z', { invoiceId }),
      pay(id, '40.00', '2026-02-01T10:00:00Z', { invoiceId }),
      pay(id, '5.00', '2026-02-10T10:00:00Z'),
    );
    await eventually(async () =>
      expect(await metrics(id)).toMatchObject({
        purchaseCount: 2,
        firstPurchaseDate: '2026-02-01',
        lastPurchaseDate: '2026-02-10',
        totalRevenue: { amount: '105.00' },
      }),
    );
  });

  test('[CustomerLifecycle AC-2] a full refund takes the purchase back, a part of it only lowers revenue; the first purchase moves, and goes with the last', async () => {
    const id = await newCustomer();
    const [first, second] = [pay(id, '80.00', '2026-01-10T10:00:00Z'), pay(id, '20.00', '2026-01-20T10:00:00Z')];
    await send(refund(second, '5.00'), first, second);
    await eventually(async () =>
      expect(await metrics(id)).toMatchObject({ purchaseCount: 2, firstPurchaseDate: '2026-01-10', totalRevenue: { amount: '95.00' } }),
    );
    await send(refund(first, '50.00'), refund(first, '30.00'));
    await eventually(async () =>
      expect(await metrics(id)).toMatchObject({ purchaseCount: 1, firstPurchaseDate: '2026-01-20', totalRevenue: { amount: '15.00' } }),
    );
    expect(await firstPurchase(id)).toMatchObject([{ occurredAt: '2026-01-20T10:00:00.000Z' }]);
    await send(refund(second, '15.00'));
    await eventually(async () =>
      expect(await metrics(id)).toMatchObject({
        purchaseCount: 0,
        firstPurchaseDate: null,
        lastPurchaseDate: null,
        totalRevenue: { amount: '0.00' },
      }),
    );
    expect(await firstPurchase(id)).toEqual([]);
    await send(pay(id, '1.00', '2026-07-01T00:00:00Z'));
    await eventually(async () => expect(await firstPurchase(id)).toMatchObject([{ occurredAt: '2026-07-01T00:00:00.000Z' }]));
  });

  test('[CustomerLifecycle AC-2] other currencies count with their converted amount, or stand beside, never added', async () => {
    const id = await newCustomer();
    const dollars = pay(id, '100.00', '2026-01-01T00:00:00Z', { currency: 'USD', convertedAmount: '91.37' });
    const yen = pay(id, '5000', '2026-01-02T00:00:00Z', { currency: 'JPY' });
    await send(
      dollars,
      yen,
      pay(id, '0.10', '2026-01-03T00:00:00Z'),
      pay(id, '0.20', '2026-01-04T00:00:00Z'),
      refund(yen, '1500'),
      refund(dollars, '10.00', { convertedAmount: '9.14' }),
    );
    await eventually(async () =>
      expect(await metrics(id)).toMatchObject({
        totalRevenue: { amount: '82.53', currency: 'EUR' },
        unconvertedRevenue: [{ amount: '3500.00', currency: 'JPY' }],
        purchaseCount: 4,
      }),
    );
  });

  test('the same payment under another event id changes nothing, and is not told', async () => {
    const id = await newCustomer();
    const payment = pay(id, '10.00', '2026-03-05T12:00:00Z');
    await send(payment);
    await eventually(async () => expect((await metrics(id)).purchaseCount).toBe(1));
    const { version } = await metrics(id);
    await send({ ...payment, id: randomUUID() }, payment);
    const later = new Date(Date.now() + 1_000);
    await send({ ...payment, id: randomUUID(), time: later });
    await eventually(async () => expect((await metrics(id)).asOf).toBe(later.toISOString()));
    expect(await metrics(id)).toMatchObject({ version, purchaseCount: 1, totalRevenue: { amount: '10.00' } });
  });

  test('facts about a customer that was created this very moment wait for it', async () => {
    const { createCustomer } = await must(
      'admin',
      'mutation($input: CreateCustomerInput!) { createCustomer(input: $input) { ... on Customer { id } } }',
      {
        input: { type: 'INDIVIDUAL', displayName: `Purchaser ${randomUUID()}` },
      },
    );
    await send(pay(createCustomer.id, '3.00', '2026-03-05T12:00:00Z'), pay(createCustomer.id, '4.00', '2026-03-06T12:00:00Z'));
    await eventually(async () => expect((await metrics(createCustomer.id))?.totalRevenue.amount).toBe('7.00'));
  });
});

// ── many customers, random histories, shuffled and repeated ─────────────────────────────────────────────────────────────

interface Payment {
  invoice: number | null;
  cents: number;
  day: number;
  refunds: number[];
}
const history: fc.Arbitrary<Payment[]> = fc.array(
  fc.record({
    invoice: fc.option(fc.nat(2), { nil: null, freq: 2 }),
    cents: fc.integer({ min: 0, max: 500_000 }),
    day: fc.nat(700),
    // In hundredths of the payment: 100 or more in sum takes it back.
    refunds: fc.oneof(
      { weight: 3, arbitrary: fc.constant<number[]>([]) },
      { weight: 1, arbitrary: fc.array(fc.constantFrom<number>(25, 50, 100), { maxLength: 2 }) },
    ),
  }),
  { maxLength: 8 },
);

const START = Date.UTC(2025, 0, 1);
const dayOf = (day: number) => new Date(START + day * 86_400_000).toISOString().slice(0, 10);
const euros = (cents: number) => `${Math.trunc(cents / 100)}.${String(Math.abs(cents) % 100).padStart(2, '0')}`;

/** The definition of the metrics, computed in whole cents by other means than the product's. */
function expected(payments: readonly Payment[]) {
  const purchases = new Map<string, { paid: number; refunded: number; day: number }>();
  let revenue = 0;
  payments.forEach((payment, i) => {
    const key = payment.invoice === null ? `p${i}` : `i${payment.invoice}`;
    const purchase = purchases.get(key) ?? { paid: 0, refunded: 0, day: Number.POSITIVE_INFINITY };
    const refunded = refundsOf(payment).reduce((sum, cents) => sum + cents, 0);
    purchases.set(key, {
      paid: purchase.paid + payment.cents,
      refunded: purchase.refunded + refunded,
      day: Math.min(purchase.day, payment.day),
    });
    revenue += payment.cents - refunded;
  });
  const counted = [...purchases.values()].filter(({ paid, refunded }) => !(refunded > 0 && refunded >= paid)).map(({ day }) => day);
  return {
    purchaseCount: counted.length,
    firstPurchaseDate: counted.length > 0 ? dayOf(Math.min(...counted)) : null,
    lastPurchaseDate: counted.length > 0 ? dayOf(Math.max(...counted)) : null,
    totalRevenue: { amount: revenue < 0 ? `-${euros(-revenue)}` : euros(revenue), currency: 'EUR' },
    unconvertedRevenue: [],
  };
}
const refundsOf = (payment: Payment): number[] =>
  payment.refunds.map((percent) => Math.floor((payment.cents * percent) / 100)).filter((cents) => cents > 0);

function eventsOf(customerId: string, payments: readonly Payment[]): InboundEvent[] {
  const invoices = new Map<number, string>();
  return payments.flatMap((payment) => {
    const invoiceId = payment.invoice === null ? null : (invoices.get(payment.invoice) ?? randomUUID());
    const known = payment.invoice === null || invoices.has(payment.invoice);
    if (payment.invoice !== null) invoices.set(payment.invoice, invoiceId!);
    const received = pay(customerId, euros(payment.cents), new Date(START + payment.day * 86_400_000 + 3_600_000).toISOString(), {
      invoiceId,
    });
    const issued: InboundEvent = {
      type: 'financial.invoice-issued.v1',
      id: randomUUID(),
      data: {
        invoiceId,
        number: `P-${invoiceId}`.slice(0, 20),
        customerId,
        amount: '100.00',
        currency: 'EUR',
        issuedAt: '2025-01-01T00:00:00Z',
        dueAt: null,
      },
    };
    return [received, ...(known ? [] : [issued]), ...refundsOf(payment).map((cents) => refund(received, euros(cents)))];
  });
}

test('[CustomerLifecycle AC-2] property: random histories, every event twice and shuffled, give the figures of an independent computation', async () => {
  const customers = 25;
  const ids: string[] = [];
  for (let i = 0; i < customers; i++) ids.push(await newCustomer());
  const [histories] = fc.sample(fc.array(history, { minLength: customers, maxLength: customers }), 1);
  const once = ids.flatMap((id, i) => eventsOf(id, histories![i]!));
  const [order] = fc.sample(
    fc.shuffledSubarray(
      [...once, ...once].map((_, i) => i),
      { minLength: once.length * 2, maxLength: once.length * 2 },
    ),
    1,
  );
  await send(...order!.map((i) => [...once, ...once][i]!));
  const query = `query($ids: [ID!]!) { customersByIds(ids: $ids) { id ${METRICS.replace('version asOf', '')} } }`;
  await eventually(
    async () => {
      const { customersByIds } = await must('admin', query, { ids });
      const found = new Map(customersByIds.map((customer: any) => [customer.id, customer.lifecycle]));
      expect(ids.map((id) => found.get(id))).toEqual(histories!.map(expected));
    },
    { withinMs: 30_000 },
  );
});
