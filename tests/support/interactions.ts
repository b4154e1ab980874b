// What the tests of interactions, notes, activities and the timeline say again and again: a customer and a member of staff of one's own, and the
// mutations in one line each. Everything goes through the graph; random names keep the tests apart on the shared stack.
import { randomUUID } from 'node:crypto';
import { type Caller, database, eventually, must, type Role, subgraph, type TokenSpec } from './stack.ts';

const word = (): string => randomUUID().slice(0, 8);

/** A new person whom the interaction service has heard of; answers the id. */
export async function newCustomer(who: Caller = 'sales_manager', input: object = {}): Promise<string> {
  const id = await customerOfThisMoment(who, input);
  const text = `query($r: [_Any!]!) { _entities(representations: $r) { ... on Customer { id } } }`;
  const known = async () =>
    (await subgraph('interaction', 'admin', text, { r: [{ __typename: 'Customer', id }] })).data._entities[0] !== null;
  await eventually(known, { everyMs: 10 });
  return id;
}

/** A new person, of whom the interaction service may not have heard yet; answers the id. */
export async function customerOfThisMoment(who: Caller = 'sales_manager', input: object = {}): Promise<string> {
  const { createCustomer } = await must(
    who,
    `mutation($input: CreateCustomerInput!) { createCustomer(input: $input) { __typename ... on Customer { id } ... on Problem { message } } }`,
    { input: { type: 'INDIVIDUAL', displayName: `Test Person ${word()}`, ...input } },
  );
  if (createCustomer.__typename !== 'Customer') throw new Error(JSON.stringify(createCustomer));
  return createCustomer.id;
}

/** A new contact of the customer; answers the id. */
export async function newContact(customerId: string): Promise<string> {
  const { createContact } = await must(
    'sales_manager',
    `mutation($input: CreateContactInput!) { createContact(input: $input) { __typename ... on Contact { id } ... on Problem { message } } }`,
    { input: { customerId, firstName: 'Test', lastName: `Contact ${word()}` } },
  );
  if (createContact.__typename !== 'Contact') throw new Error(JSON.stringify(createContact));
  return createContact.id;
}

/** A new member of staff, known to the interaction service; answers the caller to pass as `who`, its id is `sub`. */
export async function newStaff(role: Role, team?: string): Promise<TokenSpec & { sub: string }> {
  const { createStaffMember } = await must(
    'admin',
    `mutation($input: CreateStaffMemberInput!) { createStaffMember(input: $input) { __typename ... on StaffMember { id } ... on Problem { message } } }`,
    { input: { name: `Staff ${word()}`, email: `${word()}.${word()}@staff.example`, roles: [role.toUpperCase()], team } },
  );
  if (createStaffMember.__typename !== 'StaffMember') throw new Error(JSON.stringify(createStaffMember));
  const sub: string = createStaffMember.id;
  await eventually(
    async () => (await (await database('interaction')).query('select 1 from directory_staff where staff_id = $1', [sub])).rowCount === 1,
  );
  return { kind: 'staff', sub, roles: [role] };
}

const INTERACTION = `__typename ... on Interaction { id version interactionType direction subject description occurredAt durationMinutes outcome sentiment source
  externalId backdated alreadyLogged deletedAt relatedRecords { type id } contact { id } customer { id } createdBy { kind id } author { id } }
  ... on Problem { message }`;
const NOTE = `__typename ... on Note { id version title content isPinned visibility relatedType relatedId createdAt deletedAt customer { id } createdBy { kind id } } ... on Problem { message }`;
const ACTIVITY = `__typename ... on Activity { id version activityType subject description dueDate reminderAt priority status overdue completedAt deletedAt
  assignedTo { id } contact { id } customer { id } resultInteraction { id interactionType subject outcome sentiment occurredAt durationMinutes direction source } }
  ... on Problem { message }`;

const SELECTION = { Interaction: INTERACTION, Note: NOTE, Activity: ACTIVITY };
type Noun = keyof typeof SELECTION;

