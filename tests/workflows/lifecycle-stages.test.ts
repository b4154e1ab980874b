// Stages and transition rules are data that administrators edit. Everything that edits them is in this one file, so that its tests run one after
// the other; each leaves the default stages in their order and the default rules in place.
import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from '@jest/globals';
import { change, factsTold, newCustomer, section, stageOf, walk, win } from '../support/lifecycle.ts';
import { database, eventually, gql, must, readTopic } from '../support/stack.ts';

const STAGE =
  '__typename ... on LifecycleStage { id name version displayOrder category color isActive deletedAt } ... on Problem { message }';
const TAKEN = '... on StageNameTaken { stageId }';
const IN_USE = '... on StageInUse { customerCount ruleCount }';
const stages = async (): Promise<any[]> =>
  (await must('sales_rep', '{ lifecycleStages { nodes { id name displayOrder category isActive version } } }')).lifecycleStages.nodes;
const idOf = async (name: string): Promise<string> => (await stages()).find((stage) => stage.name === name).id;

async function create(input: object = {}): Promise<any> {
  const made = await must(
    'admin',
    `mutation($input: CreateLifecycleStageInput!) { createLifecycleStage(input: $input) { ${STAGE} ${TAKEN} } }`,
    {
      input: { name: `Stage ${randomUUID()}`, category: 'PRE_CUSTOMER', ...input },
    },
  );
  return made.createLifecycleStage;
}
const update = async (id: string, expectedVersion: number, input: object): Promise<any> =>
  (
    await must(
      'admin',
      `mutation($id: ID!, $v: Int!, $input: UpdateLifecycleStageInput!) { updateLifecycleStage(id: $id, expectedVersion: $v, input: $input) { ${STAGE} ${TAKEN} ${IN_USE} } }`,
      { id, v: expectedVersion, input },
    )
  ).updateLifecycleStage;
const remove = async (id: string): Promise<any> =>
  (await must('admin', `mutation($id: ID!) { deleteLifecycleStage(id: $id) { ${STAGE} ${IN_USE} } }`, { id })).deleteLifecycleStage;
const restore = async (id: string): Promise<any> =>
  (await must('admin', `mutation($id: ID!) { restoreLifecycleStage(id: $id) { ${STAGE} ${TAKEN} } }`, { id })).restoreLifecycleStage;

const rules = async (): Promise<any[]> =>
  (await must('admin', '{ transitionRules { fromStage { id name } toStage { id name } requiresOverride } }')).transitionRules.map(
    (rule: any) => ({
      fromStageId: rule.fromStage.id,
      toStageId: rule.toStage.id,
      requiresOverride: rule.requiresOverride,
    }),
  );
const SET = `mutation($input: SetTransitionRulesInput!) { setTransitionRules(input: $input) { __typename
  ... on TransitionRulesSet { applied added removed customersWithoutExit rules { fromStage { name } toStage { name } } } ... on UnreachableStages { message stages { name } } } }`;
const setRules = async (wanted: any[], dryRun = false): Promise<any> =>
  (await must('admin', SET, { input: { rules: wanted, dryRun } })).setTransitionRules;

/** Stages that these tests made, to be taken away again. */
const made: string[] = [];
afterAll(async () => {
  for (const stage of await stages()) if (made.includes(stage.id)) await update(stage.id, stage.version, { isActive: false });
  await setRules((await rules()).filter((rule) => !made.includes(rule.fromStageId) && !made.includes(rule.toStageId)));
  for (const id of made) await remove(id).catch(() => {});
});

