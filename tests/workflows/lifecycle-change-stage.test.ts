// WF-LC-001: a customer advances through its stages by rules that are data. Everything through the graph; topics and tables are read as oracles.
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { change, factsTold, moveTo, newCustomer, section, stageOf, tryChange, walk } from '../support/lifecycle.ts';
import { eventually, gql, must, readTopic, stack } from '../support/stack.ts';

const lifecycle = (id: string) => section(id, 'lifecycle { version enteredStageAt currentStage { name category } previousStage { name } }');

describe('the first stage', () => {
  test.each([
    ['PROSPECT', 'Lead'],
    ['INACTIVE', 'Lead'],
    ['ACTIVE', 'Customer'],
    ['CHURNED', 'Churned'],
  ])('[360 lifecycle] a customer created as %s starts as %s', async (status, stage) => {
    const id = await newCustomer({ status });
    const { lifecycle } = await section(
      id,
      'lifecycle { currentStage { name } history(first: 5) { nodes { fromStage { name } toStage { name } trigger changedBy { id } } } }',
    );
    expect(lifecycle.currentStage.name).toBe(stage);
    expect(lifecycle.history.nodes).toEqual([{ fromStage: null, toStage: { name: stage }, trigger: 'SYSTEM', changedBy: null }]);
  });

  test('an import may name the first stage', async () => {
    expect(await stageOf(await newCustomer({ initialStage: 'Opportunity' }))).toBe('Opportunity');
  });
});

describe('a step', () => {
  test('[WF-LC-001] an allowed step changes the stage, writes history and tells the other services, in one go', async () => {
    const id = await newCustomer();
    const result = await change(id, 'Prospect', { reason: 'called back' }, 'sales_rep');
    expect(result).toMatchObject({
      __typename: 'CustomerLifecycle',
      version: 2,
      currentStage: { name: 'Prospect' },
      previousStage: { name: 'Lead' },
    });

    const facts = await eventually(async () => {
      const read = await readTopic('crm.lifecycle.events.v1', { key: id });
      expect(read).toHaveLength(2);
      return read;
    });
    expect(facts.map((fact) => fact.headers.ce_sequence)).toEqual(['1', '2']);
    expect(facts[1]!.headers).toMatchObject({
      ce_type: 'crm.lifecycle.stage-changed.v1',
      ce_subject: id,
      actor: `STAFF:${stack().staff.sales_rep}`,
    });
    expect(facts[1]!.data).toMatchObject({ fromStage: 'Lead', toStage: 'Prospect', toCategory: 'pre_customer', trigger: 'manual' });
    const state = (await readTopic('crm.lifecycle.state.v1', { key: id })).at(-1)!;
    expect(state.headers.ce_sequence).toBe('2');
    expect(state.data).toMatchObject({ customerId: id, stageName: 'Prospect', totalRevenue: '0.00', purchaseCount: 0 });
  });

  test('[CustomerLifecycle AC-1] every change leaves a history record of who, when, why and from where', async () => {
    const id = await newCustomer();
    await change(id, 'Prospect', { reason: 'qualified on the phone' }, 'sales_rep');
    await change(id, 'Opportunity', {}, 'integration');
    const { lifecycle } = await section(
      id,
      'lifecycle { history(first: 10) { totalCount nodes { fromStage { name } toStage { name } reason trigger override changedAt changedBy { id name } createdBy { kind } } } }',
    );
    expect(lifecycle.history.totalCount).toBe(3);
    const [latest, middle] = lifecycle.history.nodes;
    expect(latest).toMatchObject({
      fromStage: { name: 'Prospect' },
      toStage: { name: 'Opportunity' },
      trigger: 'API',
      changedBy: null,
      createdBy: { kind: 'API' },
    });
    expect(middle).toMatchObject({
      reason: 'qualified on the phone',
      trigger: 'MANUAL',
      override: false,
      changedBy: { id: stack().staff.sales_rep, name: 'Robin Rep' },
    });
    expect(Date.parse(latest.changedAt)).toBeGreaterThanOrEqual(Date.parse(middle.changedAt));
  });

  test('[WF-LC-001] skipping is refused with the stages that are allowed, and changes nothing', async () => {
    const id = await newCustomer();
    const told = await factsTold(id);
    expect(await change(id, 'Customer')).toMatchObject({
      __typename: 'TransitionNotAllowed',
      from: { name: 'Lead' },
      to: { name: 'Customer' },
      allowed: expect.arrayContaining([{ name: 'Prospect' }, { name: 'Churned' }]),
    });
    expect((await lifecycle(id)).lifecycle).toMatchObject({ version: 1, currentStage: { name: 'Lead' } });
    expect(await factsTold(id)).toBe(told);
  });

  test('the stage the customer is in already is no change', async () => {
    const id = await newCustomer();
    expect(await change(id, 'lead')).toMatchObject({ __typename: 'StageUnchanged', stage: { name: 'Lead' } });
    expect(await walk(id)).toEqual(['>Lead']);
  });

  test('allowedTransitions lists what the rules allow', async () => {
    const id = await newCustomer({ status: 'ACTIVE' });
    const { allowedTransitions } = await must(
      'sales_rep',
      'query($id: ID!) { allowedTransitions(customerId: $id) { stage { name } requiresOverride } }',
      { id },
    );
    expect(allowedTransitions).toEqual(
      expect.arrayContaining([
        { stage: { name: 'At Risk' }, requiresOverride: false },
        { stage: { name: 'Churned' }, requiresOverride: false },
      ]),
    );
  });

  test('the status follows the stage', async () => {
    const id = await newCustomer();
    await moveTo(id, 'Prospect', 'Opportunity', 'Customer');
    await eventually(async () => expect((await section(id, 'status')).status).toBe('ACTIVE'));
    await moveTo(id, 'Churned');
    await eventually(async () => expect((await section(id, 'status')).status).toBe('CHURNED'));
  });
});

