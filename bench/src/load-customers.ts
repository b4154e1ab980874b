// Customers made through the product's own doors: people, children, consents, notes and stages by GraphQL mutations, invoices, payments and orders
// as events on the inbound topics. Deterministic, so that runs compare; repeatable (idempotency keys, event ids), so that a second run on a kept
// stack makes nothing twice.
import { createGraphDoor, type GraphDoor } from '../../demo/src/graph-door.ts';
import type { BenchmarkRun } from './benchmark.ts';
import { random } from './figures.ts';
import { INVOICES, orders, purchases, sendEvents, serviceAndSales } from './load-events.ts';

const DAY = 86_400_000;
const CONTACTS = 3;
const FIRST = [
  'Ada',
  'Ben',
  'Chloe',
  'Dario',
  'Elif',
  'Finn',
  'Greta',
  'Hugo',
  'Ines',
  'Jonas',
  'Kira',
  'Liam',
  'Mila',
  'Noah',
  'Olga',
  'Paul',
];
const LAST = ['Abel', 'Bauer', 'Costa', 'Duval', 'Eriksen', 'Fuchs', 'Garcia', 'Hansen', 'Ivanova', 'Jansen', 'Keller', 'Lopez', 'Moreau'];

/** How much has happened to each customer. */
export interface History {
  /** Days over which it is spread, and interactions of customer `n`. */
  days: number;
  interactions(n: number): number;
  /** Notes, activities and moved stages too. */
  full: boolean;
}
/** What the 360 query shows by default. */
const RECENT: History = { days: 80, interactions: () => 8, full: false };
/** Two years, ten interactions on average. */
export const TWO_YEARS: History = { days: 730, interactions: (n) => 4 + (n % 13), full: true };

type Fields = Record<string, unknown>;

/** Creates `count` customers, every third an organisation, and answers their ids once every section of their 360 is filled. */
export async function loadCustomers({ stack, seed, log }: BenchmarkRun, count: number, history = RECENT): Promise<string[]> {
  const door = createGraphDoor(stack.graph);
  const token = stack.tokens.sales_manager!;
  const next = random(seed);
  // The same instants in every run of one day: an idempotency key goes with one input.
  const noon = Math.floor(Date.now() / DAY) * DAY - DAY / 2;
  const ago = (days: number) => new Date(noon - Math.round(days * DAY)).toISOString();
  const numbers = Array.from({ length: count }, (_, n) => n);
  const customers = await door.each(
    token,
    'createCustomer',
    numbers.map((n) => ({ input: customer(seed, n, stack.staff.sales_rep!) })),
  );
  const ids = customers.map(({ id }) => id);
  log(`${count} customers are made; now contacts, addresses, interactions and consents …`);
  const each: Array<[Parameters<GraphDoor['each']>[1], (n: number) => number, (n: number, i: number) => Fields]> = [
    [
      'createContact',
      () => CONTACTS,
      (n, i) => ({ firstName: FIRST[(n + i) % FIRST.length], lastName: lastName(n), email: `c${i}@b${n}.example`, isPrimary: i === 0 }),
    ],
    [
      'createAddress',
      () => 2,
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
      (n) => history.interactions(n),
      (n, i) => ({
        interactionType: ['CALL', 'EMAIL', 'MEETING'][i % 3],
        subject: `Talk ${i} with customer ${n}`,
        occurredAt: ago(next() * history.days),
      }),
    ],
    [
      'recordConsent',
      () => 2,
      (n, i) => ({ consentType: i ? 'MARKETING_SMS' : 'MARKETING_EMAIL', granted: (n + i) % 4 !== 0, source: 'WEB_FORM' }),
    ],
    ['recordMilestone', () => 1, () => ({ milestoneType: 'RENEWAL', occurredAt: ago(9) })],
    ['createNote', (n) => (history.full ? n % 2 : 0), (n) => ({ title: `About ${n}`, content: `Prefers mornings, says note ${n}.` })],
    [
      'createActivity',
      (n) => (history.full ? n % 2 : 0),
      (n) => ({ activityType: 'CALL', subject: `Call back ${n}`, dueDate: ago(-30 - (n % 30)), assignedToId: stack.staff.sales_rep }),
    ],
    ['setObjection', (n) => (history.full && n % 25 === 7 ? 1 : 0), () => ({ doNotProcess: true, reason: 'Asked by mail' })],
    ['changeStage', (n) => (history.full && n % 3 === 0 ? 1 : 0), () => ({ toStage: 'Prospect' })],
  ];
  for (const [mutation, per, make] of each) {
    const items = ids.flatMap((customerId, n) =>
      Array.from({ length: per(n) }, (_, i): Fields => {
        const fields = { customerId, ...make(n, i) };
        if (mutation === 'setObjection') return fields;
        return { input: mutation === 'changeStage' ? fields : { ...fields, idempotencyKey: `bench-${seed}-${mutation}-${n}-${i}` } };
      }),
    );
    await door.each(mutation === 'setObjection' ? stack.tokens.dpo! : token, mutation, items);
  }
  await sendEvents(
    stack,
    'financial.events.v1',
    ids.flatMap((id, n) => purchases(`bench-${seed}-${n}`, id, ago)),
  );
  if (history.full) {
    for (const [topic, make] of Object.entries(serviceAndSales)) {
      await sendEvents(
        stack,
        topic,
        ids.flatMap((id, n) => (n % 4 === 0 ? make(`bench-${seed}-${n}`, id, ago) : [])),
      );
    }
  }
  log(`${door.written()} mutations were sent, and ${count * INVOICES * 2} financial events`);
  const lines = history.interactions(count - 1) + INVOICES;
  await filled(
    door,
    token,
    ids.at(-1)!,
    `{ lifecycle { purchaseCount } timeline(first: 50, from: "${ago(800)}") { nodes { id } } }`,
    (found) => {
      return found.lifecycle?.purchaseCount === INVOICES && found.timeline.nodes.length >= lines;
    },
  );
  return ids;
}