describe('stages', () => {
  test('the seven default stages are there, in the catalogue’s order', async () => {
    const names = (await stages()).map((stage) => stage.name);
    const defaults = ['Lead', 'Prospect', 'Opportunity', 'Customer', 'At Risk', 'Churned', 'Won Back'];
    expect(names.filter((name) => defaults.includes(name))).toEqual(defaults);
  });

  test('[LifecycleStage AC-1] stages are orderable: all of them in a new order, told as facts', async () => {
    const [a, b] = [await create({ isActive: false }), await create({ isActive: false })];
    made.push(a.id, b.id);
    expect(b.displayOrder).toBeGreaterThan(a.displayOrder);
    const before = (await stages()).map((stage) => stage.id);
    const wanted = [...before.filter((id) => id !== a.id && id !== b.id), b.id, a.id];
    const REORDER =
      'mutation($ids: [ID!]!) { reorderLifecycleStages(ids: $ids) { ... on LifecycleStagesReordered { stages { id displayOrder } } } }';
    const { reorderLifecycleStages } = await must('admin', REORDER, { ids: wanted });
    expect(reorderLifecycleStages.stages.map((stage: any) => stage.id)).toEqual(wanted);
    expect((await stages()).map((stage) => stage.id)).toEqual(wanted);
    const facts = await eventually(async () => {
      const read = await readTopic('crm.lifecycle.events.v1', { key: a.id });
      expect(read.map((fact) => fact.headers.ce_type)).toEqual([
        'crm.lifecycle.lifecycle-stage-created.v1',
        'crm.lifecycle.lifecycle-stage-updated.v1',
      ]);
      return read;
    });
    expect(facts[1]!.data).toEqual({ stageId: a.id, changedFields: ['displayOrder'] });

    const forgotten = await gql('admin', REORDER, { ids: wanted.slice(1) });
    expect(forgotten.errors![0]!.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'ids' });
    const twice = await gql('admin', REORDER, { ids: [...wanted, wanted[0]] });
    expect(twice.errors![0]!.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'ids' });
    const foreign = await gql('admin', REORDER, { ids: [...wanted.slice(1), randomUUID()] });
    expect(foreign.errors![0]!.extensions).toMatchObject({ code: 'NOT_FOUND', field: 'ids' });
  });

  test('[LifecycleStage AC-2] a stage with customers cannot be deleted, and the refusal counts them', async () => {
    await newCustomer();
    const refused = await remove(await idOf('Lead'));
    expect(refused.__typename).toBe('StageInUse');
    expect(refused.customerCount).toBeGreaterThanOrEqual(1);
    expect(refused.ruleCount).toBe(3);
    expect(await idOf('Lead')).toBeTruthy();
  });

  test('[LifecycleStage AC-2] a stage that only a rule refers to cannot be deleted; without rule and customers it can, and comes back', async () => {
    const stage = await create();
    made.push(stage.id);
    const lead = await idOf('Lead');
    expect((await setRules([...(await rules()), { fromStageId: lead, toStageId: stage.id }])).__typename).toBe('TransitionRulesSet');
    expect(await remove(stage.id)).toMatchObject({ __typename: 'StageInUse', customerCount: 0, ruleCount: 1 });
    // Without a way in, an active stage would be unreachable; the test's stage goes, so it is deactivated first.
    await update(stage.id, 1, { isActive: false });
    await setRules((await rules()).filter((rule) => rule.toStageId !== stage.id));
    const gone = await remove(stage.id);
    expect(gone).toMatchObject({ __typename: 'LifecycleStage', version: 3 });
    expect(gone.deletedAt).not.toBeNull();
    expect((await stages()).map((row) => row.id)).not.toContain(stage.id);
    expect((await must('admin', 'query($id: ID!) { lifecycleStage(id: $id) { id } }', { id: stage.id })).lifecycleStage).toBeNull();
    expect(await restore(stage.id)).toMatchObject({ __typename: 'LifecycleStage', version: 4, deletedAt: null });
    await remove(stage.id);
  });

  test('names are unique among live stages, ignoring case; a deleted one frees its name and cannot come back while it is taken', async () => {
    const first = await create({ isActive: false });
    expect(await create({ name: first.name.toUpperCase() })).toMatchObject({ __typename: 'StageNameTaken', stageId: first.id });
    await remove(first.id);
    const second = await create({ name: first.name, isActive: false });
    made.push(second.id);
    expect(second.__typename).toBe('LifecycleStage');
    expect(await restore(first.id)).toMatchObject({ __typename: 'StageNameTaken', stageId: second.id });
    const third = await create({ isActive: false });
    made.push(third.id);
    expect(await update(third.id, 1, { name: second.name })).toMatchObject({ __typename: 'StageNameTaken' });
  });

  test('a change keeps what is absent and clears what is null; a stale version is a conflict', async () => {
    const stage = await create({ color: '#123abc', description: 'first', isActive: false });
    made.push(stage.id);
    expect(await update(stage.id, 1, { description: null })).toMatchObject({ version: 2, color: '#123abc' });
    const { errors } = await gql(
      'admin',
      'mutation($id: ID!) { updateLifecycleStage(id: $id, expectedVersion: 1, input: { color: null }) { __typename } }',
      { id: stage.id },
    );
    expect(errors![0]!.extensions).toMatchObject({ code: 'CONFLICT', field: 'expectedVersion', actualVersion: 2 });
    expect(await update(stage.id, 2, { color: '#123abc' })).toMatchObject({ version: 2 });
  });

  test('the same idempotency key answers the first stage', async () => {
    const input = { name: `Stage ${randomUUID()}`, category: 'CUSTOMER', isActive: false, idempotencyKey: randomUUID() };
    const [first, second] = [await create(input), await create(input)];
    made.push(first.id);
    expect(second.id).toBe(first.id);
  });

  test('only administrators edit stages and rules', async () => {
    for (const who of ['sales_manager', 'sales_rep', 'integration'] as const) {
      const { errors } = await gql(who, 'mutation { createLifecycleStage(input: { name: "X", category: CUSTOMER }) { __typename } }');
      expect(errors![0]!.extensions.code).toBe('FORBIDDEN');
      expect((await gql(who, SET, { input: { rules: [] } })).errors![0]!.extensions.code).toBe('FORBIDDEN');
    }
  });
});

