// What a merge does to the rows of the three services that do not own customers [WF-CM-002]: they follow the redirect, whatever the order in
// which the two customers' news arrive, and come back with an un-merge, each side with its own. The redirect is told as the customer service
// tells it, so that its every order can be tried; the merge itself is in customer-merge.test.ts.
import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { newContact, newCustomer as newInteractionCustomer } from '../support/interactions.ts';
import { change, moveTo, section, stageOf } from '../support/lifecycle.ts';
import { eventually, must, publishInbound, readTopic } from '../support/stack.ts';

const newCustomer = async (): Promise<string> => {
  const id = await newInteractionCustomer('admin', { ownerId: null });
  await eventually(async () => expect((await section(id, 'lifecycle { version }')).lifecycle).toBeTruthy());
  return id;
};

/** Publishes what the customer service publishes when `retired` is merged into `survivor`, or when that is undone. */
export async function tellMerge(retired: string, survivor: string | null): Promise<void> {
  await readTopic('crm.customer.state.v1', { key: retired, untilCount: 1 });
  const latest = (await readTopic('crm.customer.state.v1', { key: retired })).at(-1)!;
  await publishInbound('crm.customer.state.v1', [
    {
      type: latest.headers.ce_type!,
      key: retired,
      data: { ...latest.data, mergedInto: survivor, redirectVersion: latest.data.redirectVersion + 1 },
      headers: { ce_sequence: String(Number(latest.headers.ce_sequence) + 1), ce_source: '/tests' },
    },
  ]);
}

const LOG = `mutation($input: LogInteractionInput!) { logInteraction(input: $input) { __typename ... on Interaction { id } ... on Problem { message } } }`;
const log = async (customerId: string, subject: string, more: object = {}) =>
  (
    await must('admin', LOG, {
      input: { customerId, interactionType: 'CALL', direction: 'INBOUND', subject, occurredAt: '2026-11-01T10:00:00Z', ...more },
    })
  ).logInteraction;
const pay = (customerId: string, amount: string, receivedAt: string) =>
  publishInbound('financial.events.v1', [
    {
      type: 'financial.payment-received.v1',
      data: { paymentId: randomUUID(), invoiceId: null, customerId, amount, currency: 'EUR', convertedAmount: null, receivedAt },
    },
  ]);

const EVERYTHING = `interactionSummary { count30d lastInteractionAt openActivities lastFive { subject } }
  timeline(first: 50, from: "2020-01-01T00:00:00Z") { nodes { id kind display occurredAt } }
  lifecycle { currentStage { name } enteredStageAt previousStage { name } firstPurchaseDate lastPurchaseDate totalRevenue { amount } purchaseCount asOf
    history(first: 50) { nodes { id toStage { name } changedAt } } }
  milestones { nodes { id milestoneType occurredAt } }`;
const everything = (id: string) => section(id, EVERYTHING);
/** What is shown once nothing moves any more. */
async function settled(id: string): Promise<any> {
  let last = await everything(id);
  return eventually(
    async () => {
      const now = await everything(id);
      const before = last;
      last = now;
      expect(now).toEqual(before);
      return now;
    },
    { everyMs: 700, withinMs: 20_000 },
  );
}

test('[WF-CM-002] rows of all services follow a merge, new ones find the survivor, and an un-merge gives each side back its own', async () => {
  const [retired, survivor] = [await newCustomer(), await newCustomer()];
  await log(retired, 'call of the retired');
  await log(survivor, 'call of the survivor');
  await must('admin', 'mutation($input: CreateNoteInput!) { createNote(input: $input) { ... on Note { id } } }', {
    input: { customerId: retired, content: 'note of the retired' },
  });
  await pay(retired, '100.00', '2026-02-01T10:00:00Z');
  await pay(survivor, '20.50', '2026-03-01T10:00:00Z');
  await moveTo(retired, 'Prospect', 'Opportunity', 'Customer');
  await eventually(async () => {
    expect((await everything(retired)).lifecycle.totalRevenue.amount).toBe('100.00');
    expect((await everything(survivor)).lifecycle.totalRevenue.amount).toBe('20.50');
  });
  const before = { retired: await settled(retired), survivor: await settled(survivor) };

  await tellMerge(retired, survivor);
  await eventually(async () => {
    const merged = await everything(survivor);
    expect(merged.interactionSummary.count30d).toBe(2);
    expect(merged.lifecycle).toMatchObject({
      currentStage: { name: 'Customer' },
      firstPurchaseDate: '2026-02-01',
      lastPurchaseDate: '2026-03-01',
      totalRevenue: { amount: '120.50' },
      purchaseCount: 2,
    });
    expect(merged.lifecycle.history.nodes).toHaveLength(
      before.retired.lifecycle.history.nodes.length + before.survivor.lifecycle.history.nodes.length,
    );
    expect(new Set(merged.timeline.nodes.map((line: any) => line.id)).size).toBe(
      before.retired.timeline.nodes.length + before.survivor.timeline.nodes.length,
    );
  });
  const { interactions } = await must(
    'admin',
    `query($id: ID!) { interactions(filter: { customerId: { in: [$id] } }) { nodes { subject customer { id } } } }`,
    { id: retired },
  );
  expect(interactions.nodes.map((row: any) => row.subject).sort()).toEqual(['call of the retired', 'call of the survivor']);
  for (const service of ['interaction', 'lifecycle', 'compliance']) {
    const [applied] = await readTopic(`crm.${service}.redirects.v1`, { key: retired, untilCount: 1 });
    expect(applied!.data).toMatchObject({ customerId: retired, mergedInto: survivor, redirectVersion: 1 });
  }
  await settled(survivor);

  await tellMerge(retired, null);
  await eventually(async () => expect((await everything(retired)).interactionSummary.count30d).toBe(1));
  await eventually(async () => expect(await everything(retired)).toEqual(before.retired), { withinMs: 20_000 });
  await eventually(async () => expect(await everything(survivor)).toEqual(before.survivor), { withinMs: 20_000 });
}, 120_000);

