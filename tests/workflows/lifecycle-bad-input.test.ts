// Bad input for every mutation of the lifecycle service: malformed, too long, unknown enum, foreign id, stale version, deleted parent. The answer
// is a typed error that names the field; nothing is written and nothing is told.
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { factsTold, newCustomer, section, tryChange } from '../support/lifecycle.ts';
import { database, eventually, gql, must } from '../support/stack.ts';

const long = (length: number) => 'x'.repeat(length);
const MUTATIONS = {
  createLifecycleStage: 'mutation($input: CreateLifecycleStageInput!) { createLifecycleStage(input: $input) { __typename } }',
  updateLifecycleStage:
    'mutation($id: ID!, $v: Int!, $input: UpdateLifecycleStageInput!) { updateLifecycleStage(id: $id, expectedVersion: $v, input: $input) { __typename } }',
  deleteLifecycleStage: 'mutation($id: ID!, $v: Int) { deleteLifecycleStage(id: $id, expectedVersion: $v) { __typename } }',
  restoreLifecycleStage: 'mutation($id: ID!) { restoreLifecycleStage(id: $id) { __typename } }',
  reorderLifecycleStages: 'mutation($ids: [ID!]!) { reorderLifecycleStages(ids: $ids) { __typename } }',
  setTransitionRules: 'mutation($input: SetTransitionRulesInput!) { setTransitionRules(input: $input) { __typename } }',
  changeStage: 'mutation($input: ChangeStageInput!) { changeStage(input: $input) { __typename } }',
  recordMilestone: 'mutation($input: RecordMilestoneInput!) { recordMilestone(input: $input) { __typename } }',
  updateMilestone:
    'mutation($id: ID!, $v: Int!, $input: UpdateMilestoneInput!) { updateMilestone(id: $id, expectedVersion: $v, input: $input) { __typename } }',
  deleteMilestone: 'mutation($id: ID!, $v: Int) { deleteMilestone(id: $id, expectedVersion: $v) { __typename } }',
  restoreMilestone: 'mutation($id: ID!) { restoreMilestone(id: $id) { __typename } }',
  resolveStageRefusal: 'mutation($id: ID!, $v: Int!) { resolveStageRefusal(id: $id, expectedVersion: $v) { __typename } }',
};

/** What the tests aim at: a live customer with a milestone, a deleted customer with one, an own stage. */
const at = {
  customer: '',
  milestone: '',
  deletedCustomer: '',
  milestoneOfDeleted: '',
  stage: '',
  lead: '00000000-0000-4000-8000-000000000001',
};

beforeAll(async () => {
  const record = async (customerId: string) =>
    (
      await must('admin', 'mutation($input: RecordMilestoneInput!) { recordMilestone(input: $input) { ... on Milestone { id } } }', {
        input: { customerId, milestoneType: 'RENEWAL' },
      })
    ).recordMilestone.id;
  at.customer = await newCustomer();
  at.milestone = await record(at.customer);
  at.deletedCustomer = await newCustomer();
  at.milestoneOfDeleted = await record(at.deletedCustomer);
  const input = { name: `Stage ${randomUUID()}`, category: 'CUSTOMER', isActive: false };
  at.stage = (
    await must(
      'admin',
      'mutation($input: CreateLifecycleStageInput!) { createLifecycleStage(input: $input) { ... on LifecycleStage { id } } }',
      { input },
    )
  ).createLifecycleStage.id;
  await must('admin', 'mutation($id: ID!) { deleteCustomer(id: $id) { __typename } }', { id: at.deletedCustomer });
  await eventually(async () =>
    expect((await tryChange('admin', { customerId: at.deletedCustomer, toStage: 'Prospect' })).errors?.[0]?.extensions.code).toBe(
      'NOT_FOUND',
    ),
  );
});

/** Everything that these mutations could have changed of the things that they aim at. */
async function fingerprint(): Promise<unknown> {
  const told: number[] = [];
  for (const key of Object.values(at)) told.push(await factsTold(key));
  const { rows } = await (await database('lifecycle')).query(
    `select (select json_agg(m order by id) from milestone m where customer_id = any($1)) as milestones,
            (select json_agg(l order by id) from customer_lifecycle l where customer_id = any($1)) as lifecycles,
            (select json_agg(h order by id) from lifecycle_history h where customer_id = any($1)) as history,
            (select json_agg(s) from lifecycle_stage s where id = $2) as stage,
            (select count(*)::int from lifecycle_stage where name like 'Bad %') as bad`,
    [[at.customer, at.deletedCustomer], at.stage],
  );
  return { told, rows };
}

