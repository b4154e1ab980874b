// The real-input test's way through the public doors: many customers in few requests, all of it bounded, nothing prepared by SQL.
import { setTimeout as sleep } from 'node:timers/promises';
import { gql } from '../support/stack.ts';
import { startOf } from './deals.ts';
import type { Person } from './people.ts';

const MUTATIONS_A_REQUEST = 10;
const AT_ONCE = 4;
/** A size that stays below the gateway's cost limit. */
const IDS_A_REQUEST = 100;

/** Runs `work` over `items` with at most AT_ONCE running. */
async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const turns = items.entries();
  const worker = async () => {
    for (const [at, item] of turns) results[at] = await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

const chunks = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));

/** One mutation for each input, several a request; answers the results in order and throws at the first refusal. */
async function createAll(mutation: string, input: string, noun: string, inputs: readonly object[]): Promise<Array<{ id: string }>> {
  const refusal = '... on Problem { message } ... on DuplicateCandidates { candidates { score reasons { field level } } }';
  const details = noun === 'Customer' ? refusal : '... on Problem { message }';
  const create = async (batch: readonly object[]): Promise<Array<{ id: string }>> => {
    const variables = Object.fromEntries(batch.map((one, at) => [`i${at}`, one]));
    const declared = batch.map((_, at) => `$i${at}: ${input}!`).join(', ');
    const fields = batch.map((_, at) => `m${at}: ${mutation}(input: $i${at}) { __typename ... on ${noun} { id } ${details} }`);
    const data = await patiently('integration', `mutation RealInput(${declared}) { ${fields.join(' ')} }`, variables);
    return batch.map((_, at) => {
      const result = data[`m${at}`];
      if (result.__typename !== noun) throw new Error(`${mutation} was refused: ${JSON.stringify(result)}`);
      return result as { id: string };
    });
  };
  return (await inParallel(chunks(inputs, MUTATIONS_A_REQUEST), create)).flat();
}

/** On a slow machine a service may miss its deadline; what is sent carries idempotency keys, so it is repeated as the error's text says. */
async function patiently(who: 'integration' | 'sales_manager', query: string, variables: object): Promise<any> {
  for (let attempt = 1; ; attempt++) {
    const { data, errors } = await gql(who, query, variables);
    if (!errors) return data;
    if (attempt === 15 || errors.some((error) => error.extensions.code !== 'SUBGRAPH_UNAVAILABLE'))
      throw new Error(JSON.stringify(errors[0]));
    await sleep(300 * attempt);
  }
}

export const externalIdOf = (run: string, person: Person): string => `${run}-${person.recordId}`;

/** The persons as customers; answers their ids in order. */
export async function createCustomers(people: readonly Person[], run: string): Promise<string[]> {
  const inputs = people.map((person, place) => ({
    type: 'INDIVIDUAL',
    displayName: person.displayName,
    source: 'IMPORT',
    externalId: externalIdOf(run, person),
    status: startOf(place).status,
    idempotencyKey: externalIdOf(run, person),
  }));
  return (await createAll('createCustomer', 'CreateCustomerInput', 'Customer', inputs)).map(({ id }) => id);
}

export async function createAddresses(people: readonly Person[], customerIds: readonly string[], run: string): Promise<void> {
  const inputs = people.map((person, place) => ({
    ...person.address,
    customerId: customerIds[place],
    addressType: 'BILLING',
    isDefault: true,
    country: 'AU',
    idempotencyKey: `${externalIdOf(run, person)}-address`,
  }));
  await createAll('createAddress', 'CreateAddressInput', 'Address', inputs);
}

/** The currency in which the installation reports. */
export async function reportingCurrency(customerId: string): Promise<string> {
  const query = 'query Currency($id: ID!) { customer(id: $id) { financialSummary { totalRevenue { currency } } } }';
  return (await patiently('integration', query, { id: customerId })).customer.financialSummary.totalRevenue.currency;
}

/** The same selection for many customers, in the order of the ids. */
export async function readCustomers(
  ids: readonly string[],
  selection: string,
  who: 'integration' | 'sales_manager' = 'integration',
): Promise<any[]> {
  const query = `query RealInputCustomers($ids: [ID!]!) { customersByIds(ids: $ids) { id ${selection} } }`;
  const pages = await inParallel(
    chunks(ids, IDS_A_REQUEST),
    async (page) => (await patiently(who, query, { ids: page })).customersByIds as any[],
  );
  return pages.flat();
}
