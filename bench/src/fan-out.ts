// The floor: a hand-written handler that makes the calls of an operation itself, those for the customers first and then the sections at once,
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
  /** By root field: the selections on Customer of each service that is asked. */
  operations: { customer?: Record<string, string>; customersByIds?: Record<string, string> };
}

const job: FanOutJob = JSON.parse(await text(process.stdin));
const sign = innerSigner(job.innerKey);
const pools = Object.fromEntries(
  Object.entries(job.urls).map(([service, url]) => [service, new Pool(new URL(url).origin, { connections: 64, pipelining: 1 })]),
);
const entities = (selection: string) =>
  `query Section($of: [_Any!]!) { _entities(representations: $of) { ... on Customer { ${selection} } } }`;
const OPERATIONS = Object.fromEntries(
  Object.entries(job.operations).map(([field, { customer, ...sections }]) => {
    const root =
      field === 'customer'
        ? `query Root($id: ID!) { found: customer(id: $id) { ${customer} } }`
        : `query Root($ids: [ID!]!) { found: customersByIds(ids: $ids) { ${customer} } }`;
    return [field, { root, sections: Object.entries(sections).map(([service, selection]) => [service, entities(selection)] as const) }];
  }),
);

async function call(service: string, query: string, variables: object): Promise<any> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${await sign(job.actor, service)}` };
  const body = JSON.stringify({ query, variables });
  const response = await pools[service]!.request({ method: 'POST', path: '/graphql', headers, body });
  const answer: any = await response.body.json();
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
  return answer.data;
}

async function answer(field: string, variables: object): Promise<object> {
  const { root, sections } = OPERATIONS[field]!;
  const { found } = await call('customer', root, variables);
  const customers: Array<{ id: string }> = [found].flat().filter(Boolean);
  const of = customers.map(({ id }) => ({ __typename: 'Customer', id }));
  const parts = await Promise.all(sections.map(([service, query]) => call(service, query, { of })));
  customers.forEach((customer, i) => {
    Object.assign(customer, ...parts.map((part) => part._entities[i]));
  });
  return { [field]: found };
}

const server = createServer(async (request, response) => {
  try {
    const { variables } = (await json(request)) as { variables: { id: string } | { ids: string[] } };
    const data = await answer('ids' in variables ? 'customersByIds' : 'customer', variables);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ data }));
  } catch (error) {
    response.writeHead(500).end(JSON.stringify({ errors: [{ message: String(error) }] }));
  }
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
process.on('disconnect', () => process.exit(0));
