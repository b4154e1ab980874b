// docs/workflows/create-customer.md, run as it is written: each of its operations in turn, with what the one before answered [WF-CM-001].
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { create, mailbox, word } from '../support/customers.ts';
import { eventually, must } from '../support/stack.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/workflows/create-customer.md'), 'utf8');
const operations = new Map(
  [...page.matchAll(/```graphql\n((?:mutation|query) (\w+)[\s\S]*?)```/g)].map(([, text, name]) => [name!, text!]),
);

test('[WF-CM-001] the walk through the documentation works as written', async () => {
  expect([...operations.keys()]).toEqual(['WhileTyping', 'Create', 'Show', 'Find']);
  const rep = await create('admin', 'StaffMember', { name: `Rep ${word()}`, email: mailbox(), roles: ['SALES_REP'] });
  const who = { kind: 'staff' as const, sub: rep.id as string, roles: ['sales_rep' as const] };
  const run = async (name: string, variables: object): Promise<any> => Object.values(await must(who, operations.get(name)!, variables))[0];

  const input = { type: 'INDIVIDUAL', displayName: `Ada ${word()}`, email: mailbox() };
  const first = await run('Create', { input });
  expect(first).toMatchObject({ __typename: 'Customer', status: 'PROSPECT', owner: { name: rep.name } });

  const [typed] = await run('WhileTyping', {
    input: { type: 'INDIVIDUAL', displayName: input.displayName.slice(0, -2), email: input.email },
  });
  expect(typed).toMatchObject({ hidden: false, customer: { id: first.id } });
  const told = await run('Create', { input });
  expect(told).toMatchObject({ __typename: 'DuplicateCandidates', candidates: [{ customer: { id: first.id } }] });
  const anyway = await run('Create', { input: { ...input, overrideToken: told.overrideToken } });
  expect(anyway).toMatchObject({ __typename: 'Customer', displayName: input.displayName });
  expect(anyway.id).not.toBe(first.id);

  await eventually(async () =>
    expect(await run('Show', { id: anyway.id })).toMatchObject({
      status: 'PROSPECT',
      owner: { id: rep.id },
      createdBy: { kind: 'STAFF', id: rep.id },
      lifecycle: { currentStage: { name: 'Lead' } },
    }),
  );
  expect((await run('Find', { text: input.email })).map((hit: any) => hit.customer.id).sort()).toEqual([first.id, anyway.id].sort());
}, 60_000);
