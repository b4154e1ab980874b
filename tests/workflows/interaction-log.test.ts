// WF-IT-001, Log Manual Interaction, through the graph; what it leaves on Kafka; and the ways in which it is refused.
import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { change, footprint, logInteraction, newContact, newCustomer, ON, timeline, UPDATE } from '../support/interactions.ts';
import { eventually, gql, must, readTopic, stack } from '../support/stack.ts';

test('[WF-IT-001] a call is logged with everything the form offers, and appears in the timeline with the answer', async () => {
  const customerId = await newCustomer();
  const contactId = await newContact(customerId);
  const logged = await logInteraction('support_rep', {
    customerId,
    contactId,
    direction: 'INBOUND',
    startedAt: '2026-01-05T09:00:00Z',
    endedAt: '2026-01-05T09:12:30Z',
    subject: 'Invoice question',
    description: 'Asked about the March invoice',
    outcome: 'FOLLOW_UP_NEEDED',
    sentiment: 'NEUTRAL',
    relatedRecords: [
      { type: 'CASE', id: 'case-1' },
      { type: 'OPPORTUNITY', id: 'opp-1' },
    ],
  });
  expect(logged).toMatchObject({
    __typename: 'Interaction',
    interactionType: 'CALL',
    direction: 'INBOUND',
    occurredAt: '2026-01-05T09:00:00.000Z',
    durationMinutes: 13,
    outcome: 'FOLLOW_UP_NEEDED',
    sentiment: 'NEUTRAL',
    source: 'MANUAL',
    externalId: null,
    alreadyLogged: false,
    version: 1,
    contact: { id: contactId },
    customer: { id: customerId },
    createdBy: { kind: 'STAFF', id: stack().staff.support_rep },
    author: { id: stack().staff.support_rep },
    relatedRecords: [
      { type: 'CASE', id: 'case-1' },
      { type: 'OPPORTUNITY', id: 'opp-1' },
    ],
  });
  const { nodes } = await timeline('support_rep', customerId, { from: '2026-01-01T00:00:00Z' });
  expect(nodes).toEqual([
    expect.objectContaining({
      kind: 'INTERACTION',
      sourceId: logged.id,
      display: 'call - Invoice question',
      icon: 'phone',
      highlight: false,
    }),
  ]);
});

test('[WF-IT-001] [Interaction AC-1] the defaults: now, outbound, by hand; and it is in the timeline at once', async () => {
  const customerId = await newCustomer();
  const before = Date.now();
  const logged = await logInteraction('sales_rep', { customerId, interactionType: 'MEETING', subject: 'Kick-off' });
  expect(Date.parse(logged.occurredAt)).toBeGreaterThanOrEqual(before - 1000);
  expect(Date.parse(logged.occurredAt)).toBeLessThanOrEqual(Date.now() + 1000);
  expect(logged).toMatchObject({ direction: 'OUTBOUND', source: 'MANUAL', durationMinutes: null, backdated: false });
  const { nodes } = await timeline('sales_rep', customerId);
  expect(nodes.map((line: any) => line.display)).toEqual(['meeting - Kick-off']);
});

test('[WF-IT-001] the one-click button logs a call that just ended, counts its minutes, and is repeatable with a key', async () => {
  const customerId = await newCustomer();
  const input = { customerId, startedAt: new Date(Date.now() - 9.5 * 60_000).toISOString(), idempotencyKey: randomUUID() };
  const click = async () =>
    (
      await must(
        'sales_rep',
        `mutation($input: LogCallCompletedInput!) { logCallCompleted(input: $input) { ... on Interaction { id subject outcome interactionType durationMinutes direction } } }`,
        { input },
      )
    ).logCallCompleted;
  const first = await click();
  expect(first).toMatchObject({
    subject: 'Call completed',
    outcome: 'SUCCESSFUL',
    interactionType: 'CALL',
    durationMinutes: 10,
    direction: 'OUTBOUND',
  });
  expect((await click()).id).toBe(first.id);
});