const lastName = (n: number) => LAST[n % LAST.length]!;

function customer(seed: number, n: number, ownerId: string): Fields {
  const organisation = n % 3 === 0;
  return {
    type: organisation ? 'ORGANIZATION' : 'INDIVIDUAL',
    displayName: organisation ? `${lastName(n)} Company ${n}` : `${FIRST[n % FIRST.length]} ${lastName(n)}`,
    source: 'WEB',
    externalId: `bench-${seed}-${n}`,
    email: `office@b${n}.example`,
    ownerId,
    idempotencyKey: `bench-${seed}-${n}`,
    ...(organisation && { account: { legalName: `${lastName(n)} Company ${n} Ltd`, industry: 'Software' } }),
  };
}

/** One customer with `count` orders in two years, so that its timeline is that long; answers its id once they stand there. */
export async function loadLongTimeline({ stack, seed, log }: BenchmarkRun, name: string, count: number): Promise<string> {
  const door = createGraphDoor(stack.graph);
  const token = stack.tokens.sales_manager!;
  const input = { type: 'ORGANIZATION', displayName: name, externalId: `bench-${seed}-${name}`, idempotencyKey: `bench-${seed}-${name}` };
  const customerId = (await door.each(token, 'createCustomer', [{ input }]))[0]!.id;
  const days = 729;
  const ago = (since: number) => new Date(Date.now() - Math.round(since * DAY)).toISOString();
  await sendEvents(
    stack,
    'sales.events.v1',
    orders(`bench-${seed}-${name}`, customerId, count, (i) => ago(((i + 1) / count) * days)),
  );
  const timeline = `{ timeline(first: 1, from: "${ago(days + 1)}") { totalCount } }`;
  await filled(door, token, customerId, timeline, (found) => found.timeline.totalCount >= count);
  log(`${name}: a timeline of ${count} lines`);
  return customerId;
}

/** Waits until a customer's projections have caught up. */
async function filled(door: GraphDoor, token: string, id: string, selection: string, done: (customer: any) => boolean): Promise<void> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    const { customer } = await door.query<any>(token, `query($id: ID!) { customer(id: $id) ${selection} }`, { id });
    if (customer && done(customer)) return;
    if (Date.now() > deadline) throw new Error('the projections did not catch up within two minutes');
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
