// Journey: milestones that the system records from facts of other services and modules, and those that people record.
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { factsTold, moveTo, newCustomer, section } from '../support/lifecycle.ts';
import { type Caller, eventually, gql, must, publishInbound, readTopic } from '../support/stack.ts';

const MILESTONE =
  '__typename ... on Milestone { id version milestoneType occurredAt details deletedAt createdBy { kind } } ... on Problem { message } ';
const ALREADY = '... on MilestoneAlreadyRecorded { milestoneId }';
const record = async (input: object, who: Caller = 'sales_rep'): Promise<any> =>
  (await must(who, `mutation($input: RecordMilestoneInput!) { recordMilestone(input: $input) { ${MILESTONE} ${ALREADY} } }`, { input }))
    .recordMilestone;
const remove = async (id: string): Promise<any> =>
  (await must('sales_rep', `mutation($id: ID!) { deleteMilestone(id: $id) { ${MILESTONE} } }`, { id })).deleteMilestone;
const restore = async (id: string): Promise<any> =>
  (await must('sales_rep', `mutation($id: ID!) { restoreMilestone(id: $id) { ${MILESTONE} ${ALREADY} } }`, { id })).restoreMilestone;
const UPDATE = `mutation($id: ID!, $v: Int!, $input: UpdateMilestoneInput!) { updateMilestone(id: $id, expectedVersion: $v, input: $input) { ${MILESTONE} } }`;
const milestones = async (id: string, args = ''): Promise<any[]> =>
  (await section(id, `milestones${args} { nodes { id version milestoneType occurredAt details createdBy { kind } } }`)).milestones.nodes;

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
const log = (customerId: string, occurredAt: string) =>
  must('sales_rep', 'mutation($input: LogInteractionInput!) { logInteraction(input: $input) { __typename } }', {
    input: { customerId, interactionType: 'CALL', occurredAt, subject: 'Hello' },
  });

describe('recorded from facts', () => {
  test('the earliest interaction is the first contact, even if it is logged later', async () => {
    const id = await newCustomer();
    await log(id, daysAgo(2));
    const [first] = await eventually(async () => {
      const found = await milestones(id);
      expect(found).toMatchObject([{ milestoneType: 'FIRST_CONTACT', createdBy: { kind: 'SYSTEM' } }]);
      return found;
    });
    const early = daysAgo(5);
    await log(id, daysAgo(1));
    await log(id, early);
    await eventually(async () => expect(await milestones(id)).toMatchObject([{ id: first.id, occurredAt: early, version: 2 }]));
    const facts = await eventually(async () => {
      const told = (await readTopic('crm.lifecycle.events.v1', { key: id })).filter((fact) => fact.headers.ce_type!.includes('milestone'));
      expect(told).toHaveLength(2);
      return told;
    });
    expect(facts.map((fact) => fact.headers.ce_type)).toEqual([
      'crm.lifecycle.milestone-recorded.v1',
      'crm.lifecycle.milestone-updated.v1',
    ]);
    expect(facts[1]!.data).toEqual({
      milestoneId: first.id,
      milestoneType: 'first_contact',
      occurredAt: early,
      changedFields: ['occurredAt'],
    });
  });

  test('a first contact that was recorded by hand is left alone', async () => {
    const id = await newCustomer();
    const byHand = await record({ customerId: id, milestoneType: 'FIRST_CONTACT', occurredAt: daysAgo(1) });
    await log(id, daysAgo(9));
    await log(id, daysAgo(3));
    await eventually(async () => expect((await section(id, 'interactionSummary { count30d }')).interactionSummary.count30d).toBe(2));
    expect(await milestones(id)).toMatchObject([{ id: byHand.id, version: 1 }]);
  });

  test('becoming At Risk is a churn signal, coming back a win-back; leaving after having been At Risk is no second signal', async () => {
    const id = await newCustomer({ status: 'ACTIVE' });
    await moveTo(id, 'At Risk', 'Churned', 'Won Back');
    const found = await milestones(id, '(orderBy: [{ field: OCCURRED_AT }])');
    expect(found.map((milestone) => milestone.milestoneType)).toEqual(['CHURN_SIGNAL', 'WIN_BACK']);
    expect(found[0].details).toEqual({ fromStage: 'Customer', toStage: 'At Risk' });
  });

  test('an escalated case is a milestone, once a case, whatever arrives again', async () => {
    const id = await newCustomer();
    const caseId = randomUUID();
    const changed = (revision: number, escalated: boolean, more: object = {}) => ({
      type: 'support.case-changed.v1',
      data: {
        caseId,
        number: '815',
        customerId: id,
        subject: 'Printer offline',
        status: 'open',
        priority: 'high',
        escalated,
        openedAt: daysAgo(1),
        firstRespondedAt: null,
        closedAt: null,
        satisfactionScore: null,
        revision,
        ...more,
      },
    });
    await publishInbound('support.events.v1', [
      changed(1, false),
      changed(3, true),
      changed(2, true),
      changed(4, true, { status: 'resolved' }),
    ]);
    await eventually(async () =>
      expect(await milestones(id)).toMatchObject([{ milestoneType: 'SUPPORT_ESCALATION', details: { caseId, priority: 'high' } }]),
    );
    const [milestone] = await milestones(id);
    await remove(milestone.id);
    await publishInbound('support.events.v1', [changed(5, true)]);
    await eventually(async () => expect((await section(id, 'support { openTickets }')).support.openTickets).toBe(1));
    expect(await milestones(id)).toEqual([]);
  });
});