type Case = [what: string, mutation: keyof typeof MUTATIONS, variables: () => object, code: string, field: string];
const BAD = 'BAD_USER_INPUT';
const stageInput = (more: object) => () => ({ input: { name: 'Bad stage', category: 'CUSTOMER', ...more } });
const stageChange =
  (input: object, v = 1) =>
  () => ({ id: at.stage, v, input });
const move = (more: object) => () => ({ input: { customerId: at.customer, toStage: 'Prospect', ...more } });
const milestone = (more: object) => () => ({ input: { customerId: at.customer, milestoneType: 'UPSELL', ...more } });
const milestoneChange =
  (input: object, v = 1) =>
  () => ({ id: at.milestone, v, input });
const nobody = randomUUID();

const CASES: Case[] = [
  ['name too long', 'createLifecycleStage', stageInput({ name: `Bad ${long(97)}` }), BAD, 'input.name'],
  ['name blank', 'createLifecycleStage', stageInput({ name: '   ' }), BAD, 'input.name'],
  ['name with NUL', 'createLifecycleStage', stageInput({ name: 'Bad \u0000' }), BAD, 'input.name'],
  ['unknown category', 'createLifecycleStage', stageInput({ category: 'ROYAL' }), BAD, 'input.category'],
  ['malformed colour', 'createLifecycleStage', stageInput({ color: 'red' }), BAD, 'input.color'],
  ['description too long', 'createLifecycleStage', stageInput({ description: long(5_001) }), BAD, 'input.description'],
  ['order that is no integer', 'createLifecycleStage', stageInput({ displayOrder: 2 ** 31 }), BAD, 'input.displayOrder'],
  ['key too long', 'createLifecycleStage', stageInput({ idempotencyKey: long(101) }), BAD, 'input.idempotencyKey'],
  ['name cleared', 'updateLifecycleStage', stageChange({ name: null }), BAD, 'input.name'],
  ['order cleared', 'updateLifecycleStage', stageChange({ displayOrder: null }), BAD, 'input.displayOrder'],
  ['category cleared', 'updateLifecycleStage', stageChange({ category: null }), BAD, 'input.category'],
  ['activity cleared', 'updateLifecycleStage', stageChange({ isActive: null }), BAD, 'input.isActive'],
  ['malformed colour', 'updateLifecycleStage', stageChange({ color: '#12345' }), BAD, 'input.color'],
  ['stale version', 'updateLifecycleStage', stageChange({ color: '#123456' }, 9), 'CONFLICT', 'expectedVersion'],
  ['malformed id', 'updateLifecycleStage', () => ({ id: 'x', v: 1, input: {} }), BAD, 'id'],
  ['foreign id', 'updateLifecycleStage', () => ({ id: nobody, v: 1, input: {} }), 'NOT_FOUND', 'id'],
  ['foreign id', 'deleteLifecycleStage', () => ({ id: nobody }), 'NOT_FOUND', 'id'],
  ['stale version', 'deleteLifecycleStage', () => ({ id: at.stage, v: 9 }), 'CONFLICT', 'expectedVersion'],
  ['foreign id', 'restoreLifecycleStage', () => ({ id: nobody }), 'NOT_FOUND', 'id'],
  ['one that is not deleted', 'restoreLifecycleStage', () => ({ id: at.stage }), 'NOT_FOUND', 'id'],
  ['some of the stages', 'reorderLifecycleStages', () => ({ ids: [at.lead] }), BAD, 'ids'],
  ['a stage twice', 'reorderLifecycleStages', () => ({ ids: [at.lead, at.lead] }), BAD, 'ids'],
  ['too many', 'reorderLifecycleStages', () => ({ ids: Array.from({ length: 51 }, () => randomUUID()) }), BAD, 'ids'],
  [
    'foreign id',
    'setTransitionRules',
    () => ({ input: { rules: [{ fromStageId: at.lead, toStageId: nobody }] } }),
    'NOT_FOUND',
    'input.rules.0.toStageId',
  ],
  ['malformed customer', 'changeStage', move({ customerId: '42' }), BAD, 'input.customerId'],
  [
    'deleted customer',
    'changeStage',
    () => ({ input: { customerId: at.deletedCustomer, toStage: 'Prospect' } }),
    'NOT_FOUND',
    'input.customerId',
  ],
  ['no stage named', 'changeStage', move({ toStage: null }), BAD, 'input.toStageId'],
  ['stage named twice', 'changeStage', move({ toStageId: at.lead }), BAD, 'input.toStage'],
  ['unknown stage name', 'changeStage', move({ toStage: 'Royalty' }), BAD, 'input.toStage'],
  ['stage name too long', 'changeStage', move({ toStage: long(101) }), BAD, 'input.toStage'],
  ['foreign stage', 'changeStage', move({ toStage: null, toStageId: nobody }), 'NOT_FOUND', 'input.toStageId'],
  ['reason too long', 'changeStage', move({ reason: long(501) }), BAD, 'input.reason'],
  ['override without reason', 'changeStage', move({ override: true }), BAD, 'input.reason'],
  ['stale version', 'changeStage', move({ expectedVersion: 9 }), 'CONFLICT', 'expectedVersion'],
  ['unknown type', 'recordMilestone', milestone({ milestoneType: 'BIRTHDAY' }), BAD, 'input.milestoneType'],
  ['malformed time', 'recordMilestone', milestone({ occurredAt: '2026-02-30T00:00:00Z' }), BAD, 'input.occurredAt'],
  ['time without zone', 'recordMilestone', milestone({ occurredAt: '2026-02-03T00:00:00' }), BAD, 'input.occurredAt'],
  ['time in the future', 'recordMilestone', milestone({ occurredAt: '2999-01-01T00:00:00Z' }), BAD, 'input.occurredAt'],
  ['details that are no object', 'recordMilestone', milestone({ details: [1] }), BAD, 'input.details'],
  ['details too long', 'recordMilestone', milestone({ details: { text: long(20_000) } }), BAD, 'input.details'],
  ['key too long', 'recordMilestone', milestone({ idempotencyKey: long(101) }), BAD, 'input.idempotencyKey'],
  [
    'deleted customer',
    'recordMilestone',
    () => ({ input: { customerId: at.deletedCustomer, milestoneType: 'UPSELL' } }),
    'NOT_FOUND',
    'input.customerId',
  ],
  ['time cleared', 'updateMilestone', milestoneChange({ occurredAt: null }), BAD, 'input.occurredAt'],
  ['time in the future', 'updateMilestone', milestoneChange({ occurredAt: '2999-01-01T00:00:00Z' }), BAD, 'input.occurredAt'],
  ['stale version', 'updateMilestone', milestoneChange({ details: {} }, 9), 'CONFLICT', 'expectedVersion'],
  ['foreign id', 'updateMilestone', () => ({ id: nobody, v: 1, input: {} }), 'NOT_FOUND', 'id'],
  ['of a deleted customer', 'updateMilestone', () => ({ id: at.milestoneOfDeleted, v: 1, input: { details: {} } }), 'NOT_FOUND', 'id'],
  ['foreign id', 'deleteMilestone', () => ({ id: nobody }), 'NOT_FOUND', 'id'],
  ['stale version', 'deleteMilestone', () => ({ id: at.milestone, v: 9 }), 'CONFLICT', 'expectedVersion'],
  ['of a deleted customer', 'deleteMilestone', () => ({ id: at.milestoneOfDeleted }), 'NOT_FOUND', 'id'],
  ['one that is not deleted', 'restoreMilestone', () => ({ id: at.milestone }), 'NOT_FOUND', 'id'],
  ['foreign id', 'resolveStageRefusal', () => ({ id: nobody, v: 1 }), 'NOT_FOUND', 'id'],
  ['malformed id', 'resolveStageRefusal', () => ({ id: '', v: 1 }), BAD, 'id'],
];

