// The sections of Customer 360 that other modules feed: financial summary, opportunities, support, field service. Facts arrive on the inbound
// topics in any order; the newest revision of an object counts. Also: what all of it costs in SQL statements.
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { newCustomer, opportunity, section } from '../support/lifecycle.ts';
import { eventually, publishInbound, subgraph } from '../support/stack.ts';

const daysFromNow = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
const invoice = (customerId: string, invoiceId: string, amount: string, more: object = {}) => ({
  type: 'financial.invoice-issued.v1',
  data: {
    invoiceId,
    number: `N-${invoiceId.slice(0, 6)}`,
    customerId,
    amount,
    currency: 'EUR',
    issuedAt: daysFromNow(-10),
    dueAt: daysFromNow(20),
    ...more,
  },
});
const payment = (customerId: string, invoiceId: string | null, amount: string, more: object = {}) => ({
  type: 'financial.payment-received.v1',
  data: {
    paymentId: randomUUID(),
    invoiceId,
    customerId,
    amount,
    currency: 'EUR',
    convertedAmount: null,
    receivedAt: daysFromNow(-5),
    ...more,
  },
});

const FINANCIAL = `financialSummary { totalRevenue { amount currency } unconvertedRevenue { amount currency } outstandingBalance { amount currency } otherOutstandingBalances { amount currency }
  paymentStatus recentInvoices { number amount { amount currency } status issuedAt dueAt } asOf }`;
const financial = async (id: string) => (await section(id, FINANCIAL)).financialSummary;

describe('financial summary', () => {
  test('[360 financial_summary] revenue, balance, payment status and the five newest invoices', async () => {
    const id = await newCustomer();
    expect(await financial(id)).toMatchObject({
      totalRevenue: { amount: '0.00', currency: 'EUR' },
      paymentStatus: 'NONE',
      recentInvoices: [],
      asOf: null,
    });
    const ids = Array.from({ length: 7 }, () => randomUUID());
    await publishInbound('financial.events.v1', [
      ...ids.map((invoiceId, i) => invoice(id, invoiceId, '100.10', { issuedAt: daysFromNow(-30 + i) })),
      payment(id, ids[6]!, '100.10'),
      payment(id, ids[5]!, '40.05'),
      payment(id, null, '7.5'),
    ]);
    await eventually(async () => expect((await financial(id)).totalRevenue).toEqual({ amount: '147.65', currency: 'EUR' }));
    const summary = await financial(id);
    expect(summary).toMatchObject({
      outstandingBalance: { amount: '560.55', currency: 'EUR' },
      otherOutstandingBalances: [],
      paymentStatus: 'OPEN',
    });
    expect(summary.recentInvoices.map((row: any) => [row.number, row.status])).toEqual(
      [6, 5, 4, 3, 2].map((i) => [`N-${ids[i]!.slice(0, 6)}`, ['OPEN', 'OPEN', 'OPEN', 'OPEN', 'OPEN', 'PARTLY_PAID', 'PAID'][i]]),
    );
    expect(Date.now() - Date.parse(summary.asOf)).toBeLessThan(120_000);
  });

  test('[360 financial_summary] overdue is judged when asked; void and refunded invoices are shown as such', async () => {
    const id = await newCustomer();
    const [late, voided, refunded] = [randomUUID(), randomUUID(), randomUUID()];
    const paid = payment(id, refunded, '50.00');
    await publishInbound('financial.events.v1', [
      invoice(id, late, '10.00', { dueAt: daysFromNow(-1) }),
      { type: 'financial.invoice-voided.v1', data: { invoiceId: voided, customerId: id, voidedAt: daysFromNow(0) } },
      invoice(id, voided, '999.00', { dueAt: daysFromNow(-3) }),
      invoice(id, refunded, '50.00', { dueAt: daysFromNow(-2) }),
      {
        type: 'financial.payment-refunded.v1',
        data: {
          refundId: randomUUID(),
          paymentId: paid.data.paymentId,
          customerId: id,
          amount: '50.00',
          currency: 'EUR',
          convertedAmount: null,
          refundedAt: daysFromNow(0),
        },
      },
      paid,
    ]);
    await eventually(async () => {
      const summary = await financial(id);
      expect(Object.fromEntries(summary.recentInvoices.map((row: any) => [row.number, row.status]))).toEqual({
        [`N-${late.slice(0, 6)}`]: 'OVERDUE',
        [`N-${voided.slice(0, 6)}`]: 'VOID',
        [`N-${refunded.slice(0, 6)}`]: 'REFUNDED',
      });
      expect(summary).toMatchObject({
        paymentStatus: 'OVERDUE',
        outstandingBalance: { amount: '10.00' },
        totalRevenue: { amount: '0.00' },
      });
    });
    await publishInbound('financial.events.v1', [payment(id, late, '10.00')]);
    await eventually(async () =>
      expect(await financial(id)).toMatchObject({ paymentStatus: 'PAID', outstandingBalance: { amount: '0.00' } }),
    );
  });

  test('balances in other currencies stand beside, and are never added', async () => {
    const id = await newCustomer();
    await publishInbound('financial.events.v1', [
      invoice(id, randomUUID(), '10.00'),
      invoice(id, randomUUID(), '20.00', { currency: 'USD' }),
      invoice(id, randomUUID(), '5', { currency: 'JPY' }),
    ]);
    await eventually(async () =>
      expect(await financial(id)).toMatchObject({
        outstandingBalance: { amount: '10.00', currency: 'EUR' },
        otherOutstandingBalances: [
          { amount: '5.00', currency: 'JPY' },
          { amount: '20.00', currency: 'USD' },
        ],
      }),
    );
  });
});

