// Real input, end to end: 1,000 persons of FEBRL as customers, the purchases of CDNOW as another module's events, each delivered twice and in shuffled
// order. Afterwards the graph, the state topics and the databases agree with each other and with a computation of the test's own (expected.ts).
import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from '@jest/globals';
import { database, eventually, must, publishInbound, type Read, readTopic } from '../support/stack.ts';
import { dealEvents, stagesOf, startOf, statusOf } from './deals.ts';
import { createAddresses, createCustomers, externalIdOf, readCustomers, reportingCurrency } from './doors.ts';
import { type Expected, expectedOf } from './expected.ts';
import { readPeople, sharedRows } from './people.ts';
import { deliveries, financialEvents, readBuyers } from './purchases.ts';

const run = `real-${randomUUID().slice(0, 8)}`;
const people = readPeople();
const buyers = readBuyers();
/** About 30 s on two idle cores; a crowded machine may take longer, a broken product must not take for ever. */
const HOOK_WITHIN_MS = 240_000;
let ids: string[] = [];
let reporting = '';
let expected: Map<string, Expected>;
const stages = people.map((_, place) => stagesOf(startOf(place)));

beforeAll(async () => {
  if (!sharedRows('febrl-dataset2.csv')) say('../shared/data is absent: generated persons and purchases of the same shape are used');
  const started = performance.now();
  ids = await createCustomers(people, run);
  const addressed = createAddresses(people, ids, run);
  reporting = await eventually(() => reportingCurrency(ids.at(-1)!));
  const purchases = financialEvents(buyers, ids, run, reporting);
  const sent = deliveries([...purchases, ...dealEvents(ids, run, reporting)], 20_260_301);
  for (const topic of ['financial.events.v1', 'sales.events.v1'] as const)
    await publishInbound(
      topic,
      sent.filter((event) => event.topic === topic),
    );
  await addressed;
  const writtenAt = performance.now();
  expected = expectedOf(ids, purchases, reporting);
  await settled();
  const rows = people.length * 2 + sent.length;
  const seconds = (performance.now() - started) / 1000;
  const behind = (performance.now() - writtenAt) / 1000;
  say(
    `${people.length} customers with addresses and ${sent.length} deliveries of ${sent.length / 2} events in ${seconds.toFixed(1)} s: ` +
      `${Math.round(rows / seconds)} rows/s through the public doors, consistent ${behind.toFixed(1)} s after the last write`,
  );
}, HOOK_WITHIN_MS);

/** A line that is seen whatever jest does with the console. */
const say = (line: string) => process.stderr.write(`real input: ${line}\n`);

const METRICS = `status lifecycle { currentStage { name } firstPurchaseDate lastPurchaseDate purchaseCount totalRevenue { amount currency }
  unconvertedRevenue { amount currency } }`;

const metricsOf = (id: string, place: number) => {
  const { firstPurchaseDate, lastPurchaseDate, purchaseCount, totalRevenue, unconverted } = expected.get(id)!;
  const stage = stages[place]!.at(-1)!;
  const revenue = { amount: totalRevenue, currency: reporting };
  const lifecycle = {
    currentStage: { name: stage },
    firstPurchaseDate,
    lastPurchaseDate,
    purchaseCount,
    totalRevenue: revenue,
    unconvertedRevenue: unconverted,
  };
  return { id, status: statusOf(stage), lifecycle };
};

/** Waits until the graph shows for every customer what is expected; the difference of the last look is the failure. */
async function settled(): Promise<void> {
  await eventually(async () => expect((await readCustomers(ids, METRICS)).map(cents)).toEqual(ids.map(metricsOf)), {
    withinMs: 60_000,
    everyMs: 500,
  });
}

/** Decimal strings to the cent, so that `22.5` and `22.50` are the same money. */
function cents<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (key, inner) =>
    (key === 'amount' || key === 'totalRevenue') && typeof inner === 'string' ? Number(inner).toFixed(2) : inner,
  );
}