test('[WF-IT-001] an idempotency key answers the first result, and refuses other input', async () => {
  const customerId = await newCustomer();
  const input = { customerId, subject: 'Once', idempotencyKey: randomUUID() };
  const [a, b] = await Promise.all([logInteraction('sales_rep', input), logInteraction('sales_rep', input)]);
  expect(b.id).toBe(a.id);
  const { errors } = await gql('sales_rep', `mutation($input: LogInteractionInput!) { logInteraction(input: $input) { __typename } }`, {
    input: { ...input, interactionType: 'CALL', subject: 'Twice' },
  });
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED', field: 'idempotencyKey' });
  expect(await footprint(customerId)).toMatchObject({ interactions: 1, facts: 1 });
});

test('[Interaction AC-2] the same external id again answers the first interaction and says so, also when both come at once', async () => {
  const customerId = await newCustomer();
  const externalId = `pbx-${randomUUID()}`;
  const both = await Promise.all(
    [1, 2, 3, 4].map(() => logInteraction('integration', { customerId, externalId, source: 'PHONE_INTEGRATION', subject: 'Synced' })),
  );
  expect(new Set(both.map((answer) => answer.id)).size).toBe(1);
  expect(both.filter((answer) => !answer.alreadyLogged)).toHaveLength(1);
  expect(await footprint(customerId)).toMatchObject({ interactions: 1, lines: 1, facts: 1 });
});

test("[Interaction AC-2] another customer's external id is a typed refusal, and a deleted interaction does not block it", async () => {
  const [one, two] = [await newCustomer(), await newCustomer()];
  const externalId = `pbx-${randomUUID()}`;
  const first = await logInteraction('integration', { customerId: one, externalId });
  expect(first).toMatchObject({ source: 'API', createdBy: { kind: 'API' }, author: null });
  expect(await logInteraction('integration', { customerId: two, externalId })).toMatchObject({
    __typename: 'InteractionExternalIdInUse',
    externalId,
  });
  await change('integration', ON('delete', 'Interaction'), { id: first.id });
  expect(await logInteraction('integration', { customerId: two, externalId })).toMatchObject({
    __typename: 'Interaction',
    alreadyLogged: false,
  });
  expect(await change('integration', ON('restore', 'Interaction'), { id: first.id })).toMatchObject({
    __typename: 'InteractionExternalIdInUse',
  });
});

test('[Retroactive logging] two weeks late is accepted as it is, more than 30 days late is accepted and flagged', async () => {
  const customerId = await newCustomer();
  const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
  expect(await logInteraction('sales_rep', { customerId, occurredAt: ago(14) })).toMatchObject({ backdated: false });
  const late = await logInteraction('sales_rep', { customerId, occurredAt: ago(31) });
  expect(late).toMatchObject({ backdated: true });
  const flagged = await must(
    'sales_rep',
    `query($c: ID!) { interactions(filter: { customerId: { eq: $c }, backdated: { eq: true } }) { nodes { id } } }`,
    { c: customerId },
  );
  expect(flagged.interactions.nodes).toEqual([{ id: late.id }]);
  const corrected = await change('sales_rep', UPDATE('Interaction'), { id: late.id, version: 1, input: { occurredAt: ago(3) } });
  expect(corrected).toMatchObject({ backdated: false, version: 2 });
});

test('[Timezone mismatch] an offset is accepted, UTC is stored, and a time without a zone is refused', async () => {
  const customerId = await newCustomer();
  const logged = await logInteraction('sales_rep', { customerId, occurredAt: '2026-02-10T01:30:00+05:30' });
  expect(logged.occurredAt).toBe('2026-02-09T20:00:00.000Z');
  const { errors } = await gql('sales_rep', `mutation($input: LogInteractionInput!) { logInteraction(input: $input) { __typename } }`, {
    input: { customerId, interactionType: 'CALL', occurredAt: '2026-02-10T01:30:00' },
  });
  expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
});