describe('recorded by hand', () => {
  test('[Journey AC-1] a milestone appears in the customer’s timeline, highlighted, and goes when it is deleted', async () => {
    const id = await newCustomer();
    const milestone = await record({ customerId: id, milestoneType: 'RENEWAL', occurredAt: daysAgo(3), details: { contract: 'C-17' } });
    expect(milestone).toMatchObject({
      __typename: 'Milestone',
      version: 1,
      milestoneType: 'RENEWAL',
      details: { contract: 'C-17' },
      createdBy: { kind: 'STAFF' },
    });
    const timeline = async () =>
      (await section(id, 'timeline(first: 50) { nodes { kind display icon highlight occurredAt } }')).timeline.nodes.filter((entry: any) =>
        /MILESTONE|JOURNEY/.test(entry.kind),
      );
    await eventually(async () =>
      expect(await timeline()).toMatchObject([{ icon: 'flag', highlight: true, occurredAt: milestone.occurredAt }]),
    );
    expect((await timeline())[0].display).toMatch(/^Milestone: renewal$/i);
    await remove(milestone.id);
    await eventually(async () => expect(await timeline()).toEqual([]));
    await restore(milestone.id);
    await eventually(async () => expect(await timeline()).toHaveLength(1));
  });

  test('what happens once is recorded once; the refusal names the milestone', async () => {
    const id = await newCustomer();
    for (const milestoneType of ['FIRST_CONTACT', 'FIRST_PURCHASE', 'ONBOARDING_COMPLETE']) {
      const first = await record({ customerId: id, milestoneType });
      expect(await record({ customerId: id, milestoneType })).toMatchObject({
        __typename: 'MilestoneAlreadyRecorded',
        milestoneId: first.id,
      });
    }
    await record({ customerId: id, milestoneType: 'RENEWAL' });
    await record({ customerId: id, milestoneType: 'RENEWAL' });
    expect(await milestones(id)).toHaveLength(5);
  });

  test('of many that record the same once-only milestone at once, one succeeds', async () => {
    const id = await newCustomer();
    const results = await Promise.all(Array.from({ length: 8 }, () => record({ customerId: id, milestoneType: 'ONBOARDING_COMPLETE' })));
    expect(results.map((result) => result.__typename).sort()).toEqual(['Milestone', ...Array(7).fill('MilestoneAlreadyRecorded')]);
  });

  test('a deleted one can be recorded again, and then the first cannot come back', async () => {
    const id = await newCustomer();
    const first = await record({ customerId: id, milestoneType: 'ONBOARDING_COMPLETE' });
    expect((await remove(first.id)).deletedAt).not.toBeNull();
    const second = await record({ customerId: id, milestoneType: 'ONBOARDING_COMPLETE' });
    expect(await restore(first.id)).toMatchObject({ __typename: 'MilestoneAlreadyRecorded', milestoneId: second.id });
    await remove(second.id);
    expect(await restore(first.id)).toMatchObject({ __typename: 'Milestone', version: 3, deletedAt: null });
  });

  test('a change keeps what is absent, clears what is null, and is told; one that changes nothing is not', async () => {
    const id = await newCustomer();
    const { id: milestone } = await record({ customerId: id, milestoneType: 'UPSELL', occurredAt: daysAgo(2), details: { sku: 'A' } });
    const at = daysAgo(4);
    const changed = (await must('sales_rep', UPDATE, { id: milestone, v: 1, input: { occurredAt: at } })).updateMilestone;
    expect(changed).toMatchObject({ version: 2, occurredAt: at, details: { sku: 'A' } });
    expect((await must('sales_rep', UPDATE, { id: milestone, v: 2, input: { details: null } })).updateMilestone).toMatchObject({
      version: 3,
      details: null,
    });
    const told = await factsTold(id);
    expect((await must('sales_rep', UPDATE, { id: milestone, v: 3, input: { occurredAt: at } })).updateMilestone.version).toBe(3);
    expect(await factsTold(id)).toBe(told);
    expect((await gql('sales_rep', UPDATE, { id: milestone, v: 1, input: {} })).errors![0]!.extensions).toMatchObject({
      code: 'CONFLICT',
      actualVersion: 3,
    });
  });

  test('the same idempotency key answers the first milestone; with other input it is refused', async () => {
    const input = { customerId: await newCustomer(), milestoneType: 'RENEWAL', occurredAt: daysAgo(1), idempotencyKey: randomUUID() };
    const [first, second] = [await record(input), await record(input)];
    expect(second.id).toBe(first.id);
    expect(await milestones(input.customerId)).toHaveLength(1);
    const other = await gql('sales_rep', `mutation($input: RecordMilestoneInput!) { recordMilestone(input: $input) { ${MILESTONE} } }`, {
      input: { ...input, milestoneType: 'UPSELL' },
    });
    expect(other.errors![0]!.extensions).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED', field: 'idempotencyKey' });
  });
});