test('[WF-CM-001] every person became one customer with the address on file, none was taken for a duplicate', async () => {
  const found = await readCustomers(
    ids,
    'displayName type source externalId addresses(first: 5) { streetLine1 streetLine2 city stateProvince postalCode country isDefault }',
  );
  expect(new Set(ids).size).toBe(people.length);
  expect(found).toEqual(
    people.map((person, place) => ({
      id: ids[place],
      displayName: person.displayName,
      type: 'INDIVIDUAL',
      source: 'IMPORT',
      externalId: externalIdOf(run, person),
      addresses: [{ ...person.address, country: 'AU', isDefault: true }],
    })),
  );
});

test('[CustomerLifecycle AC-2] [Financial to CRM: Payment received] revenue, purchases and their dates are right to the cent', async () => {
  const found = (await readCustomers(ids, METRICS)).map(cents);
  expect(found).toEqual(ids.map(metricsOf));
  const sum = (amounts: string[]) => amounts.reduce((total, amount) => total + Math.round(Number(amount) * 100), 0);
  expect(sum(found.map((one) => one.lifecycle.totalRevenue.amount))).toBe(sum([...expected.values()].map((one) => one.totalRevenue)));
});

test('[360 financial_summary] balances, payment status and the newest invoices follow from the same events', async () => {
  const selection = `financialSummary { totalRevenue { amount currency } outstandingBalance { amount currency } paymentStatus
    recentInvoices { invoiceId number amount { amount currency } status } }`;
  const found = (await readCustomers(ids, selection)).map(cents);
  const summaries = ids.map((id) => {
    const { totalRevenue, outstanding, paymentStatus, invoices } = expected.get(id)!;
    const recentInvoices = invoices
      .slice(0, 5)
      .map(({ invoiceId, number, amount, currency, status }) => ({ invoiceId, number, amount: { amount, currency }, status }));
    const money = (amount: string) => ({ amount, currency: reporting });
    return {
      id,
      financialSummary: { totalRevenue: money(totalRevenue), outstandingBalance: money(outstanding), paymentStatus, recentInvoices },
    };
  });
  expect(found).toEqual(summaries);
});

test('[WF-LC-001] [Sales to CRM: Deal closed] a won deal walked every customer through the allowed stages, each step once', async () => {
  const found = await readCustomers(
    ids,
    'lifecycle { history(first: 20) { nodes { fromStage { name } toStage { name } trigger } pageInfo { hasNextPage } } }',
  );
  for (const [place, { lifecycle }] of found.entries()) {
    const walked = [...lifecycle.history.nodes].reverse();
    expect(walked.map((step: any) => step.toStage.name)).toEqual(stages[place]);
    expect(walked.map((step: any) => step.fromStage?.name ?? null)).toEqual([null, ...stages[place]!.slice(0, -1)]);
    for (const step of walked.slice(1)) expect(step.trigger).toBe('SYSTEM');
  }
});

test('[Journey AC-1] the first purchase is a milestone at the instant of its payment, and a customer that came back is a win-back', async () => {
  await eventually(
    async () => {
      const found = await readCustomers(ids, 'milestones(first: 20) { nodes { milestoneType occurredAt } }');
      for (const [place, { id, milestones }] of found.entries()) {
        const types = milestones.nodes.map((one: any) => one.milestoneType).sort();
        const { firstPurchaseAt } = expected.get(id)!;
        expect({ place, types }).toEqual({
          place,
          types: [...(firstPurchaseAt ? ['FIRST_PURCHASE'] : []), ...(stages[place]!.includes('Won Back') ? ['WIN_BACK'] : [])],
        });
        expect(milestones.nodes.find((one: any) => one.milestoneType === 'FIRST_PURCHASE')?.occurredAt ?? null).toBe(firstPurchaseAt);
      }
    },
    { withinMs: 20_000, everyMs: 500 },
  );
});

