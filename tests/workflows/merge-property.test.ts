// WF-CM-002 over all four services, through the real merge: random customers with interactions, notes, activities, payments, stages and consents; random
// merges, chains too; undone in reverse. Without changes in between the whole graph is what it was, and no row is an orphan, lost, or there twice.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { contactOf, person, word } from '../support/customers.ts';
import { moveTo, section } from '../support/lifecycle.ts';
import { followed, merge, SECTIONS, snapshot, unmerged } from '../support/merges.ts';
import { database, eventually, must, publishInbound, type ServiceName } from '../support/stack.ts';

const customer = fc.record({
  calls: fc.nat(3),
  withContact: fc.boolean(),
  notes: fc.nat(2),
  activities: fc.nat(2),
  payments: fc.array(fc.integer({ min: 1, max: 99_999 }), { maxLength: 3 }),
  steps: fc.nat(3),
  consents: fc.array(fc.boolean(), { maxLength: 2 }),
});
const world = fc.record({
  customers: fc.array(customer, { minLength: 3, maxLength: 4 }),
  fusions: fc.array(fc.record({ survivor: fc.nat(10), retired: fc.nat(10) }), { minLength: 1, maxLength: 3 }),
});
type World = typeof world extends fc.Arbitrary<infer W> ? W : never;

const WAY = ['Prospect', 'Opportunity', 'Customer'];
const ALL = {
  ...SECTIONS,
  interaction: `interactionSummary { lastInteractionAt count30d openActivities lastFive { id subject } }
    timeline(first: 200, from: "2020-01-01T00:00:00Z") { nodes { id kind display occurredAt } }
    notes(first: 200) { nodes { id content customer { id } } } activities(first: 200) { nodes { id subject customer { id } } }`,
  lifecycle: `lifecycle { currentStage { name } enteredStageAt previousStage { name } firstPurchaseDate lastPurchaseDate purchaseCount
      totalRevenue { amount currency } asOf history(first: 50) { nodes { id fromStage { name } toStage { name } changedAt } } }
    milestones(first: 50) { nodes { id milestoneType occurredAt } }
    financialSummary { totalRevenue { amount } paymentStatus recentInvoices { number } }`,
  compliance: 'consents { consentType status } consentHistory(first: 50) { nodes { id granted } }',
};

const make = async (text: string, input: object) => Object.values(await must<any>('admin', text, { input }))[0] as any;
const LOG =
  'mutation($input: LogInteractionInput!) { logInteraction(input: $input) { ... on Interaction { id } ... on Problem { message } } }';
const NOTE = 'mutation($input: CreateNoteInput!) { createNote(input: $input) { ... on Note { id } ... on Problem { message } } }';
const ACTIVITY =
  'mutation($input: CreateActivityInput!) { createActivity(input: $input) { ... on Activity { id } ... on Problem { message } } }';
const CONSENT =
  'mutation($input: RecordConsentInput!) { recordConsent(input: $input) { ... on ConsentRecord { id } ... on Problem { message } } }';

async function build({ customers }: World): Promise<string[]> {
  const ids: string[] = [];
  for (const one of customers) {
    const { id } = await person({ ownerId: null });
    ids.push(id);
    await eventually(async () => expect((await section(id, 'lifecycle { version }')).lifecycle).toBeTruthy());
    const contactId = one.withContact ? (await contactOf(id)).id : null;
    for (let n = 0; n < one.calls; n++)
      await make(LOG, {
        customerId: id,
        contactId,
        interactionType: 'CALL',
        direction: 'INBOUND',
        subject: `call ${word()}`,
        occurredAt: `2026-11-0${n + 1}T10:00:00Z`,
      });
    for (let n = 0; n < one.notes; n++) await make(NOTE, { customerId: id, content: `note ${word()}` });
    for (let n = 0; n < one.activities; n++)
      await make(ACTIVITY, { customerId: id, activityType: 'TASK', subject: `task ${word()}`, dueDate: '2030-01-01T00:00:00Z' });
    await publishInbound(
      'financial.events.v1',
      one.payments.map((cents, n) => ({
        type: 'financial.payment-received.v1',
        data: {
          ...{ paymentId: crypto.randomUUID(), invoiceId: null, customerId: id, amount: (cents / 100).toFixed(2), currency: 'EUR' },
          ...{ convertedAmount: null, receivedAt: `2026-0${n + 1}-01T10:00:00Z` },
        },
      })),
    );
    for (const granted of one.consents)
      await make(CONSENT, { customerId: id, consentType: 'MARKETING_EMAIL', granted, source: 'WEB_FORM' });
    if (one.steps > 0) await moveTo(id, ...WAY.slice(0, one.steps));
    await eventually(async () =>
      expect((await section(id, 'lifecycle { purchaseCount }')).lifecycle.purchaseCount).toBe(one.payments.length),
    );
  }
  return ids;
}

/** What is shown once nothing moves any more. */
async function settled(ids: readonly string[]): Promise<any> {
  let last: any;
  return eventually(
    async () => {
      const before = last;
      last = await snapshot(ids, ALL);
      expect(last).toEqual(before);
      return last;
    },
    { everyMs: 500, withinMs: 30_000 },
  );
}

const MOVED: Array<[ServiceName, string]> = [
  ['interaction', 'interaction'],
  ['interaction', 'note'],
  ['interaction', 'activity'],
  ['interaction', 'timeline_item'],
  ['lifecycle', 'payment'],
  ['lifecycle', 'milestone'],
];

/** Every row is where its origin leads, in every service; answers how many there are of each table. */
async function counted(ids: readonly string[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const [service, table] of MOVED) {
    const db = await database(service);
    const astray = await db.query(
      `select t.origin_customer_id from ${table} t left join directory_customer d on d.customer_id = t.origin_customer_id
       where t.origin_customer_id = any($1) and t.customer_id <> coalesce(d.merged_into, t.origin_customer_id)`,
      [ids],
    );
    expect({ table, astray: astray.rows }).toEqual({ table, astray: [] });
    counts[table] = (await db.query(`select count(*)::int as n from ${table} where origin_customer_id = any($1)`, [ids])).rows[0].n;
  }
  return counts;
}

test('[WF-CM-002] over all services a merge and its undoing leave the graph as it was, and no row is an orphan, lost, or there twice', async () => {
  await fc.assert(
    fc.asyncProperty(world, async (drawn) => {
      const ids = await build(drawn);
      const before = await settled(ids);
      const rows = await counted(ids);
      const done: any[] = [];
      const alive = [...ids];
      for (const { survivor, retired } of drawn.fusions) {
        const survivorId = alive[survivor % alive.length]!;
        const others = alive.filter((id) => id !== survivorId);
        if (others.length === 0) break;
        const retiredId = others[retired % others.length]!;
        const result = await merge({ survivorId, retiredIds: [retiredId] });
        expect(result).toMatchObject({ __typename: 'Merge' });
        await followed(result.id);
        done.push(result);
        alive.splice(alive.indexOf(retiredId), 1);
        expect(await counted(ids)).toEqual(rows);
        const [one, other] = await snapshot([survivorId, retiredId], { id: 'id', revenue: 'lifecycle { totalRevenue { amount } }' });
        expect(other).toEqual(one);
      }
      for (const fused of done.reverse()) await unmerged(fused);
      await eventually(async () => expect(await snapshot(ids, ALL)).toEqual(before), { withinMs: 30_000 });
      expect(await counted(ids)).toEqual(rows);
      expect(await settled(ids)).toEqual(before);
    }),
    { numRuns: 2, endOnFailure: true },
  );
}, 300_000);
