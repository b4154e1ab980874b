// A withdrawal reaches a downstream system: the worked example examples/marketing-suppression runs as its users run it, as a process of its own
// against the real broker, and the time from the mutation's answer to "suppressed" is measured and printed.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type EmptyDatabase, emptyDatabase } from '../support/empty-database.ts';
import { eventually, must, stack } from '../support/stack.ts';

const ENTRY = fileURLToPath(new URL('../../examples/marketing-suppression/src/main.ts', import.meta.url));
const GENEROUS_MS = 5_000;
let example: ChildProcess;
let url: string;
let database: EmptyDatabase;

beforeAll(async () => {
  database = await emptyDatabase();
  ({ child: example, url } = await startExample());
}, 60_000);

afterAll(async () => {
  const gone = new Promise((resolve) => example.once('exit', resolve));
  example.kill('SIGTERM');
  await gone;
  await database.close();
});

/** Starts the example and waits until it has read everything that was there. */
async function startExample(): Promise<{ child: ChildProcess; url: string }> {
  const env = {
    PATH: process.env.PATH,
    KAFKA_BROKERS: stack().kafka,
    TOPIC_PREFIX: stack().topicPrefix,
    DATABASE_URL: database.url,
    EXIT_WITH_PARENT: '1',
  };
  const child = spawn(
    process.execPath,
    ['--conditions=customer360-source', '--disable-warning=ExperimentalWarning', '--disable-warning=TimeoutNegativeWarning', ENTRY],
    {
      env,
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout! }).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`the example ended with ${code}`)));
  });
  const where = (JSON.parse(line) as { url: string }).url;
  await eventually(async () => (await fetch(`${where}/readyz`)).ok, { withinMs: 30_000 });
  return { child, url: where };
}

const isSuppressed = async (id: string, at = url): Promise<boolean> =>
  ((await (await fetch(`${at}/customers/${id}`)).json()) as { suppressed: boolean }).suppressed;

const newCustomer = async (): Promise<string> => {
  const input = { type: 'INDIVIDUAL', displayName: `Propagation ${randomUUID()}`, ownerId: null };
  return (
    await must('admin', 'mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { ... on Customer { id } } }', { input })
  ).createCustomer.id;
};
const record = (customerId: string, granted: boolean) =>
  must('integration', 'mutation ($input: RecordConsentInput!) { recordConsent(input: $input) { __typename } }', {
    input: { customerId, consentType: 'MARKETING_EMAIL', granted, source: 'EMAIL_LINK' },
  });

test('[WF-PRIV-001] a withdrawal reaches the mail tool: measured from the answer of the mutation to "suppressed"', async () => {
  const times: number[] = [];
  const id = await newCustomer();
  expect(await isSuppressed(id)).toBe(true); // nobody agreed yet
  for (let round = 0; round < 20; round++) {
    await record(id, true);
    await eventually(async () => !(await isSuppressed(id)), { withinMs: GENEROUS_MS, everyMs: 2 });
    await record(id, false);
    const answered = performance.now();
    await eventually(() => isSuppressed(id), { withinMs: GENEROUS_MS, everyMs: 1 });
    times.push(performance.now() - answered);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))]!.toFixed(1);
  console.log(`revocation → suppressed, ${times.length} rounds: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, slowest ${at(1)} ms`);
  expect(times.at(-1)).toBeLessThan(GENEROUS_MS);
}, 120_000);

test('[Right to Restriction] [Right to Object] a restriction and an objection suppress as well, and a restart knows all of it again', async () => {
  const [restricted, objecting, willing] = [await newCustomer(), await newCustomer(), await newCustomer()];
  for (const id of [restricted, objecting, willing]) await record(id, true);
  await eventually(async () =>
    expect(await Promise.all([restricted, objecting, willing].map((id) => isSuppressed(id)))).toEqual([false, false, false]),
  );
  await must(
    'dpo',
    `mutation { setProcessingRestriction(customerId: "${restricted}", restricted: true, reason: "disputed") { __typename } }`,
  );
  await must('dpo', `mutation { setObjection(customerId: "${objecting}", doNotProcess: true, reason: "asked") { __typename } }`);
  await eventually(async () =>
    expect(await Promise.all([restricted, objecting, willing].map((id) => isSuppressed(id)))).toEqual([true, true, false]),
  );

  const again = await startExample();
  const gone = new Promise((resolve) => again.child.once('exit', resolve));
  try {
    expect(await Promise.all([restricted, objecting, willing].map((id) => isSuppressed(id, again.url)))).toEqual([true, true, false]);
  } finally {
    again.child.kill('SIGTERM');
    await gone;
  }
}, 120_000);