/** `create` of a noun with its fixed name (`logInteraction`, `createNote`, `createActivity`); answers the union member. */
export const create = async (who: Caller, noun: Noun, input: object): Promise<any> => {
  const field = noun === 'Interaction' ? 'logInteraction' : `create${noun}`;
  const type = noun === 'Interaction' ? 'LogInteractionInput' : `Create${noun}Input`;
  const refusals = `... on UnknownCustomer { customerId retryable } ${noun === 'Interaction' ? '... on InteractionExternalIdInUse { externalId }' : ''}`;
  return (await must(who, `mutation($input: ${type}!) { result: ${field}(input: $input) { ${SELECTION[noun]} ${refusals} } }`, { input }))
    .result;
};

export const logInteraction = (who: Caller, input: object) => create(who, 'Interaction', { interactionType: 'CALL', ...input });
export const createNote = (who: Caller, input: object) => create(who, 'Note', { content: 'A note', ...input });
export const createActivity = (who: Caller, input: object) =>
  create(who, 'Activity', { activityType: 'CALL', subject: 'Call back', dueDate: '2030-01-01T00:00:00Z', ...input });

/** The text of an update, for `gql` and `must`; variables id, version, input. */
export const UPDATE = (noun: Noun): string =>
  `mutation($id: ID!, $version: Int!, $input: Update${noun}Input!) { result: update${noun}(id: $id, expectedVersion: $version, input: $input) { ${SELECTION[noun]} } }`;

/** The text of a mutation that takes an id and, all but restore, an optional version. */
export const ON = (verb: 'delete' | 'restore' | 'cancel', noun: Noun): string =>
  verb === 'restore'
    ? `mutation($id: ID!) { result: restore${noun}(id: $id) { ${SELECTION[noun]} } }`
    : `mutation($id: ID!, $version: Int) { result: ${verb}${noun}(id: $id, expectedVersion: $version) { ${SELECTION[noun]} } }`;

export const COMPLETE = `mutation($id: ID!, $version: Int, $input: CompleteActivityInput) { result: completeActivity(id: $id, expectedVersion: $version, input: $input) { ${ACTIVITY} ... on ActivityNotOpen { activityId status } } }`;

export const change = async (who: Caller, text: string, variables: object): Promise<any> => (await must(who, text, variables)).result;

const TIMELINE = `query($id: ID!, $first: Int, $after: String, $types: [TimelineKind!], $from: DateTime, $to: DateTime, $actorId: String, $groupBy: TimelineGrouping, $zone: String) {
  customer(id: $id) { timeline(first: $first, after: $after, types: $types, from: $from, to: $to, actorId: $actorId, groupBy: $groupBy, timeZone: $zone) {
    totalCount nodes { id kind sourceId occurredAt display icon highlight pinned status actor { kind id } asOf }
    groups { day pinned continued continues nodes { id } } pageInfo { hasNextPage endCursor } } } }`;

/** All kinds but milestones: the lifecycle service draws its own conclusions (first contact), a moment later. */
export const WITHOUT_MILESTONES = ['INTERACTION', 'NOTE', 'INVOICE', 'ORDER', 'WORK_ORDER', 'CASE'];

/** One page of a customer's timeline, without milestones unless `types` says otherwise. */
export const timeline = async (who: Caller, id: string, args: object = {}): Promise<any> => {
  const { customer } = await must(who, TIMELINE, { first: 50, zone: 'UTC', types: WITHOUT_MILESTONES, ...args, id });
  return customer.timeline;
};

/** What an oracle sees of a customer in this service: rows, lines and published facts. Equal before and after = nothing happened. */
export async function footprint(customerId: string): Promise<object> {
  const { rows } = await (await database('interaction')).query(
    `select (select count(*)::int from interaction where customer_id = $1) as interactions, (select count(*)::int from note where customer_id = $1) as notes,
       (select count(*)::int from activity where customer_id = $1) as activities, (select count(*)::int from timeline_item where customer_id = $1 and kind <> 'journey') as lines,
       (select coalesce(sum(version), 0)::int from (select version from interaction where customer_id = $1 union all select version from note where customer_id = $1
          union all select version from activity where customer_id = $1) v) as versions,
       coalesce((select version from aggregate where key = $1::text), 0) as facts`,
    [customerId],
  );
  return rows[0];
}
