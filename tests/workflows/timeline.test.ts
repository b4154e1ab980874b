// Customer.timeline: the seven sources of the catalogue, own and foreign, with their words and icons; newest state wins, whatever the order of arrival.
import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { change, createNote, customerOfThisMoment, logInteraction, newCustomer, newStaff, ON, timeline } from '../support/interactions.ts';
import { eventually, gql, must, publishInbound, readTopic, stack } from '../support/stack.ts';

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();

const invoice = (customerId: string, over: object = {}) => ({
  type: 'financial.invoice-issued.v1',
  data: {
    invoiceId: randomUUID(),
    number: '2026-17',
    customerId,
    amount: '120.00',
    currency: 'EUR',
    issuedAt: hoursAgo(4),
    dueAt: null,
    ...over,
  },
});
const voided = (customerId: string, invoiceId: string) => ({
  type: 'financial.invoice-voided.v1',
  data: { invoiceId, customerId, voidedAt: hoursAgo(1) },
});
const order = (customerId: string, over: object = {}) => ({
  type: 'sales.order-changed.v1',
  data: {
    orderId: randomUUID(),
    number: 'O-9',
    customerId,
    status: 'shipped',
    amount: '99.90',
    currency: 'EUR',
    placedAt: hoursAgo(5),
    revision: 1,
    ...over,
  },
});
const workOrder = (customerId: string, over: object = {}) => ({
  type: 'field-service.work-order-changed.v1',
  data: {
    workOrderId: randomUUID(),
    number: null,
    customerId,
    description: 'Replace the filter',
    status: 'scheduled',
    scheduledAt: hoursAgo(6),
    completedAt: null,
    equipment: null,
    revision: 1,
    ...over,
  },
});
const supportCase = (customerId: string, over: object = {}) => ({
  type: 'support.case-changed.v1',
  data: {
    caseId: randomUUID(),
    number: '77',
    customerId,
    subject: 'Water leak',
    status: 'open',
    priority: 'normal',
    escalated: false,
    openedAt: hoursAgo(7),
    firstRespondedAt: null,
    closedAt: null,
    satisfactionScore: null,
    revision: 1,
    ...over,
  },
});
const displays = async (customerId: string, args: object = {}) =>
  (await timeline('sales_manager', customerId, args)).nodes.map((line: any) => line.display);

test('[Timeline Interaction] [Timeline Note] [Timeline Journey] [Timeline Invoice] [Timeline Order] [Timeline WorkOrder] [Timeline Case] all seven sources stand in one timeline', async () => {
  const customerId = await newCustomer();
  await logInteraction('sales_manager', { customerId, interactionType: 'EMAIL', subject: 'Quote', occurredAt: hoursAgo(2) });
  await createNote('sales_manager', { customerId, title: 'Prefers mail' });
  await must(
    'sales_manager',
    `mutation($input: RecordMilestoneInput!) { recordMilestone(input: $input) { __typename ... on Problem { message } } }`,
    {
      input: { customerId, milestoneType: 'REFERRAL_MADE', occurredAt: hoursAgo(3) },
    },
  );
  await publishInbound('financial.events.v1', [invoice(customerId)]);
  await publishInbound('sales.events.v1', [order(customerId)]);
  await publishInbound('field-service.events.v1', [workOrder(customerId)]);
  await publishInbound('support.events.v1', [supportCase(customerId)]);
  const { nodes } = await eventually(async () => {
    const page = await timeline('sales_manager', customerId, { types: null });
    const wanted = ['NOTE', 'INTERACTION', 'JOURNEY', 'INVOICE', 'ORDER', 'WORK_ORDER', 'CASE'];
    for (const kind of wanted) expect(page.nodes.map((line: any) => line.kind)).toContain(kind);
    return page;
  });
  const shown = nodes
    .filter((line: any) => line.display !== 'Milestone: first_contact') // the lifecycle service's own conclusion from the interaction
    .map(({ kind, display, icon, highlight, status }: any) => [kind, display, icon, highlight, status]);
  expect(shown).toEqual([
    ['NOTE', 'Note: Prefers mail', 'sticky-note', false, null],
    ['INTERACTION', 'email - Quote', 'envelope', false, null],
    ['JOURNEY', 'Milestone: referral_made', 'flag', true, null],
    ['INVOICE', 'Invoice 2026-17 - 120.00 EUR', 'file-invoice', false, 'issued'],
    ['ORDER', 'Order O-9 - shipped', 'shopping-cart', false, 'shipped'],
    ['WORK_ORDER', 'Service: Replace the filter', 'wrench', false, 'scheduled'],
    ['CASE', 'Ticket #77: Water leak', 'ticket', false, 'open'],
  ]);
  for (const line of nodes) expect(Date.now() - Date.parse(line.asOf)).toBeLessThan(60_000);
});

