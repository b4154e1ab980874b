// Who may log and read interactions: customers of a moment ago, the rows of a rep, restricted and deleted customers.
import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { change, customerOfThisMoment, footprint, logInteraction, newCustomer, newStaff, ON, UPDATE } from '../support/interactions.ts';
import { eventually, gql, must } from '../support/stack.ts';

test('a customer of a moment ago is waited for; one that never comes is a typed, retryable UnknownCustomer', async () => {
  const customerId = await customerOfThisMoment();
  expect((await logInteraction('sales_rep', { customerId })).__typename).toBe('Interaction');
  const nobody = randomUUID();
  const began = Date.now();
  expect(await logInteraction('sales_rep', { customerId: nobody })).toMatchObject({
    __typename: 'UnknownCustomer',
    customerId: nobody,
    retryable: true,
  });
  expect(Date.now() - began).toBeGreaterThan(1_500);
  expect(Date.now() - began).toBeLessThan(6_000);
});

test("a rep sees and touches the team's and the pool's customers only; what is out of scope is not found", async () => {
  const [owner, mate, stranger] = [
    await newStaff('sales_rep', 'Team One'),
    await newStaff('sales_rep', 'Team One'),
    await newStaff('sales_rep', 'Team Two'),
  ];
  const customerId = await newCustomer('admin', { ownerId: owner.sub });
  const logged = await logInteraction(owner, { customerId, subject: 'Ours' });
  const seenBy = async (who: typeof owner) =>
    (await must(who, `query($id: ID!) { interaction(id: $id) { id } }`, { id: logged.id })).interaction !== null;
  expect([await seenBy(owner), await seenBy(mate), await seenBy(stranger)]).toEqual([true, true, false]);
  for (const [text, variables] of [
    [ON('delete', 'Interaction'), { id: logged.id }],
    [UPDATE('Interaction'), { id: logged.id, version: 1, input: { subject: 'Theirs' } }],
  ] as const) {
    const { errors } = await gql(stranger, text, variables);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'NOT_FOUND', field: 'id' });
  }
  const { errors } = await gql(
    stranger,
    `mutation($c: ID!) { logInteraction(input: { customerId: $c, interactionType: CALL }) { __typename } }`,
    { c: customerId },
  );
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'NOT_FOUND', field: 'input.customerId' });
});

test('[Right to Restriction] staff may not write for a restricted customer, a dpo may', async () => {
  const customerId = await newCustomer();
  const before = await logInteraction('sales_rep', { customerId });
  await must(
    'dpo',
    `mutation($c: ID!) { setProcessingRestriction(customerId: $c, restricted: true, reason: "Accuracy contested") { __typename } }`,
    { c: customerId },
  );
  await eventually(async () => expect((await logInteraction('sales_rep', { customerId })).__typename).toBe('ProcessingRestricted'));
  const sum = await footprint(customerId);
  expect(await change('sales_rep', ON('delete', 'Interaction'), { id: before.id })).toMatchObject({ __typename: 'ProcessingRestricted' });
  expect(await change('sales_rep', UPDATE('Interaction'), { id: before.id, version: 1, input: { subject: 'x' } })).toMatchObject({
    __typename: 'ProcessingRestricted',
  });
  expect(await footprint(customerId)).toEqual(sum);
  expect((await logInteraction('dpo', { customerId, subject: 'Informed the person' })).__typename).toBe('Interaction');
});

test('a deleted customer takes its interactions out of every list, and is not found for a new one', async () => {
  const customerId = await newCustomer();
  const logged = await logInteraction('sales_manager', { customerId, subject: 'Gone' });
  await must('admin', `mutation($id: ID!) { deleteCustomer(id: $id) { __typename } }`, { id: customerId });
  await eventually(async () => {
    const { interaction, interactions } = await must(
      'sales_manager',
      `query($id: ID!, $c: ID!) { interaction(id: $id) { id } interactions(filter: { customerId: { eq: $c } }) { totalCount } }`,
      { id: logged.id, c: customerId },
    );
    expect([interaction, interactions.totalCount]).toEqual([null, 0]);
  });
  const { errors } = await gql(
    'sales_manager',
    `mutation($c: ID!) { logInteraction(input: { customerId: $c, interactionType: CALL }) { __typename } }`,
    { c: customerId },
  );
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'NOT_FOUND', field: 'input.customerId' });
});