test('[WF-CM-002] what is recorded after a merge stays with the survivor, unless a contact or another module says whose it was', async () => {
  const [retired, survivor] = [await newCustomer(), await newCustomer()];
  const contactId = await newContact(retired);
  await tellMerge(retired, survivor);
  await readTopic('crm.interaction.redirects.v1', { key: retired, untilCount: 1 });
  await log(retired, 'for the survivor');
  await log(survivor, 'with the contact of the retired', { contactId });
  await pay(retired, '7.00', '2026-02-01T10:00:00Z');
  await eventually(async () => expect((await everything(survivor)).lifecycle.totalRevenue.amount).toBe('7.00'));

  await tellMerge(retired, null);
  await eventually(async () => expect((await everything(retired)).lifecycle.totalRevenue.amount).toBe('7.00'));
  const subjects = async (id: string) => (await everything(id)).interactionSummary.lastFive.map((row: any) => row.subject);
  await eventually(async () => expect(await subjects(retired)).toEqual(['with the contact of the retired']));
  expect(await subjects(survivor)).toEqual(['for the survivor']);
  expect((await everything(survivor)).lifecycle.totalRevenue.amount).toBe('0.00');
}, 120_000);

test('[WF-CM-002] a chain of merges ends at the last survivor and is undone link by link', async () => {
  const [a, b, c] = [await newCustomer(), await newCustomer(), await newCustomer()];
  for (const [id, amount] of [
    [a, '1.00'],
    [b, '2.00'],
    [c, '4.00'],
  ] as const)
    await pay(id, amount, '2026-02-01T10:00:00Z');
  await moveTo(b, 'Prospect', 'Opportunity', 'Customer');
  await eventually(async () => expect((await everything(c)).lifecycle.totalRevenue.amount).toBe('4.00'));
  const revenue = async (id: string) => (await everything(id)).lifecycle.totalRevenue.amount;
  const before = await Promise.all([a, b, c].map(settled));

  await tellMerge(b, a);
  await eventually(async () => expect(await revenue(a)).toBe('3.00'));
  expect(await stageOf(a)).toBe('Customer');
  // The news of the two identities may come in any order; b's first here.
  await tellMerge(b, c);
  await tellMerge(a, c);
  await eventually(async () => expect(await revenue(c)).toBe('7.00'));
  expect(await stageOf(c)).toBe('Customer');

  await tellMerge(a, null);
  await tellMerge(b, a);
  await eventually(async () => expect([await revenue(a), await revenue(c)]).toEqual(['3.00', '4.00']));
  await tellMerge(b, null);
  await eventually(async () => expect([await revenue(a), await revenue(b)]).toEqual(['1.00', '2.00']));
  expect(await Promise.all([a, b, c].map(settled))).toEqual(before);
}, 180_000);

test('[WF-CM-002] milestones outlive a chain of merges of which the later one is heard of first', async () => {
  const [a, b, c] = [await newCustomer(), await newCustomer(), await newCustomer()];
  for (const [id, amount] of [
    [a, '1.00'],
    [b, '2.00'],
    [c, '4.00'],
  ] as const)
    await pay(id, amount, '2026-02-01T10:00:00Z');
  const revenue = async (id: string) => (await everything(id)).lifecycle.totalRevenue.amount;
  await eventually(async () => expect(await Promise.all([a, b, c].map(revenue))).toEqual(['1.00', '2.00', '4.00']));
  const before = await Promise.all([a, b, c].map(settled));
  const milestones = (all: any[]) => all.flatMap(({ milestones }) => milestones.nodes.map(({ id }: any) => id)).sort();

  await tellMerge(b, a);
  await eventually(async () => expect(await revenue(a)).toBe('3.00'));
  await tellMerge(a, c);
  await eventually(async () => expect(await revenue(c)).toBe('5.00'));
  await tellMerge(b, c);
  await eventually(async () => expect(await revenue(c)).toBe('7.00'));
  expect(milestones([await settled(c)])).toEqual(milestones(before));

  await tellMerge(b, a);
  await tellMerge(a, null);
  await tellMerge(b, null);
  await eventually(async () => expect(await Promise.all([a, b, c].map(revenue))).toEqual(['1.00', '2.00', '4.00']));
  expect(await Promise.all([a, b, c].map(settled))).toEqual(before);
}, 180_000);

test('[WF-CM-002] a stage that somebody changed after the merge stays with the survivor when it is undone', async () => {
  const [retired, survivor] = [await newCustomer(), await newCustomer()];
  await moveTo(retired, 'Prospect', 'Opportunity', 'Customer');
  await tellMerge(retired, survivor);
  await eventually(async () => expect(await stageOf(survivor)).toBe('Customer'));
  await change(survivor, 'At Risk');
  await tellMerge(retired, null);
  await eventually(async () => expect(await stageOf(retired)).toBe('Customer'));
  expect(await stageOf(survivor)).toBe('At Risk');
}, 120_000);
