// Activities: planned, listed for the person who is to do them, completed into an interaction, cancelled, deleted.
import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import {
  COMPLETE,
  change,
  createActivity,
  footprint,
  newContact,
  newCustomer,
  newStaff,
  ON,
  timeline,
  UPDATE,
} from '../support/interactions.ts';
import { eventually, gql, must, readTopic, stack } from '../support/stack.ts';

const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

test('an activity has its defaults: pending, normal, and its author to do it', async () => {
  const customerId = await newCustomer();
  const contactId = await newContact(customerId);
  const activity = await createActivity('sales_rep', {
    customerId,
    contactId,
    activityType: 'FOLLOW_UP',
    subject: 'Ask again',
    dueDate: inHours(2),
    reminderAt: inHours(1),
  });
  expect(activity).toMatchObject({
    activityType: 'FOLLOW_UP',
    status: 'PENDING',
    priority: 'NORMAL',
    overdue: false,
    completedAt: null,
    resultInteraction: null,
    assignedTo: { id: stack().staff.sales_rep },
    contact: { id: contactId },
    version: 1,
  });
  const { customer } = await must(
    'sales_rep',
    `query($c: ID!) { customer(id: $c) { activities { totalCount nodes { id } } interactionSummary { openActivities } } }`,
    { c: customerId },
  );
  expect(customer).toEqual({ activities: { totalCount: 1, nodes: [{ id: activity.id }] }, interactionSummary: { openActivities: 1 } });
});

test.each([
  ['CALL', 'CALL'],
  ['EMAIL', 'EMAIL'],
  ['MEETING', 'MEETING'],
  ['DEMO', 'MEETING'],
  ['TASK', 'OTHER'],
  ['FOLLOW_UP', 'OTHER'],
])('[Activity AC-2] completing a %s creates an interaction of type %s in the same transaction', async (activityType, interactionType) => {
  const customerId = await newCustomer();
  const activity = await createActivity('sales_rep', { customerId, activityType, subject: 'Planned', dueDate: inHours(1) });
  const done = await change('sales_rep', COMPLETE, {
    id: activity.id,
    version: 1,
    input: { outcome: 'SUCCESSFUL', sentiment: 'POSITIVE', durationMinutes: 15 },
  });
  expect(done).toMatchObject({
    status: 'COMPLETED',
    overdue: false,
    version: 2,
    completedAt: expect.any(String),
    resultInteraction: {
      interactionType,
      subject: 'Planned',
      outcome: 'SUCCESSFUL',
      sentiment: 'POSITIVE',
      durationMinutes: 15,
      direction: 'OUTBOUND',
      source: 'MANUAL',
    },
  });
  expect(done.resultInteraction.occurredAt).toBe(done.completedAt);
  expect(await footprint(customerId)).toMatchObject({ interactions: 1, activities: 1, lines: 1, facts: 3 });
  expect((await timeline('sales_rep', customerId)).nodes[0].display).toBe(`${interactionType.toLowerCase()} - Planned`);
});

test('[Activity AC-2] completing twice, also at once, is refused and creates one interaction', async () => {
  const customerId = await newCustomer();
  const activity = await createActivity('sales_rep', { customerId });
  const answers = await Promise.all([1, 2, 3, 4].map(() => change('sales_rep', COMPLETE, { id: activity.id })));
  expect(answers.map((a) => a.__typename).sort()).toEqual(['Activity', 'ActivityNotOpen', 'ActivityNotOpen', 'ActivityNotOpen']);
  expect(answers.find((a) => a.__typename === 'ActivityNotOpen')).toMatchObject({ activityId: activity.id, status: 'COMPLETED' });
  expect(await footprint(customerId)).toMatchObject({ interactions: 1, facts: 3 });
  expect(await change('sales_rep', UPDATE('Activity'), { id: activity.id, version: 2, input: { subject: 'x' } })).toMatchObject({
    __typename: 'ActivityNotOpen',
  });
  expect(await change('sales_rep', ON('cancel', 'Activity'), { id: activity.id })).toMatchObject({ __typename: 'ActivityNotOpen' });
});

test('[Activity AC-2] the facts say what happened, in order, and the summary counts what is open', async () => {
  const customerId = await newCustomer();
  const activity = await createActivity('sales_rep', { customerId });
  const done = await change('sales_rep', COMPLETE, { id: activity.id });
  const facts = await eventually(async () => {
    const read = await readTopic('crm.interaction.events.v1', { key: customerId });
    expect(read).toHaveLength(3);
    return read;
  });
  expect(facts.map(({ headers }) => headers.ce_type)).toEqual([
    'crm.interaction.activity-created.v1',
    'crm.interaction.interaction-logged.v1',
    'crm.interaction.activity-completed.v1',
  ]);
  expect(facts[2]!.data).toEqual({ activityId: activity.id, completedAt: done.completedAt, interactionId: done.resultInteraction.id });
  await eventually(async () => {
    const states = await readTopic('crm.interaction.state.v1', { key: customerId });
    expect(states.at(-1)!.data).toMatchObject({ openActivities: 0, count30d: 1 });
  });
});

