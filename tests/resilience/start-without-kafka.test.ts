// A service needs neither Kafka nor the others to start: it takes changes at once, says in /readyz what is missing, and catches up by itself.
// [issue 4, section 5] Runs alone: it stops processes of the shared stack.
import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { eventually, gql, must, processes, stack } from '../support/stack.ts';

const CREATE = `mutation($name: String!) { createCustomer(input: { type: INDIVIDUAL, displayName: $name }) { __typename ... on Customer { id } } }`;
const LOG = `mutation($id: ID!) { logInteraction(input: { customerId: $id, interactionType: CALL, direction: OUTBOUND, subject: "Hello" }) {
  __typename ... on Interaction { id } } }`;

test('customer starts and takes changes while Kafka is down; the others hear of them once it is back', async () => {
  await processes.kill('kafka');
  await processes.kill('customer');
  const ready = processes.start('customer'); // resolves when /readyz does, which is not before Kafka is back
  const id = await eventually(
    async () => {
      const { data } = await gql('sales_rep', CREATE, { name: `Early ${randomUUID()}` });
      return (data?.createCustomer?.id as string | undefined) ?? false;
    },
    { withinMs: 30_000, everyMs: 250 },
  );
  const readyz = await fetch(`${stack().services.customer.url}/readyz`);
  expect(readyz.status).toBe(503);
  expect(((await readyz.json()) as { checks: object }).checks).toMatchObject({ database: { ok: true }, broker: { ok: false } });

  await processes.start('kafka');
  await ready;
  await eventually(async () => expect((await must('sales_rep', LOG, { id })).logInteraction.__typename).toBe('Interaction'), {
    withinMs: 30_000,
    everyMs: 250,
  });
}, 120_000);