describe('transition rules', () => {
  test('[WF-LC-001] rules that leave a stage unreachable are refused when saved; dryRun only says what would change', async () => {
    const present = await rules();
    const wonBack = await idOf('Won Back');
    expect(await setRules(present.filter((rule) => rule.toStageId !== wonBack))).toMatchObject({
      __typename: 'UnreachableStages',
      stages: [{ name: 'Won Back' }],
    });
    const lead = await idOf('Lead');
    const opportunityId = await idOf('Opportunity');
    const rehearsed = await setRules([...present, { fromStageId: lead, toStageId: opportunityId }], true);
    expect(rehearsed).toMatchObject({ __typename: 'TransitionRulesSet', applied: false, added: 1, removed: 0 });
    expect(rehearsed.rules).toHaveLength(present.length + 1);
    expect(await rules()).toEqual(present);
  });

  test('a rule that requires an override lets only managers through, with a reason', async () => {
    const stage = await create();
    made.push(stage.id);
    const lead = await idOf('Lead');
    await setRules([...(await rules()), { fromStageId: lead, toStageId: stage.id, requiresOverride: true }]);
    const id = await newCustomer();
    expect(await change(id, stage.name)).toMatchObject({ __typename: 'OverrideRequired' });
    expect(await change(id, stage.name, { override: true, reason: 'special case' }, 'sales_manager')).toMatchObject({
      currentStage: { id: stage.id },
    });
    await eventually(async () => expect((await section(id, 'status')).status).toBe('PROSPECT'));
  });

  test('nobody enters a deactivated stage', async () => {
    const stage = await create();
    made.push(stage.id);
    await setRules([...(await rules()), { fromStageId: await idOf('Lead'), toStageId: stage.id }]);
    await update(stage.id, 1, { isActive: false });
    const id = await newCustomer();
    expect(await change(id, stage.name)).toMatchObject({ __typename: 'StageInactive', stage: { name: stage.name } });
    expect(await walk(id)).toEqual(['>Lead']);
  });

  test('the category of a stage with customers cannot change under their feet', async () => {
    const stage = await create();
    made.push(stage.id);
    await setRules([...(await rules()), { fromStageId: await idOf('Lead'), toStageId: stage.id }]);
    await change(await newCustomer(), stage.name);
    expect(await update(stage.id, 1, { category: 'POST_CUSTOMER' })).toMatchObject({ __typename: 'StageInUse', customerCount: 1 });
  });

  test.each([
    ['input.rules.0.toStageId', (lead: string) => [{ fromStageId: lead, toStageId: lead }]],
    ['input.rules.0.fromStageId', (lead: string) => [{ fromStageId: randomUUID(), toStageId: lead }]],
    [
      'input.rules.1',
      (lead: string, other: string) => [
        { fromStageId: lead, toStageId: other },
        { fromStageId: lead, toStageId: other },
      ],
    ],
    ['input.rules[0].toStageId', (lead: string) => [{ fromStageId: lead, toStageId: 'not-a-uuid' }]],
  ])('malformed rules are refused with the name of the field: %s', async (field, make) => {
    const present = await rules();
    const wanted = make(await idOf('Lead'), await idOf('Prospect'));
    const { errors } = await gql('admin', SET, { input: { rules: wanted } });
    expect(errors![0]!.extensions.code).toMatch(/BAD_USER_INPUT|NOT_FOUND/);
    expect(errors![0]!.extensions.field.replace(/\.(\d+)/g, '[$1]').replace(/^input/, 'input')).toBe(field.replace(/\.(\d+)/g, '[$1]'));
    expect(await rules()).toEqual(present);
  });
});