describe('bad input', () => {
  test.each(CASES)('%s is refused by %s, and names the field', async (_what, mutation, variables, code, field) => {
    const before = await fingerprint();
    const { data, errors } = await gql('admin', MUTATIONS[mutation], variables());
    expect(errors).toHaveLength(1);
    expect(errors![0]!.extensions).toMatchObject({ code, field });
    expect(data ?? null).toBeNull();
    expect(await fingerprint()).toEqual(before);
  });

  test('every mutation of the service is in the table', () => {
    expect(new Set(CASES.map(([, mutation]) => mutation))).toEqual(new Set(Object.keys(MUTATIONS)));
  });

  test('a milestone of a customer outside the caller’s rows is not found', async () => {
    const others = await newCustomer({ ownerId: '5eed0000-0000-4000-8000-000000000001' });
    const { recordMilestone } = await must(
      'admin',
      'mutation($input: RecordMilestoneInput!) { recordMilestone(input: $input) { ... on Milestone { id } } }',
      { input: { customerId: others, milestoneType: 'RENEWAL' } },
    );
    const { errors } = await gql('sales_rep', MUTATIONS.deleteMilestone, { id: recordMilestone.id });
    expect(errors![0]!.extensions).toMatchObject({ code: 'NOT_FOUND', field: 'id', noun: 'Milestone' });
    expect((await section(others, 'milestones { totalCount }')).milestones.totalCount).toBe(1);
  });
});