describe('backward', () => {
  test('[Backward stage movement] from Customer to Lead is blocked, also for an admin who does not say override', async () => {
    const id = await newCustomer({ status: 'ACTIVE' });
    for (const who of ['admin', 'sales_rep'] as const) {
      expect(await change(id, 'Lead', {}, who)).toMatchObject({
        __typename: 'OverrideRequired',
        from: { name: 'Customer' },
        to: { name: 'Lead' },
      });
    }
    expect(await stageOf(id)).toBe('Customer');
  });

  test('[Backward stage movement] an override takes a manager or admin, and a reason', async () => {
    const id = await newCustomer({ status: 'ACTIVE' });
    const input = { customerId: id, toStage: 'Lead', override: true };
    expect((await tryChange('sales_rep', { ...input, reason: 'please' })).errors![0]!.extensions).toMatchObject({
      code: 'FORBIDDEN',
      field: 'input.override',
    });
    expect((await tryChange('sales_manager', input)).errors![0]!.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'input.reason',
    });
    expect((await tryChange('sales_manager', { ...input, reason: '  ' })).errors![0]!.extensions).toMatchObject({ field: 'input.reason' });
    expect(await walk(id)).toEqual(['>Customer']);

    expect(await change(id, 'Lead', { override: true, reason: 'entered by mistake' }, 'sales_manager')).toMatchObject({
      currentStage: { name: 'Lead' },
    });
    const { lifecycle } = await section(id, 'lifecycle { history(first: 1) { nodes { override reason trigger } } }');
    expect(lifecycle.history.nodes[0]).toEqual({ override: true, reason: 'entered by mistake', trigger: 'MANUAL' });
  });

  test('an override does not let a customer skip forward', async () => {
    const id = await newCustomer();
    expect(await change(id, 'Customer', { override: true, reason: 'in a hurry' })).toMatchObject({ __typename: 'TransitionNotAllowed' });
  });
});