test('[Timeline Journey] [Journey AC-1] a milestone that is deleted leaves the timeline', async () => {
  const customerId = await newCustomer();
  const { recordMilestone } = await must(
    'sales_manager',
    `mutation($input: RecordMilestoneInput!) { recordMilestone(input: $input) { __typename ... on Milestone { id } ... on Problem { message } } }`,
    { input: { customerId, milestoneType: 'RENEWAL', occurredAt: hoursAgo(1) } },
  );
  await eventually(async () => expect(await displays(customerId, { types: ['JOURNEY'] })).toEqual(['Milestone: renewal']));
  await must('sales_manager', `mutation($id: ID!) { deleteMilestone(id: $id) { __typename } }`, { id: recordMilestone.id });
  await eventually(async () => expect(await displays(customerId, { types: ['JOURNEY'] })).toEqual([]));
});

test('[Timeline Invoice] a voided invoice stays and says so, also when the voiding arrives first or the issue is sent again', async () => {
  const customerId = await newCustomer();
  const [early, late] = [randomUUID(), randomUUID()];
  await publishInbound('financial.events.v1', [
    voided(customerId, early),
    invoice(customerId, { invoiceId: early, number: 'E-1', issuedAt: hoursAgo(2) }),
    invoice(customerId, { invoiceId: late, number: 'L-1', issuedAt: hoursAgo(3) }),
    voided(customerId, late),
    invoice(customerId, { invoiceId: late, number: 'L-1', issuedAt: hoursAgo(3) }),
    voided(customerId, randomUUID()),
    invoice(customerId, { number: 'OK-1', issuedAt: hoursAgo(4) }),
  ]);
  await eventually(async () =>
    expect(await displays(customerId)).toEqual([
      'Invoice E-1 - 120.00 EUR (voided)',
      'Invoice L-1 - 120.00 EUR (voided)',
      'Invoice OK-1 - 120.00 EUR',
    ]),
  );
});

test('[Timeline Order] [Timeline Case] the highest revision wins, in one batch and across batches, and a repeat changes nothing', async () => {
  const customerId = await newCustomer();
  const orderId = randomUUID();
  const caseId = randomUUID();
  const repeated = { ...order(customerId, { orderId, status: 'packed', revision: 2 }), id: randomUUID() };
  await publishInbound('sales.events.v1', [
    order(customerId, { orderId, status: 'delivered', revision: 3 }),
    repeated,
    repeated,
    order(customerId, { orderId, status: 'placed', revision: 1 }),
  ]);
  await publishInbound('support.events.v1', [supportCase(customerId, { caseId, subject: 'Old words', revision: 1 })]);
  await eventually(async () => expect(await displays(customerId)).toEqual(['Order O-9 - delivered', 'Ticket #77: Old words']));
  await publishInbound('sales.events.v1', [repeated, order(customerId, { orderId, status: 'placed again', revision: 2 })]);
  await publishInbound('support.events.v1', [supportCase(customerId, { caseId, subject: 'New words', status: 'closed', revision: 5 })]);
  await eventually(async () => expect(await displays(customerId)).toEqual(['Order O-9 - delivered', 'Ticket #77: New words']));
});