test('an update changes what is given, clears with null, and needs the version that was seen', async () => {
  const customerId = await newCustomer();
  const logged = await logInteraction('sales_rep', { customerId, subject: 'Draft', description: 'Long story', outcome: 'NO_ANSWER' });
  const updated = await change('sales_rep', UPDATE('Interaction'), {
    id: logged.id,
    version: 1,
    input: { subject: 'Final', description: null, relatedRecords: [{ type: 'WORK_ORDER', id: 'w-1' }] },
  });
  expect(updated).toMatchObject({
    subject: 'Final',
    description: null,
    outcome: 'NO_ANSWER',
    version: 2,
    relatedRecords: [{ type: 'WORK_ORDER', id: 'w-1' }],
  });
  expect((await timeline('sales_rep', customerId)).nodes[0].display).toBe('call - Final');
  const { errors } = await gql('sales_rep', UPDATE('Interaction'), { id: logged.id, version: 1, input: { subject: 'Late' } });
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'CONFLICT', expectedVersion: 1, actualVersion: 2, field: 'expectedVersion' });
  const same = await change('sales_rep', UPDATE('Interaction'), { id: logged.id, version: 2, input: { subject: 'Final' } });
  expect(same.version).toBe(2);
});

test('a deleted interaction leaves list, summary and timeline, and a restore brings it back', async () => {
  const customerId = await newCustomer();
  const logged = await logInteraction('sales_rep', { customerId, subject: 'Oops' });
  const look = async () => {
    const { interactions, interaction, customer } = await must(
      'sales_rep',
      `query($c: ID!, $id: ID!) { interactions(filter: { customerId: { eq: $c } }) { totalCount } interaction(id: $id) { id } customer(id: $c) { interactionSummary { count30d lastInteractionAt } timeline(types: [INTERACTION]) { totalCount } } }`,
      { c: customerId, id: logged.id },
    );
    return [
      interactions.totalCount,
      interaction !== null,
      customer.interactionSummary.count30d,
      customer.interactionSummary.lastInteractionAt !== null,
      customer.timeline.totalCount,
    ];
  };
  expect(await look()).toEqual([1, true, 1, true, 1]);
  expect(await change('sales_rep', ON('delete', 'Interaction'), { id: logged.id, version: 1 })).toMatchObject({
    id: logged.id,
    version: 2,
    deletedAt: expect.any(String),
  });
  expect(await look()).toEqual([0, false, 0, false, 0]);
  expect(await change('sales_rep', ON('restore', 'Interaction'), { id: logged.id })).toMatchObject({ version: 3, deletedAt: null });
  expect(await look()).toEqual([1, true, 1, true, 1]);
  expect(await change('sales_rep', ON('restore', 'Interaction'), { id: logged.id })).toMatchObject({ version: 3 });
});

test('every change is a gapless fact without personal values, and the state topic holds the summary', async () => {
  const customerId = await newCustomer();
  const secret = `Secret ${randomUUID()}`;
  const logged = await logInteraction('sales_rep', { customerId, subject: secret, description: secret, sentiment: 'POSITIVE' });
  await change('sales_rep', UPDATE('Interaction'), { id: logged.id, version: 1, input: { subject: `${secret}!` } });
  await change('sales_rep', ON('delete', 'Interaction'), { id: logged.id });
  await change('sales_rep', ON('restore', 'Interaction'), { id: logged.id });
  const facts = await eventually(async () => {
    const read = await readTopic('crm.interaction.events.v1', { key: customerId });
    expect(read).toHaveLength(4);
    return read;
  });
  expect(facts.map(({ headers }) => [headers.ce_type, headers.ce_sequence, headers.ce_subject])).toEqual(
    ['logged', 'updated', 'deleted', 'restored'].map((verb, i) => [`crm.interaction.interaction-${verb}.v1`, String(i + 1), customerId]),
  );
  expect(facts[0]!.data).toEqual({
    interactionId: logged.id,
    interactionType: 'call',
    direction: 'outbound',
    source: 'manual',
    occurredAt: logged.occurredAt,
    contactId: null,
    outcome: null,
    sentiment: 'positive',
    backdated: false,
  });
  expect(facts[1]!.data).toEqual({ interactionId: logged.id, changedFields: ['subject'] });
  expect(JSON.stringify(facts)).not.toContain('Secret');
  const states = await eventually(async () => {
    const read = await readTopic('crm.interaction.state.v1', { key: customerId });
    expect(read.at(-1)?.headers.ce_sequence).toBe('4');
    return read;
  });
  expect(states.at(-1)!.data).toEqual({ customerId, lastInteractionAt: logged.occurredAt, count30d: 1, openActivities: 0 });
});