describe('safety', () => {
  test('dryRun says what would happen and writes nothing', async () => {
    const id = await newCustomer({ status: 'ACTIVE' });
    const told = await factsTold(id);
    expect(await change(id, 'At Risk', { dryRun: true })).toEqual({
      __typename: 'StageChangePreview',
      fromStage: { name: 'Customer' },
      toStage: { name: 'At Risk' },
      trigger: 'MANUAL',
      override: false,
      milestones: ['CHURN_SIGNAL'],
    });
    expect(await change(id, 'Opportunity', { dryRun: true })).toMatchObject({ __typename: 'OverrideRequired' });
    expect(await stageOf(id)).toBe('Customer');
    expect(await factsTold(id)).toBe(told);
  });

  test('a stale version is a conflict that names the present one', async () => {
    const id = await newCustomer();
    await change(id, 'Prospect');
    const { errors } = await tryChange('admin', { customerId: id, toStage: 'Opportunity', expectedVersion: 1 });
    expect(errors![0]!.extensions).toMatchObject({ code: 'CONFLICT', expectedVersion: 1, actualVersion: 2 });
    expect(await change(id, 'Opportunity', { expectedVersion: 2 })).toMatchObject({ version: 3 });
  });

  test('of many that make the same step at once, one makes it and the others are told that it is made', async () => {
    const id = await newCustomer();
    const results = await Promise.all(Array.from({ length: 8 }, () => change(id, 'Prospect')));
    expect(results.filter((result) => result.__typename === 'CustomerLifecycle')).toHaveLength(1);
    expect(results.filter((result) => result.__typename === 'StageUnchanged')).toHaveLength(7);
    expect(await walk(id)).toEqual(['>Lead', 'Lead>Prospect']);
  });

  test('a customer that nobody has heard of is unknown after 2 seconds; a deleted one is not found until it is restored', async () => {
    const unknown = randomUUID();
    const before = Date.now();
    expect(await change(unknown, 'Prospect')).toMatchObject({ __typename: 'UnknownCustomer', customerId: unknown, retryable: true });
    expect(Date.now() - before).toBeLessThan(6_000);

    const id = await newCustomer();
    await must('admin', 'mutation($id: ID!) { deleteCustomer(id: $id) { __typename } }', { id });
    await eventually(async () =>
      expect((await tryChange('admin', { customerId: id, toStage: 'Prospect' })).errors?.[0]?.extensions.code).toBe('NOT_FOUND'),
    );
    await must('admin', 'mutation($id: ID!) { restoreCustomer(id: $id) { __typename } }', { id });
    await eventually(async () =>
      expect((await tryChange('admin', { customerId: id, toStage: 'Prospect' })).data?.changeStage.__typename).toMatch(
        /CustomerLifecycle|StageUnchanged/,
      ),
    );
  });

  test('[Right to Restriction] staff cannot move a restricted customer', async () => {
    const id = await newCustomer();
    const restrict =
      'mutation($id: ID!, $on: Boolean!) { setProcessingRestriction(customerId: $id, restricted: $on, reason: "asked for it") { __typename } }';
    await must('dpo', restrict, { id, on: true });
    await eventually(async () =>
      expect(await change(id, 'Prospect', { dryRun: true }, 'sales_manager')).toMatchObject({
        __typename: 'ProcessingRestricted',
        customerId: id,
      }),
    );
    expect(await stageOf(id)).toBe('Lead');
  });

  test('a rep moves the pool’s customers and those of the team, not those of others', async () => {
    const mine = await newCustomer();
    expect(await change(mine, 'Prospect', {}, 'sales_rep')).toMatchObject({ __typename: 'CustomerLifecycle' });
    const others = await newCustomer({ ownerId: stack().staff.admin });
    expect((await tryChange('sales_rep', { customerId: others, toStage: 'Prospect' })).errors![0]!.extensions).toMatchObject({
      code: 'NOT_FOUND',
      field: 'input.customerId',
    });
    const { lifecycleHistory } = await must(
      'sales_rep',
      'query($id: ID!) { lifecycleHistory(filter: { customerId: { eq: $id } }) { nodes { id } totalCount } }',
      { id: others },
    );
    expect(lifecycleHistory).toEqual({ nodes: [], totalCount: 0 });
  });

  test('who may not change stages is refused at the gateway', async () => {
    for (const who of ['marketing', 'support_rep', 'auditor', 'customer'] as const) {
      expect(
        (
          await gql(
            who,
            'mutation { changeStage(input: { customerId: "0b8f4f0e-2b7a-4c1e-9a51-0d7f2f6c1a11", toStage: "Lead" }) { __typename } }',
          )
        ).errors![0]!.extensions.code,
      ).toBe('FORBIDDEN');
    }
  });
});

test('lists of lifecycles and of history are filtered, ordered and paged', async () => {
  const ids = [await newCustomer(), await newCustomer({ status: 'ACTIVE' }), await newCustomer({ status: 'CHURNED' })];
  const filter = { customerId: { in: ids } };
  const query = `query($filter: CustomerLifecycleFilter, $after: String) { customerLifecycles(filter: $filter, first: 2, after: $after, orderBy: [{ field: ENTERED_STAGE_AT, direction: DESC }]) {
    nodes { customerId currentStage { name } } pageInfo { hasNextPage endCursor } totalCount } }`;
  const first = (await must('admin', query, { filter })).customerLifecycles;
  expect(first).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true } });
  const second = (await must('admin', query, { filter, after: first.pageInfo.endCursor })).customerLifecycles;
  expect([...first.nodes, ...second.nodes].map((row: any) => row.customerId)).toEqual([...ids].reverse());
  const churned = (await must('admin', query, { filter: { all: [filter, { category: { in: ['POST_CUSTOMER'] } }] } })).customerLifecycles;
  expect(churned.nodes).toEqual([{ customerId: ids[2], currentStage: { name: 'Churned' } }]);

  await change(ids[0]!, 'Prospect', { reason: `because ${ids[0]}` });
  const history = `query($ids: [ID!], $search: String) { lifecycleHistory(search: $search, filter: { customerId: { in: $ids }, trigger: { eq: MANUAL } }) { nodes { customerId toStage { name } } } }`;
  expect((await must('auditor', history, { ids, search: ids[0]!.toUpperCase() })).lifecycleHistory.nodes).toEqual([
    { customerId: ids[0], toStage: { name: 'Prospect' } },
  ]);
});