describe('a closed deal without a path', () => {
  test('[Sales to CRM: Deal closed] is recorded as refused, shown to managers, and dealt with by them', async () => {
    const deadEnd = await create();
    made.push(deadEnd.id);
    await setRules([...(await rules()), { fromStageId: await idOf('Lead'), toStageId: deadEnd.id }]);
    const id = await newCustomer();
    await change(id, deadEnd.name);
    const opportunityId = randomUUID();
    await win(id, { opportunityId });

    const QUERY = `query($id: ID!) { stageRefusals(filter: { customerId: { eq: $id }, resolvedAt: { isNull: true } }) { totalCount nodes { id version reason opportunityId fromStage { name } toStage { name } customer { id displayName } } } }`;
    const refusal = await eventually(async () => (await must('sales_manager', QUERY, { id })).stageRefusals.nodes[0] ?? null);
    expect(refusal).toMatchObject({
      reason: 'NO_PATH',
      opportunityId,
      fromStage: { name: deadEnd.name },
      toStage: { name: 'Customer' },
      customer: { id },
    });
    expect(await stageOf(id)).toBe(deadEnd.name);
    expect((await gql('sales_rep', QUERY, { id })).errors![0]!.extensions.code).toBe('FORBIDDEN');

    const told = await factsTold(id);
    const RESOLVE =
      'mutation($id: ID!, $v: Int!) { resolveStageRefusal(id: $id, expectedVersion: $v) { __typename ... on StageRefusal { resolvedAt version } } }';
    expect((await gql('sales_manager', RESOLVE, { id: refusal.id, v: 7 })).errors![0]!.extensions.code).toBe('CONFLICT');
    expect(await factsTold(id)).toBe(told);
    const { resolveStageRefusal } = await must('sales_manager', RESOLVE, { id: refusal.id, v: refusal.version });
    expect(resolveStageRefusal).toMatchObject({ __typename: 'StageRefusal', version: 2 });
    expect((await must('sales_manager', QUERY, { id })).stageRefusals.totalCount).toBe(0);
  });
});

test('the rules that are stored are the catalogue’s, besides what these tests added', async () => {
  const { rows } = await (await database('lifecycle')).query(
    `select f.name as from_name, t.name as to_name from transition_rule r join lifecycle_stage f on f.id = r.from_stage_id join lifecycle_stage t on t.id = r.to_stage_id
     where f.created_by_kind = 'SYSTEM' and t.created_by_kind = 'SYSTEM'`,
  );
  expect(rows.map((row) => `${row.from_name} > ${row.to_name}`).sort()).toEqual(
    [
      'Lead > Prospect',
      'Lead > Churned',
      'Prospect > Opportunity',
      'Prospect > Lead',
      'Prospect > Churned',
      'Opportunity > Customer',
      'Opportunity > Prospect',
      'Opportunity > Churned',
      'Customer > At Risk',
      'Customer > Churned',
      'At Risk > Customer',
      'At Risk > Churned',
      'Churned > Won Back',
      'Won Back > Customer',
      'Won Back > Churned',
    ].sort(),
  );
});
