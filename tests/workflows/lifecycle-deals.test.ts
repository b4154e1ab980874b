// A deal that the sales module closes moves its customer's stage. Facts arrive on sales.events.v1, as from another module.
import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { moveTo, newCustomer, opportunity, section, stageOf, tryChange, walk, win } from '../support/lifecycle.ts';
import { database, eventually, must, publishInbound } from '../support/stack.ts';

test('[Sales to CRM: Deal closed] a lead becomes a customer by the shortest allowed path, one history row a step, trigger system', async () => {
  const id = await newCustomer();
  await win(id);
  await eventually(async () => expect(await stageOf(id)).toBe('Customer'));
  expect(await walk(id)).toEqual(['>Lead', 'Lead>Prospect', 'Prospect>Opportunity', 'Opportunity>Customer']);
  const { lifecycle } = await section(id, 'lifecycle { history(first: 3) { nodes { trigger reason changedBy { id } } } }');
  for (const row of lifecycle.history.nodes) expect(row).toEqual({ trigger: 'SYSTEM', reason: 'deal closed', changedBy: null });
  await eventually(async () => expect((await section(id, 'status')).status).toBe('ACTIVE'));
});

test('[Sales to CRM: Deal closed] a churned customer comes back over Won Back, which is a milestone', async () => {
  const id = await newCustomer({ status: 'CHURNED' });
  await win(id);
  await eventually(async () => expect(await walk(id)).toEqual(['>Churned', 'Churned>Won Back', 'Won Back>Customer']));
  const { milestones } = await section(id, 'milestones { nodes { milestoneType } }');
  expect(milestones.nodes).toEqual([{ milestoneType: 'WIN_BACK' }]);
});

test('a deal told twice, an older revision, an open and a lost deal move nothing further', async () => {
  const id = await newCustomer({ initialStage: 'Opportunity' });
  const opportunityId = randomUUID();
  const won = opportunity(id, { opportunityId, status: 'won', revision: 5 });
  await publishInbound('sales.events.v1', [
    { ...won, id: randomUUID() },
    { ...won, id: randomUUID() },
    opportunity(id, { opportunityId, status: 'lost', revision: 4 }),
  ]);
  await publishInbound('sales.events.v1', [opportunity(id), opportunity(id, { status: 'lost' })]);
  await eventually(async () => expect((await section(id, 'opportunities { open }')).opportunities.open).toBe(1));
  expect(await walk(id)).toEqual(['>Opportunity', 'Opportunity>Customer']);
  await moveTo(id, 'At Risk');
  await publishInbound('sales.events.v1', [{ ...won, id: randomUUID(), data: { ...won.data, revision: 6 } }]);
  await publishInbound('sales.events.v1', [opportunity(id)]);
  await eventually(async () => expect((await section(id, 'opportunities { open }')).opportunities.open).toBe(2));
  expect(await stageOf(id)).toBe('At Risk');
});

test('a deal of a deleted customer waits; restoring the customer moves its stage', async () => {
  const id = await newCustomer();
  await must('admin', 'mutation($id: ID!) { deleteCustomer(id: $id) { __typename } }', { id });
  await eventually(async () =>
    expect((await tryChange('admin', { customerId: id, toStage: 'Lead' })).errors?.[0]?.extensions.code).toBe('NOT_FOUND'),
  );
  await win(id);
  await eventually(async () => {
    const { rows } = await (await database('lifecycle')).query('select stage_moved_at from opportunity where customer_id = $1', [id]);
    expect(rows).toEqual([{ stage_moved_at: null }]);
  });
  await must('admin', 'mutation($id: ID!) { restoreCustomer(id: $id) { __typename } }', { id });
  await eventually(async () => expect(await stageOf(id)).toBe('Customer'));
});

test('[Right to Restriction] while processing is restricted the deal is stored and the stage waits; lifting the restriction moves it', async () => {
  const id = await newCustomer();
  const restrict =
    'mutation($id: ID!, $on: Boolean!) { setProcessingRestriction(customerId: $id, restricted: $on, reason: "asked for it") { __typename } }';
  await must('dpo', restrict, { id, on: true });
  await eventually(async () => {
    const { customer } = await must('dpo', 'query($id: ID!) { customer(id: $id) { restrictions { processingRestricted } } }', { id });
    expect(customer.restrictions.processingRestricted).toBe(true);
  });
  await win(id);
  const QUERY = 'query($id: ID!) { stageRefusals(filter: { customerId: { eq: $id } }) { nodes { reason resolvedAt } } }';
  await eventually(async () =>
    expect((await must('admin', QUERY, { id })).stageRefusals.nodes).toEqual([{ reason: 'PROCESSING_RESTRICTED', resolvedAt: null }]),
  );
  expect(await stageOf(id)).toBe('Lead');
  expect((await section(id, 'opportunities { winRate }', 'dpo')).opportunities.winRate).toBe('1.0000');

  await must('dpo', restrict, { id, on: false });
  await eventually(async () => expect(await stageOf(id)).toBe('Customer'));
  expect((await must('admin', QUERY, { id })).stageRefusals.nodes[0].resolvedAt).not.toBeNull();
});
