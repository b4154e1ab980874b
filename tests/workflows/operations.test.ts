// What an operator relies on: health and readiness, the promised metrics, logs without personal values, and poison events that park one key
// and can be listed, shown and replayed by a command. [issue 4, section 5] Traces are in tests/resilience/traces.test.ts.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { eventually, gql, must, publishInbound, type ServiceName, stack } from '../support/stack.ts';

const SERVICES: ServiceName[] = ['customer', 'interaction', 'lifecycle', 'compliance'];
const CREATE = `mutation($input: CreateCustomerInput!) { createCustomer(input: $input) { __typename ... on Customer { id } } }`;

async function newCustomer(input: object = {}): Promise<string> {
  const data = await must('sales_manager', CREATE, {
    input: { type: 'INDIVIDUAL', displayName: `Operations ${randomUUID()}`, ...input },
  });
  expect(data.createCustomer.__typename).toBe('Customer');
  return data.createCustomer.id;
}

// ── health, readiness, metrics ──────────────────────────────────────────────────────────────────────────────────────────

const get = (name: ServiceName | 'gateway', path: string) =>
  fetch(`${stack().services[name].url}${path}`, { signal: AbortSignal.timeout(5_000) });

/** Sample values by metric name, labels left out, summed. */
async function metrics(name: ServiceName | 'gateway'): Promise<Map<string, number>> {
  const response = await get(name, '/metrics');
  expect([response.status, response.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/plain')]);
  const sums = new Map<string, number>();
  for (const line of (await response.text()).split('\n')) {
    const [, metric, value] = /^([a-z_]+)(?:\{[^}]*\})? (\S+)$/.exec(line) ?? [];
    if (metric) sums.set(metric, (sums.get(metric) ?? 0) + Number(value));
  }
  return sums;
}

test.each(SERVICES)('%s says that it is alive, and why it is ready: database, broker and lag', async (service) => {
  const alive = await get(service, '/healthz');
  expect([alive.status, await alive.json()]).toEqual([200, { status: 'ok' }]);
  const ready = await eventually(async () => {
    const response = await get(service, '/readyz');
    expect(response.status).toBe(200);
    return (await response.json()) as any;
  });
  expect(ready).toMatchObject({
    ready: true,
    checks: { database: { ok: true }, broker: { ok: true }, lag: { ok: true, detail: { records: expect.any(Number) } } },
  });
});

test('the gateway is ready, and shows the state of each service without failing for one', async () => {
  const ready = await get('gateway', '/readyz');
  expect(ready.status).toBe(200);
  const { checks } = (await ready.json()) as any;
  expect(Object.keys(checks.services.detail).sort()).toEqual([...SERVICES].sort());
});

test.each(SERVICES)('%s prints metrics of requests, outbox, consumer, parked keys and pool', async (service) => {
  await must(
    'sales_manager',
    'query($id: ID!) { customer(id: $id) { id timeline { nodes { id } } milestones { nodes { id } } consents { granted } } }',
    {
      id: await newCustomer(),
    },
  );
  const sums = await metrics(service);
  const promised = [
    'outbox_depth',
    'outbox_age_seconds',
    'parked_keys',
    'consumer_lag_records',
    'database_pool_connections',
    'database_pool_waiting',
  ];
  for (const metric of promised) expect([metric, sums.get(metric)]).toEqual([metric, expect.any(Number)]);
  for (const metric of promised) expect([metric, Number.isFinite(sums.get(metric))]).toEqual([metric, true]);
  expect(sums.get('subgraph_requests_total')).toBeGreaterThan(0);
  expect(sums.get('subgraph_request_duration_seconds_count')).toBeGreaterThan(0);
  expect(sums.get('consumer_running')).toBe(1);
  expect(sums.get('relay_leading')).toBe(1);
  expect(sums.get('database_pool_connections')).toBeGreaterThan(0);
});

test('the gateway prints metrics of requests, refusals, services and breakers', async () => {
  await gql('sales_manager', '{ noSuchField }');
  const sums = await metrics('gateway');
  expect(sums.get('gateway_requests_total')).toBeGreaterThan(0);
  expect(sums.get('gateway_request_duration_seconds_count')).toBeGreaterThan(0);
  expect(sums.get('gateway_rejected_total')).toBeGreaterThan(0);
  expect(sums.get('gateway_subgraph_requests_total')).toBeGreaterThan(0);
  expect(Number.isFinite(sums.get('gateway_breaker_state'))).toBe(true);
});

// ── logs ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

test('logs are JSON lines with the request id in gateway and service, and without a personal value that was written, looked for or refused', async () => {
  const files = [...SERVICES, 'gateway'].map((name) => ({ name, path: join(stack().logs, `${name}.log`) }));
  const offsets = new Map(files.map(({ name, path }) => [name, statSync(path).size]));
  const requestId = `operations-${randomUUID().slice(0, 8)}`;
  const secret = randomUUID().replaceAll('-', '');
  const personal = {
    displayName: `Zebulon ${secret}`,
    email: `zebulon.${secret}@private.example`,
    phone: `+4930${Date.now().toString().slice(-8)}`,
    legalName: `Quagmire ${secret} GmbH`,
    note: `She said that ${secret} is ill`,
    subject: `About the divorce of ${secret}`,
    search: `Zebulon ${secret.slice(0, 12)}`,
  };
  const headers = { 'x-request-id': requestId };
  const { displayName, email, phone, legalName } = personal;
  const input = { type: 'ORGANIZATION', displayName, email, phone, account: { legalName } };
  const { createCustomer } = await must('sales_manager', CREATE, { input }, { headers });
  const customerId = createCustomer.id;
  await must(
    'sales_manager',
    `mutation($note: CreateNoteInput!, $interaction: LogInteractionInput!) {
      createNote(input: $note) { __typename } logInteraction(input: $interaction) { __typename } }`,
    { note: { customerId, content: personal.note }, interaction: { customerId, interactionType: 'CALL', subject: personal.subject } },
    { headers },
  );
  // A duplicate, a malformed value, a constraint, a search, a literal in the document: each passes another part of the code.
  await must('sales_manager', CREATE, { input }, { headers });
  await gql('sales_manager', CREATE, { input: { ...input, email: `${email}@@` } }, { headers });
  await gql('sales_manager', CREATE, { input: { ...input, displayName: displayName.repeat(20) } }, { headers });
  await must('sales_manager', 'query($s: String) { customers(search: $s) { nodes { id } } }', { s: personal.search }, { headers });
  await gql(
    'sales_manager',
    `{ customers(search: "${displayName}", filter: { email: { eq: "${email}" } }) { nodes { id } } }`,
    {},
    { headers },
  );

  const written = await eventually(() => {
    const lines = files.map(({ name, path }) => [name, readFileSync(path).subarray(offsets.get(name)).toString()] as const);
    const of = new Map(lines);
    for (const name of ['gateway', 'customer', 'interaction']) expect([name, of.get(name)!.includes(requestId)]).toEqual([name, true]);
    return of;
  });
  for (const [name, text] of written) {
    for (const [what, value] of Object.entries(personal)) expect([name, what, text.includes(value)]).toEqual([name, what, false]);
    expect([name, text.includes(secret)]).toEqual([name, false]);
    // Node prints its own warnings as plain text; a line that is being written has no end yet.
    const lines = text
      .split('\n')
      .slice(0, -1)
      .filter((line) => !/^\((node:\d+|Use `node)/.test(line));
    for (const line of lines)
      expect(JSON.parse(line)).toMatchObject({ level: expect.any(Number), time: expect.any(String), service: name });
  }
}, 60_000);

// ── poison ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** `npm run events -- …` against the test's stack. */
async function events(...args: string[]): Promise<string> {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const { NODE_OPTIONS: _, ...env } = process.env;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--conditions=customer360-source', join(root, 'scripts/events.ts'), ...args],
    {
      cwd: root,
      env,
      timeout: 40_000,
    },
  );
  return stdout;
}

const purchases = async (id: string): Promise<number> =>
  (await must('sales_manager', 'query($id: ID!) { customer(id: $id) { lifecycle { purchaseCount } } }', { id })).customer.lifecycle
    ?.purchaseCount;

test('a malformed event parks its customer only; a command lists, shows and replays it, and says that it cannot be applied', async () => {
  const [poisoned, healthy] = [await newCustomer(), await newCustomer()];
  const topic = 'financial.events.v1';
  const payment = (customerId: string, more: object = {}) => ({
    type: 'financial.payment-received.v1',
    key: customerId,
    data: {
      paymentId: randomUUID(),
      invoiceId: null,
      customerId,
      amount: '12.50',
      currency: 'EUR',
      convertedAmount: null,
      receivedAt: new Date().toISOString(),
      ...more,
    },
  });
  const secret = `Paid by Ms ${randomUUID()}`;
  await publishInbound(topic, [payment(poisoned), payment(healthy)]);
  await eventually(async () => expect(await purchases(poisoned)).toBe(1), { withinMs: 20_000 });
  await publishInbound(topic, [payment(poisoned, { amount: secret }), payment(poisoned), payment(healthy)]);
  await eventually(async () => expect(await purchases(healthy)).toBe(2), { withinMs: 20_000 });
  expect(await purchases(poisoned)).toBe(1);

  const listed = (await events('parked')).split('\n').find((line) => line.startsWith(`lifecycle  ${topic}  ${poisoned}`));
  expect(listed).toMatch(/2 event\(s\) {2}INVALID .*\/amount must match pattern/);
  expect(await events('parked')).not.toContain(healthy);

  const shown = await events('show', 'lifecycle', topic, poisoned);
  expect(shown).toContain('"reason": "INVALID"');
  expect(shown).toContain('"reason": "BEHIND"');
  expect(shown).toContain('"type": "financial.payment-received.v1"');
  expect(shown).not.toContain(secret);

  expect(await events('replay', 'lifecycle', topic, poisoned)).toMatch(/^Applied 0 of 2; 2 stay parked: .*\/amount must match pattern/);
  expect(await purchases(poisoned)).toBe(1);
  expect(await events('replay', 'lifecycle', topic, healthy)).toContain('Nothing is parked there.');
  expect((await metrics('lifecycle')).get('parked_keys')).toBeGreaterThan(0);
}, 90_000);

test('an event that is not even JSON parks its key with the reason', async () => {
  const id = await newCustomer();
  await publishInbound('financial.events.v1', [
    { type: 'financial.payment-received.v1', key: id, data: null, raw: Buffer.from('{"paymentId": "x", ') },
  ]);
  await eventually(async () => expect(await events('show', 'lifecycle', 'financial.events.v1', id)).toContain('the value is not JSON'), {
    withinMs: 20_000,
    everyMs: 500,
  });
}, 60_000);