test('[Timeline Invoice] every invoice stands in its timeline once, at its date, in the words of the catalogue', async () => {
  const selection =
    'timeline(first: 40, from: "1996-01-01T00:00:00Z", types: [INVOICE]) { nodes { sourceId display occurredAt icon } pageInfo { hasNextPage } }';
  await eventually(
    async () => {
      const found = await readCustomers(ids, selection);
      const lines = ids.map((id) => {
        const nodes = expected.get(id)!.invoices.map(({ invoiceId, display, issuedAt }) => ({
          sourceId: invoiceId,
          display,
          occurredAt: issuedAt,
          icon: 'file-invoice',
        }));
        return { id, timeline: { nodes, pageInfo: { hasNextPage: false } } };
      });
      expect(found).toEqual(lines);
    },
    { withinMs: 20_000, everyMs: 500 },
  );
});

test('[360 core_profile] [360 lifecycle] the Customer 360 of single customers agrees with the whole', async () => {
  for (let place = 0; place < ids.length; place += 41) {
    const id = ids[place]!;
    const { customer } = await must('sales_manager', CUSTOMER_360, { id });
    const { firstPurchaseDate, lastPurchaseDate, purchaseCount, totalRevenue, outstanding, invoices } = expected.get(id)!;
    expect(customer).toMatchObject({
      id,
      displayName: people[place]!.displayName,
      externalId: externalIdOf(run, people[place]!),
      parent: null,
      consents: [],
    });
    expect(customer.addresses).toMatchObject([
      { addressType: 'BILLING', isDefault: true, city: people[place]!.address.city, country: 'AU' },
    ]);
    expect(customer.lifecycle).toMatchObject({
      currentStage: { name: stages[place]!.at(-1) },
      firstPurchaseDate,
      lastPurchaseDate,
      purchaseCount,
    });
    expect(cents(customer.lifecycle.totalRevenue)).toEqual({ amount: totalRevenue, currency: reporting });
    expect(customer.lifecycle.history.nodes).toHaveLength(stages[place]!.length);
    expect(cents(customer.financialSummary.outstandingBalance)).toEqual({ amount: outstanding, currency: reporting });
    expect(customer.financialSummary.recentInvoices.map((one: any) => one.number)).toEqual(invoices.slice(0, 5).map((one) => one.number));
    expect(customer.interactionSummary).toMatchObject({ lastInteractionAt: null, count30d: 0, lastFive: [] });
  }
});

test('the state topics say what the graph says, with versions that never shrink', async () => {
  await eventually(
    async () => {
      const [customers, lifecycles] = [latest(await readTopic('crm.customer.state.v1')), latest(await readTopic('crm.lifecycle.state.v1'))];
      for (const [place, id] of ids.entries()) {
        const { firstPurchaseDate, lastPurchaseDate, purchaseCount, totalRevenue } = expected.get(id)!;
        const stage = stages[place]!.at(-1)!;
        const person = people[place]!;
        const { city, stateProvince, postalCode } = person.address;
        expect(customers.get(id)?.data).toMatchObject({
          ...{
            customerId: id,
            type: 'individual',
            displayName: person.displayName,
            status: statusOf(stage).toLowerCase(),
            source: 'import',
          },
          ...{
            externalId: externalIdOf(run, person),
            email: null,
            ownerId: null,
            parentId: null,
            mergedInto: null,
            deletedAt: null,
            account: null,
          },
          defaultAddresses: [{ addressType: 'billing', city, stateProvince, postalCode, country: 'AU' }],
        });
        expect(cents(lifecycles.get(id)?.data)).toMatchObject({
          ...{ customerId: id, stageName: stage, firstPurchaseDate, lastPurchaseDate, totalRevenue, currency: reporting, purchaseCount },
        });
      }
    },
    { withinMs: 20_000, everyMs: 500 },
  );
});