test('the list of milestones is filtered, ordered, paged and counted', async () => {
  const id = await newCustomer();
  const days = [5, 1, 3, 2, 4];
  for (const day of days) await record({ customerId: id, milestoneType: day % 2 ? 'RENEWAL' : 'UPSELL', occurredAt: daysAgo(day) });
  const query = `query($filter: MilestoneFilter, $after: String) { milestones(filter: $filter, first: 2, after: $after, orderBy: [{ field: MILESTONE_TYPE }, { field: OCCURRED_AT, direction: DESC }]) {
    nodes { milestoneType occurredAt } pageInfo { hasNextPage endCursor } totalCount } }`;
  const seen: any[] = [];
  let after: string | null = null;
  for (let pages = 0; pages < 5; pages++) {
    const page: any = (await must('auditor', query, { filter: { customerId: { eq: id } }, after })).milestones;
    expect(page.totalCount).toBe(5);
    seen.push(...page.nodes);
    if (!page.pageInfo.hasNextPage) break;
    after = page.pageInfo.endCursor;
  }
  expect(seen.map((row) => row.milestoneType)).toEqual(['RENEWAL', 'RENEWAL', 'RENEWAL', 'UPSELL', 'UPSELL']);
  expect(seen.slice(0, 3).map((row) => row.occurredAt)).toEqual(
    seen
      .slice(0, 3)
      .map((row) => row.occurredAt)
      .sort()
      .reverse(),
  );
  const { milestones: upsells } = await must('auditor', query, {
    filter: { customerId: { eq: id }, not: { milestoneType: { eq: 'RENEWAL' } } },
  });
  expect(upsells.totalCount).toBe(2);
  expect((await gql('admin', '{ milestones(first: 201) { nodes { id } } }')).errors![0]!.extensions).toMatchObject({
    code: 'BAD_USER_INPUT',
  });
  expect((await gql('admin', '{ milestones(after: "nonsense") { nodes { id } } }')).errors![0]!.extensions.code).toBe('INVALID_CURSOR');
});
