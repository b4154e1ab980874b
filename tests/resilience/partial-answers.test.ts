// One service stopped or frozen: the rest of the Customer 360 answers within a bounded time, with one SUBGRAPH_UNAVAILABLE for the service,
// and everything is back by itself. [issue 4, section 3] Runs alone: it stops processes of the shared stack.
import { randomUUID } from 'node:crypto';
import { afterEach, beforeAll, expect, test } from '@jest/globals';
import { type Answer, eventually, gql, must, processes, type ServiceName } from '../support/stack.ts';

const DEADLINE_MS = 4_000; // of the tests' gateway, see scripts/test.ts
const SECTIONS = {
  customer: ['customer'],
  interaction: ['interactionSummary', 'timeline'],
  lifecycle: ['lifecycle', 'milestones', 'financialSummary'],
  compliance: ['consents'],
} as const;
const CARD = `query Card($id: ID!) { customer(id: $id) { id displayName contacts(first: 1) { nodes { id } }
  interactionSummary { count30d } timeline(first: 5) { nodes { id } }
  lifecycle { currentStage { name } } milestones(first: 1) { nodes { id } } financialSummary { paymentStatus }
  consents { consentType } } }`;

let id: string;
beforeAll(async () => {
  const { createCustomer } = await must(
    'sales_manager',
    'mutation($name: String!) { createCustomer(input: { type: INDIVIDUAL, displayName: $name }) { ... on Customer { id } } }',
    { name: `Partial ${randomUUID()}` },
  );
  id = createCustomer.id;
  await whole();
}, 60_000);
afterEach(async () => {
  await whole();
}, 60_000);

/** Waits until the whole card answers without an error. */
const whole = () =>
  eventually(async () => expect((await gql('admin', CARD, { id })).errors).toBeUndefined(), { withinMs: 30_000, everyMs: 200 });

async function timed(): Promise<[Answer, number]> {
  const began = performance.now();
  return [await gql('admin', CARD, { id }), performance.now() - began];
}

function expectMissing(answer: Answer, service: ServiceName): void {
  expect(answer.status).toBe(200);
  expect(answer.errors).toEqual([expect.objectContaining({ extensions: { code: 'SUBGRAPH_UNAVAILABLE', service, retryable: true } })]);
  if (service === 'customer') {
    expect(answer.data).toEqual({ customer: null }); // it owns the customer itself: there is nothing for the others to add to
    return;
  }
  const missing: readonly string[] = SECTIONS[service];
  for (const [name, section] of Object.entries(answer.data.customer)) {
    if (missing.includes(name)) expect([name, section]).toEqual([name, null]);
    else if (name !== 'lifecycle' && name !== 'financialSummary') expect([name, section]).not.toEqual([name, null]);
  }
}

const services: ServiceName[] = ['interaction', 'lifecycle', 'compliance', 'customer'];

test.each(services)(
  '%s stopped: its sections are null, the rest answers at once, and it is back after its start',
  async (service) => {
    await processes.kill(service, 'SIGTERM');
    try {
      for (let i = 0; i < 3; i++) {
        const [answer, ms] = await timed();
        expectMissing(answer, service);
        expect(ms).toBeLessThan(DEADLINE_MS);
      }
    } finally {
      await processes.start(service);
    }
    await whole();
  },
  90_000,
);

test.each(services)(
  '%s frozen: one deadline at most, then no wait, and it is back when it thaws',
  async (service) => {
    await processes.kill(service, 'SIGSTOP');
    try {
      const [first, ms] = await timed();
      expectMissing(first, service);
      expect(ms).toBeLessThan(DEADLINE_MS * 1.75);
      const times: number[] = [];
      for (let i = 0; i < 10; i++) {
        const [answer, took] = await timed();
        expectMissing(answer, service);
        times.push(took);
      }
      expect(times.sort((a, b) => a - b)[5]).toBeLessThan(DEADLINE_MS / 4);
      expect(Math.max(...times)).toBeLessThan(DEADLINE_MS * 1.75);
    } finally {
      await processes.kill(service, 'SIGCONT');
    }
    await whole();
  },
  90_000,
);
