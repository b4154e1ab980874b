// docs/workflows/import-customers.md, run as it is written: each of its operations in turn, with the ids that the one before answered [WF-CM-001].
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { mailbox, person, word } from '../support/customers.ts';
import { csv, doorOf, send } from '../support/imports.ts';
import { eventually, must } from '../support/stack.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/workflows/import-customers.md'), 'utf8');
const operations = new Map(
  [...page.matchAll(/```graphql\n((?:mutation|query) (\w+)[\s\S]*?)```/g)].map(([, text, name]) => [name!, text!]),
);
const run = async (name: string, variables: object): Promise<any> =>
  Object.values(await must('sales_manager', operations.get(name)!, variables))[0];
const stands = (id: string, status: string): Promise<any> =>
  eventually(
    async () => {
      const job = await run('Look', { id });
      return job.status === status && job;
    },
    { withinMs: 30_000 },
  );

test('[WF-CM-001] the walk through the documentation works as written', async () => {
  expect([...operations.keys()]).toEqual(['Start', 'Look', 'Preview', 'Map', 'Exceptions', 'Decide', 'Confirm', 'Report', 'Undo']);
  const known = await person({ displayName: `Grace ${word()} ${word()}`, email: mailbox() });
  const started = await run('Start', { fileName: 'customers.csv' });
  expect(started).toMatchObject({ __typename: 'ImportStarted', import: { status: 'AWAITING_FILE' } });
  const { id } = started.import;
  const file = csv(
    ['Name', 'Customer Email', 'Customer Phone'],
    [`Ada ${word()}`, mailbox(), ''],
    [known.displayName, known.email, '030 1234567'],
    ['Bob', 'bob@', ''],
  );
  expect((await send(started.url, file)).status).toBe(201);
  const seen = await stands(id, 'UPLOADED');
  const mapping = seen.columns.map(({ column, proposed }: any) => ({ column, field: proposed }));
  expect(await run('Preview', { id, mapping })).toMatchObject([{ errors: [] }, { errors: [] }, { errors: [{ column: 2 }] }]);
  expect(await run('Map', { id, version: seen.version, mapping })).toMatchObject({ __typename: 'Import' });
  const checked = await stands(id, 'PREVIEWED');
  expect((await run('Exceptions', { id })).rows.nodes).toMatchObject([
    { row: 2, verdict: 'DUPLICATE', match: { customer: { id: known.id } } },
    { row: 3, verdict: 'INVALID', errors: [{ field: 'CUSTOMER_EMAIL' }] },
  ]);
  const decided = await run('Decide', { id, version: checked.version });
  expect(decided).toMatchObject({ __typename: 'Import', counts: { undecided: 0 } });
  expect(await run('Confirm', { id, version: decided.version })).toMatchObject({ __typename: 'Import', status: 'RUNNING' });
  const done = await stands(id, 'DONE');
  expect(done.counts).toMatchObject({ created: 1, updated: 1, skipped: 1 });
  const report = await run('Report', { id });
  expect((await (await fetch(doorOf(report.url))).text()).split('\r\n')).toHaveLength(5);
  expect(await run('Undo', { id, version: done.version })).toMatchObject({ __typename: 'Import', status: 'UNDOING' });
  expect((await stands(id, 'UNDONE')).counts).toMatchObject({ removed: 1, reverted: 1 });
}, 90_000);
