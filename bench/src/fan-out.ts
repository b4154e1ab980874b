// The floor: a hand-written handler that makes the four calls of Customer 360 itself, the customer first and then the three sections at once,
// as the gateway's plan does. Same tokens, same HTTP client; no planning, no checking of callers, no limits, no log. Prints its port.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json, text } from 'node:stream/consumers';
import type { Actor } from '@customer360/kernel/actor';
import { innerSigner } from '@customer360/kernel/tokens';
import { Pool } from 'undici';

export interface FanOutJob {
  /** URL of each service's /graphql. */
  urls: Record<string, string>;
  innerKey: { kid: string; d: string; crv: string; kty: string; x: string };
  actor: Actor;
  /** The selections on Customer of each service. */
  selections: Record<string, string>;
}

const job: FanOutJob = JSON.parse(await text(process.stdin));
const sign = innerSigner(job.innerKey);
const pools = Object.fromEntries(
  Object.entries(job.urls).map(([service, url]) => [service, new Pool(new URL(url).origin, { connections: 64, pipelining: 1 })]),
);
const { customer: own, ...sections } = job.selections;
const ROOT = `query Customer360($id: ID!) { customer(id: $id) { ${own} } }`;
const ENTITIES = Object.fromEntries(
  Object.entries(sections).map(([service, selection]) => [
    service,
    `query Section($of: [_Any!]!) { _entities(representations: $of) { ... on Customer { ${selection} } } }`,
  ]),
);

async function call(service: string, query: string, variables: object): Promise<any> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${await sign(job.actor, service)}` };
  const body = JSON.stringify({ query, variables });
  const response = await pools[service]!.request({ method: 'POST', path: '/graphql', headers, body });
  const answer: any = await response.body.json();
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
  return answer.data;
}

async function customer360(id: string): Promise<object | null> {
  const { customer } = await call('customer', ROOT, { id });
  if (!customer) return null;
  const of = [{ __typename: 'Customer', id: customer.id }];
  const parts = await Promise.all(Object.entries(ENTITIES).map(([service, query]) => call(service, query, { of })));
  return Object.assign(customer, ...parts.map((part) => part._entities[0]));
}

const server = createServer(async (request, response) => {
  try {
    const { variables } = (await json(request)) as { variables: { id: string } };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ data: { customer: await customer360(variables.id) } }));
  } catch (error) {
    response.writeHead(500).end(JSON.stringify({ errors: [{ message: String(error) }] }));
  }
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
process.on('disconnect', () => process.exit(0));