test('[Field Service to CRM: Job completed] a completed job becomes one interaction, whatever is sent again', async () => {
  const customerId = await newCustomer();
  const workOrderId = randomUUID();
  const completedAt = hoursAgo(1);
  const job = (revision: number, over: object = {}) => workOrder(customerId, { workOrderId, revision, ...over });
  await publishInbound('field-service.events.v1', [
    job(1),
    job(2, { status: 'in_progress' }),
    job(3, { status: 'completed', completedAt }),
  ]);
  const read = async () =>
    (
      await must(
        'sales_manager',
        `query($c: ID!) { interactions(filter: { customerId: { eq: $c } }) { nodes { id interactionType direction source outcome subject externalId occurredAt backdated createdBy { kind } relatedRecords { type id } } } }`,
        { c: customerId },
      )
    ).interactions.nodes;
  const [logged] = await eventually(async () => {
    const nodes = await read();
    expect(nodes).toHaveLength(1);
    return nodes;
  });
  expect(logged).toMatchObject({
    interactionType: 'OTHER',
    direction: 'OUTBOUND',
    source: 'API',
    outcome: 'COMPLETED',
    subject: 'Service: Replace the filter',
    externalId: workOrderId,
    occurredAt: completedAt,
    backdated: false,
    createdBy: { kind: 'SYSTEM' },
    relatedRecords: [{ type: 'WORK_ORDER', id: workOrderId }],
  });
  await publishInbound('field-service.events.v1', [
    job(3, { status: 'completed', completedAt }),
    job(4, { status: 'completed', completedAt, description: 'Replaced' }),
  ]);
  await eventually(async () => expect(await displays(customerId, { types: ['WORK_ORDER'] })).toEqual(['Service: Replaced']));
  expect(await read()).toHaveLength(1);
  const facts = await eventually(async () => {
    const all = await readTopic('crm.interaction.events.v1', { key: customerId });
    expect(all.length).toBeGreaterThan(0);
    return all;
  });
  expect(facts.map(({ data }) => [data.interactionId, data.source])).toEqual([[logged.id, 'api']]);
  // Deleted by hand, it is not made anew by the next revision.
  await change('sales_manager', ON('delete', 'Interaction'), { id: logged.id });
  await publishInbound('field-service.events.v1', [job(5, { status: 'completed', completedAt, description: 'Replaced twice' })]);
  await eventually(async () => expect(await displays(customerId, { types: ['WORK_ORDER'] })).toEqual(['Service: Replaced twice']));
  expect(await read()).toEqual([]);
});

test('[Timeline Invoice] news of a customer who is not known yet waits for them', async () => {
  const customerId = await customerOfThisMoment(); // known to the customer service at once, here a little later
  await publishInbound('financial.events.v1', [invoice(customerId, { number: 'FIRST' })]);
  await eventually(async () => expect(await displays(customerId)).toEqual(['Invoice FIRST - 120.00 EUR']));
});

test('filters by type, period and actor; by default 90 days', async () => {
  const customerId = await newCustomer();
  const me = await newStaff('support_rep', 'Support');
  const daysAgo = (days: number) => hoursAgo(24 * days);
  await logInteraction('sales_manager', { customerId, subject: 'old', occurredAt: daysAgo(120) });
  await logInteraction('sales_manager', { customerId, subject: 'recent', occurredAt: daysAgo(60) });
  await logInteraction(me, { customerId, subject: 'mine', occurredAt: daysAgo(10) });
  await createNote('sales_manager', { customerId, title: 'note' });
  expect(await displays(customerId)).toEqual(['Note: note', 'call - mine', 'call - recent']);
  expect(await displays(customerId, { from: daysAgo(365) })).toEqual(['Note: note', 'call - mine', 'call - recent', 'call - old']);
  expect(await displays(customerId, { from: daysAgo(365), to: daysAgo(50) })).toEqual(['call - recent', 'call - old']);
  expect(await displays(customerId, { types: ['NOTE'] })).toEqual(['Note: note']);
  expect(await displays(customerId, { types: ['INTERACTION', 'CASE'] })).toEqual(['call - mine', 'call - recent']);
  expect(await displays(customerId, { types: [] })).toEqual([]);
  expect(await displays(customerId, { actorId: me.sub })).toEqual(['call - mine']);
  const { totalCount } = await timeline('sales_manager', customerId, {
    first: 1,
    from: daysAgo(365),
    actorId: stack().staff.sales_manager,
  });
  expect(totalCount).toBe(3);
});

test('a request that makes no sense is refused and names the argument', async () => {
  const customerId = await newCustomer();
  const ask = (args: string) =>
    gql('sales_manager', `query($id: ID!) { customer(id: $id) { timeline(${args}) { totalCount } } }`, { id: customerId });
  for (const [args, code, field] of [
    ['first: 201', 'BAD_USER_INPUT', 'first'],
    ['first: 0', 'BAD_USER_INPUT', 'first'],
    ['after: "nonsense"', 'INVALID_CURSOR', 'after'],
    ['from: "2026-02-01T00:00:00Z", to: "2026-01-01T00:00:00Z"', 'BAD_USER_INPUT', 'to'],
    [`actorId: "${'x'.repeat(101)}"`, 'BAD_USER_INPUT', 'actorId'],
    ['timeZone: "Mars/Olympus"', 'BAD_USER_INPUT', 'timeZone'],
  ] as const) {
    const { errors } = await ask(args);
    expect({ args, code: errors?.[0]?.extensions.code, field: errors?.[0]?.extensions.field }).toEqual({ args, code, field });
  }
});