test('[Activity AC-1] what is overdue says so, can be filtered, and stands in exactly one section of My Activities', async () => {
  const me = await newStaff('support_rep', `Team ${randomUUID()}`);
  const customerId = await newCustomer();
  const plan = (subject: string, dueDate: string) => createActivity(me, { customerId, subject, dueDate });
  // A zone in which it is about noon now, so that an hour more or less stays within today.
  const offset = Math.round(12 - (new Date().getUTCHours() + new Date().getUTCMinutes() / 60));
  const timeZone = offset === 0 ? 'Etc/GMT' : `Etc/GMT${offset > 0 ? '-' : '+'}${Math.abs(offset)}`;
  await plan('yesterday', inHours(-30));
  await plan('an hour ago', inHours(-1));
  await plan('in an hour', inHours(1));
  await plan('tomorrow', inHours(30));
  const closed = await plan('given up', inHours(-2));
  expect(closed.overdue).toBe(true);
  expect(await change(me, ON('cancel', 'Activity'), { id: closed.id, version: 1 })).toMatchObject({ status: 'CANCELLED', overdue: false });
  const section = async (name?: string) => {
    const { myActivities } = await must(
      me,
      `query($s: ActivitySection, $z: String) { myActivities(section: $s, timeZone: $z) { totalCount nodes { subject overdue } } }`,
      { s: name, z: timeZone },
    );
    expect(myActivities.totalCount).toBe(myActivities.nodes.length);
    return myActivities.nodes.map((node: any) => [node.subject, node.overdue]);
  };
  expect(await section('OVERDUE')).toEqual([
    ['yesterday', true],
    ['an hour ago', true],
  ]);
  expect(await section('TODAY')).toEqual([['in an hour', false]]);
  expect(await section('UPCOMING')).toEqual([['tomorrow', false]]);
  expect((await section()).map(([subject]: [string]) => subject)).toEqual(['yesterday', 'an hour ago', 'in an hour', 'tomorrow']);
  const { activities } = await must(
    me,
    `query($c: ID!) { activities(filter: { customerId: { eq: $c }, overdue: { eq: true } }) { nodes { subject } } }`,
    { c: customerId },
  );
  expect(activities.nodes.map((node: any) => node.subject)).toEqual(['yesterday', 'an hour ago']);
  const { errors } = await gql(me, `{ myActivities(section: TODAY, timeZone: "Mars/Olympus") { totalCount } }`);
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'timeZone' });
});

test('an internal activity has no customer and no interaction, and is seen by its people only', async () => {
  const team = `Team ${randomUUID()}`;
  const [me, mate, stranger] = [
    await newStaff('support_rep', team),
    await newStaff('support_rep', team),
    await newStaff('support_rep', `Team ${randomUUID()}`),
  ];
  const activity = await createActivity(me, { subject: 'Tidy the shared folder', activityType: 'TASK' });
  expect(activity.customer).toBeNull();
  const seenBy = async (who: typeof me | 'admin') =>
    (await must(who, `query($id: ID!) { activity(id: $id) { id } }`, { id: activity.id })).activity !== null;
  expect([await seenBy(me), await seenBy(mate), await seenBy(stranger), await seenBy('admin')]).toEqual([true, true, false, true]);
  expect(await change(me, COMPLETE, { id: activity.id })).toMatchObject({ status: 'COMPLETED', resultInteraction: null });
});

test('an open activity can be moved, handed over, begun, deleted and restored', async () => {
  const colleague = await newStaff('support_rep', 'Support');
  const customerId = await newCustomer();
  const activity = await createActivity('support_rep', { customerId, priority: 'URGENT', reminderAt: '2029-12-31T00:00:00Z' });
  const moved = await change('support_rep', UPDATE('Activity'), {
    id: activity.id,
    version: 1,
    input: { assignedToId: colleague.sub, status: 'IN_PROGRESS', priority: 'LOW', reminderAt: null, dueDate: '2031-01-01T00:00:00+01:00' },
  });
  expect(moved).toMatchObject({
    assignedTo: { id: colleague.sub },
    status: 'IN_PROGRESS',
    priority: 'LOW',
    reminderAt: null,
    dueDate: '2030-12-31T23:00:00.000Z',
    version: 2,
  });
  expect(await change('support_rep', ON('delete', 'Activity'), { id: activity.id, version: 2 })).toMatchObject({
    deletedAt: expect.any(String),
    version: 3,
  });
  expect((await must('support_rep', `query($id: ID!) { activity(id: $id) { id } }`, { id: activity.id })).activity).toBeNull();
  expect(await change('support_rep', ON('restore', 'Activity'), { id: activity.id })).toMatchObject({
    deletedAt: null,
    status: 'IN_PROGRESS',
    version: 4,
  });
});

test('a service token names who is to do it', async () => {
  const customerId = await newCustomer();
  const text = `mutation($input: CreateActivityInput!) { createActivity(input: $input) { __typename ... on Activity { assignedTo { id } createdBy { kind } } } }`;
  const input = { customerId, activityType: 'TASK', subject: 'From outside', dueDate: inHours(1) };
  const { errors } = await gql('integration', text, { input });
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.assignedToId' });
  const { createActivity: made } = await must('integration', text, { input: { ...input, assignedToId: stack().staff.sales_rep } });
  expect(made).toMatchObject({ assignedTo: { id: stack().staff.sales_rep }, createdBy: { kind: 'API' } });
});
