// Steps that the lifecycle tests share, all through public doors: customers by the graph, facts of other modules by their topics.
import { randomUUID } from 'node:crypto';
import { type Caller, database, eventually, gql, must, publishInbound } from './stack.ts';

const CREATE = `mutation Create($input: CreateCustomerInput!) { createCustomer(input: $input) { __typename ... on Customer { id } ... on Problem { message } } }`;

/** A new customer whose lifecycle has been opened; no owner, so that every rep sees it. */
export async function newCustomer(input: object = {}): Promise<string> {
  const { createCustomer } = await must('admin', CREATE, {
    input: { type: 'INDIVIDUAL', displayName: `Lifecycle ${randomUUID()}`, status: 'PROSPECT', ownerId: null, ...input },
  });
  if (!createCustomer.id) throw new Error(`no customer: ${createCustomer.message}`);
  await eventually(async () => (await section(createCustomer.id, 'lifecycle { version }')).lifecycle);
  return createCustomer.id;
}

/** Fields of a customer, as `who` sees them. */
export async function section(id: string, selection: string, who: Caller = 'admin'): Promise<any> {
  const { customer } = await must(who, `query Section($id: ID!) { customer(id: $id) { id ${selection} } }`, { id });
  return customer;
}

/** Name of the customer's stage. */
export const stageOf = async (id: string): Promise<string> =>
  (await section(id, 'lifecycle { currentStage { name } }')).lifecycle.currentStage.name;

/** Stage changes, oldest first: `Lead>Prospect`. */
export async function walk(id: string): Promise<string[]> {
  const { lifecycle } = await section(
    id,
    'lifecycle { history(first: 50, orderBy: [{ field: CHANGED_AT }]) { nodes { fromStage { name } toStage { name } } } }',
  );
  return lifecycle.history.nodes.map((row: any) => `${row.fromStage?.name ?? ''}>${row.toStage.name}`);
}

const CHANGE = `mutation Change($input: ChangeStageInput!) { changeStage(input: $input) { __typename
  ... on CustomerLifecycle { version currentStage { id name } previousStage { name } }
  ... on StageChangePreview { fromStage { name } toStage { name } trigger override milestones }
  ... on TransitionNotAllowed { message from { name } to { name } allowed { name } }
  ... on OverrideRequired { message from { name } to { name } allowed { name } }
  ... on StageUnchanged { message stage { name } } ... on StageInactive { message stage { name } }
  ... on UnknownCustomer { message customerId retryable } ... on ProcessingRestricted { message customerId } } }`;

export const tryChange = (who: Caller, input: object) => gql(who, CHANGE, { input });

/** changeStage by an admin, answering the member of the result union. */
export async function change(customerId: string, toStage: string, more: object = {}, who: Caller = 'admin'): Promise<any> {
  const { changeStage } = await must(who, CHANGE, { input: { customerId, toStage, ...more } });
  return changeStage;
}

/** Brings a new Lead to a stage by steps that the rules allow. */
export async function moveTo(customerId: string, ...stages: string[]): Promise<void> {
  for (const stage of stages) {
    const result = await change(customerId, stage);
    if (result.__typename !== 'CustomerLifecycle') throw new Error(`${stage}: ${JSON.stringify(result)}`);
  }
}

/** The number of facts that the lifecycle service has told about a key; for asserting that nothing was told. */
export async function factsTold(key: string): Promise<number> {
  const { rows } = await (await database('lifecycle')).query('select version from aggregate where key = $1', [key]);
  return rows[0]?.version ?? 0;
}

/** A won, lost or open deal of the sales module. */
export const opportunity = (customerId: string, more: object = {}) => ({
  type: 'sales.opportunity-changed.v1',
  data: {
    opportunityId: randomUUID(),
    customerId,
    name: 'Two more sites',
    stage: 'Negotiation',
    status: 'open',
    amount: '1000.00',
    currency: 'EUR',
    expectedCloseDate: '2027-01-31',
    closedAt: null,
    revision: 1,
    changedAt: new Date().toISOString(),
    ...more,
  },
});

/** Sends a won deal. */
export const win = (customerId: string, more: object = {}) =>
  publishInbound('sales.events.v1', [
    opportunity(customerId, { status: 'won', stage: 'Closed', closedAt: new Date().toISOString(), ...more }),
  ]);