/** The last record of each of our customers; each must be newer than the one before. */
function latest(records: Read[]): Map<string, Read> {
  const ours = new Set(ids);
  const last = new Map<string, Read>();
  for (const record of records) {
    if (!record.key || !ours.has(record.key)) continue;
    const before = last.get(record.key);
    // A relay that took over publishes the states it took over once more.
    if (before) expect(Number(record.headers.ce_sequence)).toBeGreaterThanOrEqual(Number(before.headers.ce_sequence));
    last.set(record.key, record);
  }
  return last;
}

test('the databases hold the same, each object once, and nothing of it is parked', async () => {
  const rows = async (service: 'customer' | 'lifecycle' | 'interaction', statement: string) =>
    (await (await database(service)).query(statement, [ids])).rows;
  const byId = <T extends { id: string }>(list: T[]) => new Map(list.map((row) => [row.id, row]));

  const profiles = byId(
    await rows('customer', 'select id, display_name, status, external_id from customer where id = any($1) and deleted_at is null'),
  );
  const addresses = byId(
    await rows(
      'customer',
      'select customer_id as id, city, count(*) over (partition by customer_id)::int as count from address where customer_id = any($1)',
    ),
  );
  const metrics = byId(
    await rows(
      'lifecycle',
      `select l.customer_id as id, s.name as stage, l.first_purchase_date::text as first, l.last_purchase_date::text as last, l.purchase_count as count,
         l.total_revenue::numeric(20, 2)::text as revenue,
         (select count(*)::int from invoice i where i.customer_id = l.customer_id) as invoices,
         (select count(*)::int from lifecycle_history h where h.customer_id = l.customer_id) as steps
       from customer_lifecycle l join lifecycle_stage s on s.id = l.current_stage_id where l.customer_id = any($1)`,
    ),
  );
  const lines = byId(
    await rows(
      'interaction',
      `select customer_id as id, count(*)::int as count from timeline_item where kind = 'invoice' and customer_id = any($1) group by 1`,
    ),
  );
  for (const [place, id] of ids.entries()) {
    const { firstPurchaseDate, lastPurchaseDate, purchaseCount, totalRevenue, invoices } = expected.get(id)!;
    const [person, stage] = [people[place]!, stages[place]!.at(-1)!];
    expect(profiles.get(id)).toMatchObject({
      display_name: person.displayName,
      status: statusOf(stage).toLowerCase(),
      external_id: externalIdOf(run, person),
    });
    expect(addresses.get(id)).toMatchObject({ city: person.address.city, count: 1 });
    expect(metrics.get(id)).toEqual({
      ...{ id, stage, first: firstPurchaseDate, last: lastPurchaseDate, count: purchaseCount, revenue: totalRevenue },
      ...{ invoices: invoices.length, steps: stages[place]!.length },
    });
    expect(lines.get(id)?.count ?? 0).toBe(invoices.length);
  }
  for (const service of ['lifecycle', 'interaction'] as const) {
    expect(await rows(service, 'select topic, key, reason from parked where key = any($1::text[])')).toEqual([]);
  }
});

/** The query of the README, word for word. */
const CUSTOMER_360 = `query Customer360($id: ID!) { customer(id: $id) { id type displayName status source externalId owner { id name }
  contacts(first: 10) { nodes { id firstName lastName email phone isPrimary doNotContact } } addresses { id addressType isDefault city country }
  account { legalName industry taxId } parent { id displayName } children(first: 5) { nodes { id displayName } }
  lifecycle { currentStage { name category } enteredStageAt firstPurchaseDate lastPurchaseDate totalRevenue { amount currency } purchaseCount
    history(first: 5) { nodes { toStage { name } changedAt trigger reason } } }
  milestones(first: 5) { nodes { milestoneType occurredAt } }
  financialSummary { totalRevenue { amount currency } outstandingBalance { amount currency } paymentStatus recentInvoices { number amount { amount currency } } }
  interactionSummary { lastInteractionAt count30d lastFive { id interactionType subject occurredAt } }
  timeline(first: 50) { nodes { id kind occurredAt display icon highlight } pageInfo { endCursor hasNextPage } }
  consents { consentType granted since legalBasis } } }`;
