// Customers for the 360 benchmark, made through the product's own doors: people, children and consents by GraphQL mutations, invoices and
// payments as events of the financial module on its inbound topic. Deterministic, so that runs compare.

import { createProducer } from '@customer360/kernel/kafka';
import { createLog } from '@customer360/kernel/log';
import { createGraphDoor, type GraphDoor } from '../../demo/src/graph-door.ts';
import type { BenchmarkRun } from './benchmark.ts';
import { random } from './figures.ts';

const DAY = 86_400_000;
const CONTACTS = 3;
const INTERACTIONS = 8;
const INVOICES = 4;

type Fields = Record<string, unknown>;

/** Creates `count` customers, every third an organisation, and answers their ids once every section of their 360 is filled. */
export async function loadCustomers({ stack, seed, log }: BenchmarkRun, count: number): Promise<string[]> {
  const door = createGraphDoor(stack.graph);
  const token = stack.tokens.sales_manager!;
  const next = random(seed);
  const numbers = Array.from({ length: count }, (_, n) => n);
  const customers = await door.each(
    token,
    'createCustomer',
    numbers.map((n) => ({ input: customer(seed, n, stack.staff.sales_rep!) })),
  );
  const ids = customers.map(({ id }) => id);
  log(`${count} customers are made; now contacts, addresses, interactions and consents …`);
  const each: Array<[Parameters<GraphDoor['each']>[1], number, (n: number, i: number) => Fields]> = [
    [
      'createContact',
      CONTACTS,
      (n, i) => ({ firstName: `First${i}`, lastName: `Last${n}`, email: `c${i}@b${n}.example`, isPrimary: i === 0 }),
    ],
    [
      'createAddress',
      2,
      (n, i) => ({
        addressType: i ? 'SHIPPING' : 'BILLING',
        isDefault: true,
        streetLine1: `${n} Bench Street`,
        city: 'Berlin',
        country: 'DE',
      }),
    ],
    [
      'logInteraction',
      INTERACTIONS,
      (n, i) => ({
        interactionType: ['CALL', 'EMAIL', 'MEETING'][i % 3],
        subject: `Talk ${i} with customer ${n}`,
        occurredAt: new Date(Date.now() - Math.floor(next() * 80 * DAY)).toISOString(),
      }),
    ],
    [
      'recordConsent',
      2,
      (n, i) => ({ consentType: i ? 'MARKETING_SMS' : 'MARKETING_EMAIL', granted: (n + i) % 4 !== 0, source: 'WEB_FORM' }),
    ],
    ['recordMilestone', 1, () => ({ milestoneType: 'RENEWAL', occurredAt: new Date(Date.now() - 9 * DAY).toISOString() })],
  ];
  for (const [mutation, per, make] of each) {
    const items = ids.flatMap((customerId, n) =>
      Array.from({ length: per }, (_, i) => ({
        input: { customerId, idempotencyKey: `bench-${seed}-${mutation}-${n}-${i}`, ...make(n, i) },
      })),
    );
    await door.each(token, mutation, items);
  }
  await sendFinancials(stack, seed, ids);
  log(`${door.written()} mutations were sent, and ${count * INVOICES * 2} financial events`);
  await filled(door, token, ids.at(-1)!);
  return ids;
}

function customer(seed: number, n: number, ownerId: string): Fields {
  const organisation = n % 3 === 0;
  return {
    type: organisation ? 'ORGANIZATION' : 'INDIVIDUAL',
    displayName: `Bench ${organisation ? 'Company' : 'Person'} ${n}`,
    source: 'WEB',
    externalId: `bench-${seed}-${n}`,
    email: `office@b${n}.example`,
    ownerId,
    idempotencyKey: `bench-${seed}-${n}`,
    ...(organisation && { account: { legalName: `Bench Company ${n} Ltd`, industry: 'Software' } }),
  };
}

async function sendFinancials(stack: BenchmarkRun['stack'], seed: number, ids: readonly string[]): Promise<void> {
  const log = createLog('bench', 'silent');
  const producer = createProducer({ brokers: stack.kafka.split(','), prefix: stack.topicPrefix, clientId: 'bench', log });
  const record = (type: string, id: string, data: { customerId: string }) => ({
    topic: 'financial.events.v1',
    key: data.customerId,
    headers: { ce_specversion: '1.0', ce_id: id, ce_type: type, ce_source: '/financial', ce_time: new Date().toISOString() },
    value: JSON.stringify(data),
  });
  for (let from = 0; from < ids.length; from += 50) {
    const records = ids.slice(from, from + 50).flatMap((customerId, at) =>
      Array.from({ length: INVOICES }, (_, i) => {
        const invoiceId = `bench-${seed}-${from + at}-${i}`;
        const issuedAt = new Date(Date.now() - (i + 1) * 15 * DAY).toISOString();
        const money = { customerId, invoiceId, amount: `${100 + i}.50`, currency: 'EUR' };
        return [
          record('financial.invoice-issued.v1', `i-${invoiceId}`, {
            ...money,
            number: `B-${from + at}-${i}`,
            issuedAt,
            dueAt: null,
          } as never),
          record('financial.payment-received.v1', `p-${invoiceId}`, {
            ...money,
            paymentId: invoiceId,
            convertedAmount: null,
            receivedAt: issuedAt,
          } as never),
        ];
      }).flat(),
    );
    await producer.send(records);
  }
  await producer.close();
}

/** Waits until the last customer's projections have caught up. */
async function filled(door: GraphDoor, token: string, id: string): Promise<void> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    const query = 'query($id: ID!) { customer(id: $id) { lifecycle { purchaseCount } timeline(first: 50) { nodes { id } } } }';
    const { customer } = await door.query<any>(token, query, { id });
    if (customer.lifecycle?.purchaseCount === INVOICES && customer.timeline.nodes.length >= INTERACTIONS + INVOICES) return;
    if (Date.now() > deadline) throw new Error('the projections did not catch up within two minutes');
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