test('[360 opportunities] open deals, pipeline and win rate, by the newest revision of each', async () => {
  const id = await newCustomer({ status: 'ACTIVE' });
  const read = async () =>
    (
      await section(
        id,
        'opportunities { open pipelineValue { amount currency } otherPipelineValues { amount currency } winRate asOf openOpportunities { name stage amount { amount } expectedCloseDate } }',
      )
    ).opportunities;
  expect(await read()).toEqual({
    open: 0,
    pipelineValue: { amount: '0.00', currency: 'EUR' },
    otherPipelineValues: [],
    winRate: null,
    asOf: null,
    openOpportunities: [],
  });
  const [a, b] = [randomUUID(), randomUUID()];
  await publishInbound('sales.events.v1', [
    opportunity(id, { opportunityId: a, revision: 3, amount: '300.00', name: 'Later', expectedCloseDate: '2027-03-01' }),
    opportunity(id, { opportunityId: a, revision: 2, status: 'lost' }),
    opportunity(id, { opportunityId: b, revision: 1, amount: '50.25', name: 'Sooner', expectedCloseDate: '2027-02-01' }),
    opportunity(id, { amount: '9', currency: 'USD', name: 'Elsewhere', expectedCloseDate: null }),
    opportunity(id, { status: 'won' }),
    opportunity(id, { status: 'won' }),
    opportunity(id, { status: 'lost' }),
  ]);
  await eventually(async () => expect((await read()).winRate).toBe('0.6667'));
  const summary = await read();
  expect(summary).toMatchObject({
    open: 3,
    pipelineValue: { amount: '350.25', currency: 'EUR' },
    otherPipelineValues: [{ amount: '9.00', currency: 'USD' }],
  });
  expect(summary.openOpportunities.map((deal: any) => deal.name)).toEqual(['Sooner', 'Later', 'Elsewhere']);
  expect(summary.openOpportunities[0]).toMatchObject({
    amount: { amount: '50.25' },
    expectedCloseDate: '2027-02-01',
    stage: 'Negotiation',
  });
  expect(summary.asOf).not.toBeNull();
});

test('[360 support] open tickets, mean response time and satisfaction', async () => {
  const id = await newCustomer();
  const opened = Date.parse('2026-03-01T10:00:00Z');
  const supportCase = (more: object) => ({
    type: 'support.case-changed.v1',
    data: {
      caseId: randomUUID(),
      number: '1',
      customerId: id,
      subject: 'Help',
      status: 'open',
      priority: 'normal',
      escalated: false,
      openedAt: new Date(opened).toISOString(),
      firstRespondedAt: null,
      closedAt: null,
      satisfactionScore: null,
      revision: 1,
      ...more,
    },
  });
  const after = (minutes: number) => new Date(opened + minutes * 60_000).toISOString();
  const again = { caseId: randomUUID() };
  await publishInbound('support.events.v1', [
    supportCase({ ...again, status: 'closed', revision: 2, firstRespondedAt: after(10), satisfactionScore: 5 }),
    supportCase({ ...again, revision: 1 }),
    supportCase({ status: 'pending', firstRespondedAt: after(25) }),
    supportCase({ status: 'resolved', firstRespondedAt: after(10), satisfactionScore: 4 }),
    supportCase({}),
  ]);
  await eventually(async () =>
    expect((await section(id, 'support { openTickets avgResponseTimeMinutes satisfactionScore asOf }', 'support_rep')).support).toEqual({
      openTickets: 2,
      avgResponseTimeMinutes: '15.0',
      satisfactionScore: '4.50',
      asOf: expect.any(String),
    }),
  );
});

