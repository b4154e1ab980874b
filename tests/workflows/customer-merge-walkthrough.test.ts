// docs/workflows/merge-duplicates.md, run as it is written: each of its operations in turn, with the ids that the one before answered [WF-CM-002].
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { contactOf, mailbox, organisation } from '../support/customers.ts';
import { eventually, must } from '../support/stack.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/workflows/merge-duplicates.md'), 'utf8');
const operations = new Map(
  [...page.matchAll(/```graphql\n((?:mutation|query) (\w+)[\s\S]*?)```/g)].map(([, text, name]) => [name!, text!]),
);
const run = async (name: string, variables: object): Promise<any> =>
  Object.values(await must('sales_manager', operations.get(name)!, variables))[0];

test('[WF-CM-002] the walk through the documentation works as written', async () => {
  expect([...operations.keys()]).toEqual(['Compare', 'Confirm', 'Progress', 'Retired', 'Undo']);
  const [survivor, retired] = [await organisation({ email: mailbox() }), await organisation({ email: mailbox() })];
  await contactOf(retired.id);
  const ids = { survivorId: survivor.id, retiredIds: [retired.id] };

  const plan = await run('Compare', ids);
  expect(plan).toMatchObject({ __typename: 'MergePlan', conflicts: ['DISPLAY_NAME', 'EMAIL'], mustChoose: [], needsApproval: false });
  expect(plan.retired[0].customerRecords).toContainEqual({ table: 'contact', count: 1 });
  const choices = [{ field: 'EMAIL', fromId: survivor.id }];
  const merge = await run('Confirm', { ...ids, choices, expectedVersions: plan.expectedVersions });
  expect(merge).toMatchObject({ __typename: 'Merge', status: 'MERGED', survivor: { id: survivor.id, email: survivor.email } });
  await eventually(async () => expect(await run('Progress', { mergeId: merge.id })).toMatchObject({ complete: true, overdue: false }), {
    withinMs: 30_000,
  });
  expect(await run('Retired', { retiredId: retired.id })).toMatchObject({
    id: survivor.id,
    redirectedFrom: retired.id,
    contacts: { nodes: [{}] },
  });
  expect(await run('Undo', { mergeId: merge.id, version: merge.version })).toMatchObject({
    __typename: 'Unmerge',
    returned: [{ id: retired.id, displayName: retired.displayName, email: retired.email }],
    kept: [],
    born: [],
  });
}, 60_000);
