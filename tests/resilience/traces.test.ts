// One trace from the gateway through a subgraph and Kafka to another service's projection, when an OTLP endpoint is set. [issue 4, section 5]
// Gateway, customer and interaction are started anew beside the stack with such an endpoint, a small receiver in this file; runs alone.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually, processes, readTopic, stack, token } from '../support/stack.ts';

interface Span {
  service: string;
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
}

const spans: Span[] = [];
const started: ChildProcess[] = [];
let receiver: Server;
let endpoint: string;
let graph: string;

/** OTLP over HTTP with JSON: remembers every span. */
async function receive(): Promise<void> {
  receiver = createServer(async (request, response) => {
    const body = (await json(request)) as any;
    for (const { resource, scopeSpans } of body.resourceSpans ?? []) {
      const service = resource.attributes.find((attribute: any) => attribute.key === 'service.name').value.stringValue;
      for (const span of scopeSpans.flatMap((scope: any) => scope.spans)) spans.push({ service, ...span });
    }
    response.setHeader('content-type', 'application/json').end('{}');
  });
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  endpoint = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
}

/** Starts one of our programs from its source with traces on, and answers its URL once it is ready. */
async function start(folder: string, env: Record<string, string>): Promise<string> {
  const entry = fileURLToPath(new URL(`../../${folder}/src/main.ts`, import.meta.url));
  const child = spawn(process.execPath, ['--conditions=customer360-source', '--disable-warning=ExperimentalWarning', entry], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      PATH: process.env.PATH,
      EXIT_WITH_PARENT: 'true',
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '200',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      ...env,
    },
  });
  started.push(child);
  const deadline = setTimeout(() => child.kill('SIGKILL'), 45_000);
  try {
    for await (const line of createInterface({ input: child.stdout! })) {
      const entryOfLog = JSON.parse(line);
      if (entryOfLog.msg === 'ready') return entryOfLog.url;
    }
    throw new Error(`${folder} ended before it was ready`);
  } finally {
    clearTimeout(deadline);
    child.stdout!.resume();
  }
}

beforeAll(async () => {
  await receive();
  await processes.kill('interaction', 'SIGTERM'); // so that ours applies every partition
  const { services, kafka, topicPrefix, issuer, secrets } = stack();
  const { innerKey } = JSON.parse(readFileSync(secrets, 'utf8'));
  const { d: _, ...publicKey } = innerKey;
  const serviceEnv = (name: 'customer' | 'interaction') => ({
    SERVICE_PORT: '0',
    DATABASE_URL: services[name].database!,
    KAFKA_BROKERS: kafka,
    TOPIC_PREFIX: topicPrefix,
    INNER_JWKS: JSON.stringify({ keys: [publicKey] }),
  });
  const [customer, interaction] = await Promise.all([
    start('services/customer', serviceEnv('customer')),
    start('services/interaction', serviceEnv('interaction')),
  ]);
  const urls = { customer, interaction, lifecycle: services.lifecycle.url, compliance: services.compliance.url };
  const url = await start('gateway', {
    GATEWAY_PORT: '0',
    SUPERGRAPH_FILE: fileURLToPath(new URL('../../schemas/graphql/supergraph.graphql', import.meta.url)),
    SUBGRAPH_URLS: JSON.stringify(Object.fromEntries(Object.entries(urls).map(([name, base]) => [name, `${base}/graphql`]))),
    INNER_KEY: JSON.stringify(innerKey),
    AUTH_ISSUERS: JSON.stringify([
      { issuer: `${issuer.url}/staff`, jwksUri: `${issuer.url}/staff/.well-known/jwks.json`, audience: 'customer360', kind: 'staff' },
    ]),
  });
  graph = `${url}/graphql`;
}, 120_000);

afterAll(async () => {
  for (const child of started) {
    if (child.exitCode !== null) continue;
    child.kill('SIGTERM');
    const forced = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await once(child, 'exit');
    clearTimeout(forced);
  }
  receiver?.close();
  await processes.start('interaction');
}, 60_000);

test('spans of gateway, subgraph and consumer are one trace, which crosses Kafka in the record headers', async () => {
  const traceId = randomBytes(16).toString('hex');
  const caller = randomBytes(8).toString('hex');
  const response = await fetch(graph, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${await token('sales_manager')}`,
      traceparent: `00-${traceId}-${caller}-01`,
    },
    body: JSON.stringify({
      query: 'mutation($input: CreateCustomerInput!) { createCustomer(input: $input) { ... on Customer { id } } }',
      variables: { input: { type: 'INDIVIDUAL', displayName: `Traced ${randomUUID()}` } },
    }),
  });
  const { data } = (await response.json()) as any;
  const { id } = data.createCustomer;

  const mine = () => spans.filter((span) => span.traceId === traceId);
  await eventually(() => expect(new Set(mine().map((span) => span.service))).toContain('customer360-interaction'), { withinMs: 20_000 });
  const root = mine().find((span) => span.service === 'customer360-gateway' && span.parentSpanId === caller);
  const subgraph = mine().find((span) => span.service === 'customer360-customer');
  const applied = mine().find((span) => span.service === 'customer360-interaction');
  expect([root?.name, subgraph?.name]).toEqual(['POST /graphql', 'POST /graphql']);
  expect(applied!.name).toMatch(/^apply crm\.customer\./);
  // The projection's span continues the transaction that wrote the event, whose span belongs to the subgraph.
  const idsOfCustomer = mine().flatMap((span) => (span.service === 'customer360-customer' ? [span.spanId] : []));
  expect(idsOfCustomer).toContain(applied!.parentSpanId);

  for (const topic of ['crm.customer.events.v1', 'crm.customer.state.v1']) {
    const [record] = await readTopic(topic, { key: id });
    expect([topic, record?.headers.traceparent?.slice(3, 35)]).toEqual([topic, traceId]);
  }
}, 60_000);