test('[360 field_service] scheduled visits, completed jobs and equipment that is still there', async () => {
  const id = await newCustomer();
  const order = (status: string, more: object = {}) => ({
    type: 'field-service.work-order-changed.v1',
    data: {
      workOrderId: randomUUID(),
      number: null,
      customerId: id,
      description: 'Inspection',
      status,
      scheduledAt: daysFromNow(3),
      completedAt: null,
      equipment: null,
      revision: 1,
      ...more,
    },
  });
  const equipment = (name: string, more: object = {}) => ({
    type: 'field-service.equipment-changed.v1',
    data: {
      equipmentId: randomUUID(),
      customerId: id,
      name,
      serialNumber: 'S-1',
      installedAt: daysFromNow(-100),
      removedAt: null,
      revision: 1,
      ...more,
    },
  });
  const soon = daysFromNow(1);
  await publishInbound('field-service.events.v1', [
    order('scheduled', { scheduledAt: soon }),
    order('scheduled'),
    order('in_progress'),
    order('completed', { completedAt: daysFromNow(-1) }),
    order('cancelled'),
    equipment('Boiler'),
    equipment('Antenna'),
    equipment('Gone', { removedAt: daysFromNow(-1) }),
  ]);
  await eventually(async () =>
    expect(
      (await section(id, 'fieldService { scheduledVisits nextVisitAt completedJobs equipment { name serialNumber } asOf }')).fieldService,
    ).toEqual({
      scheduledVisits: 3,
      nextVisitAt: soon,
      completedJobs: 1,
      equipment: [
        { name: 'Antenna', serialNumber: 'S-1' },
        { name: 'Boiler', serialNumber: 'S-1' },
      ],
      asOf: expect.any(String),
    }),
  );
});

test('a portal user sees the own summaries, never stage or milestones', async () => {
  const id = await newCustomer();
  const portal = { kind: 'portal' as const, customer_id: id };
  expect(
    (await section(id, 'financialSummary { paymentStatus } support { openTickets } fieldService { completedJobs }', portal))
      .financialSummary.paymentStatus,
  ).toBe('NONE');
  await expect(section(id, 'lifecycle { currentStage { name } }', portal)).rejects.toThrow('FORBIDDEN');
});

describe('statements', () => {
  const ISSUE_SECTION = `lifecycle { currentStage { name category } enteredStageAt firstPurchaseDate lastPurchaseDate totalRevenue { amount currency } purchaseCount
      history(first: 5) { nodes { toStage { name } changedAt trigger reason } } }
    milestones(first: 5) { nodes { milestoneType occurredAt } }
    financialSummary { totalRevenue { amount currency } outstandingBalance { amount currency } paymentStatus recentInvoices { number amount { amount currency } } }`;
  const ALL = `${ISSUE_SECTION} opportunities { open pipelineValue { amount } winRate } support { openTickets avgResponseTimeMinutes } fieldService { scheduledVisits equipment { name } }`;
  const cost = async (ids: string[], selection: string): Promise<number> => {
    const { data, errors, headers } = await subgraph(
      'lifecycle',
      'admin',
      `query($r: [_Any!]!) { _entities(representations: $r) { ... on Customer { id ${selection} } } }`,
      { r: ids.map((id) => ({ __typename: 'Customer', id })) },
    );
    expect(errors).toBeUndefined();
    expect(data._entities.filter((entity: any) => entity.lifecycle)).toHaveLength(ids.length);
    return Number(headers.get('x-statements'));
  };

  test('the 360 costs this service at most 5 statements, with every section, for one customer as for many', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 12; i++) ids.push(await newCustomer());
    const one = await cost(ids.slice(0, 1), ISSUE_SECTION);
    expect(one).toBeGreaterThan(0);
    expect(one).toBeLessThanOrEqual(5);
    expect(await cost(ids, ISSUE_SECTION)).toBe(one);
    expect(await cost(ids, ALL)).toBe(one);
    expect(await cost(ids, ALL.replaceAll('first: 5', 'first: 100'))).toBe(one);
  });
});
