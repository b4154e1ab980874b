// Loads the demo through the product's public doors only: mutations at the gateway and the inbound topics of other modules, never SQL. Every item has
// a fixed idempotency key or event id, so a load that was broken off is completed by running it again.

import { castOf, PORTAL_KEY } from './cast.ts';
import { firstChoices, laterStatements, rightsUsed } from './consents.ts';
import { createGraphDoor, type GraphDoor, type MutationName, type Written } from './graph-door.ts';
import { SAMPLE_KEY, TIES } from './group.ts';
import { currentStages, milestones, stageSteps } from './journeys.ts';
import type { PlannedCustomer } from './members.ts';
import { opportunities, purchases } from './purchases.ts';
import { waitForSample } from './sample.ts';
import { cases, fieldService } from './services.ts';
import { colleagues, crewOf } from './staff.ts';
import { openTopicDoor, type TopicDoor } from './topic-door.ts';
import { activities, interactions, notes } from './touchpoints.ts';
import type { Wish, World } from './world.ts';

export interface LoadOptions {
  /** URL of the graph. */
  graph: string;
  /** Kafka bootstrap servers, comma separated. */
  kafka: string;
  topicPrefix: string;
  /** A token per role. */
  tokens: Record<string, string>;
  /** Staff ids by role. */
  staff: Record<string, string>;
  mint(
    kind: 'staff' | 'portal' | 'service',
    claims: { sub: string; roles?: string[]; customer_id?: string; ttl?: number },
  ): Promise<string>;
  log(line: string): void;
}

/** Writes wishes of one mutation, each as its actor; answers in their order. */
type Write = (name: MutationName, wishes: readonly Wish[]) => Promise<Written[]>;

/** Loads about 500 customers with two years of history; resolves when the sample customer's 360 is complete. */
export async function load(options: LoadOptions): Promise<{ sampleCustomerId: string; portalCustomerId: string }> {
  const started = performance.now();
  const door = createGraphDoor(options.graph);
  const topics = openTopicDoor(options.kafka, options.topicPrefix);
  try {
    const all = colleagues(options.staff);
    const tokens = tokenBook(options, all);
    const write = writer(door, (actor) => tokens.of(actor));
    await write(
      'createStaffMember',
      all.map((one) => ({ actor: 'admin', item: { input: { ...one, idempotencyKey: `demo-staff-${one.id}` } } })),
    );
    const today = await dayOfFirstLoad(door, options.tokens.admin!, all[0]!.id);
    const crew = crewOf(options.staff, all);
    const cast = castOf(crew);

    const ids = await createCustomers(write, cast);
    const idOf = (key: string): string => ids.get(key)!;
    tokens.portalCustomerId = idOf(PORTAL_KEY);
    options.log(`  ${cast.length} customers`);
    const contacts = await createParts(write, cast, idOf);
    options.log('  contacts, addresses, relationships');

    const reportingCurrency = await currencyOf(door, options.tokens.integration!, idOf(SAMPLE_KEY));
    const world: World = { cast, crew, today, reportingCurrency, idOf, contactsOf: (key) => contacts.get(key) ?? [] };
    const [events] = await Promise.all([
      sayWhatModulesSay(topics, world),
      touch(write, world),
      agree(write, world),
      walk(write, world, door, options, topics),
    ]);
    options.log(`  two years of talks, purchases, visits and consents (${door.written()} mutations, ${events} events)`);
    await useRights(write, world);
    await waitForSample(door, options.tokens.sales_manager!, idOf(SAMPLE_KEY));
    options.log(`  demo data loaded in ${((performance.now() - started) / 1000).toFixed(1)} s`);
    return { sampleCustomerId: idOf(SAMPLE_KEY), portalCustomerId: idOf(PORTAL_KEY) };
  } finally {
    await topics.close();
  }
}

/** Tokens by actor, minted once where the stack has none. */
function tokenBook(options: LoadOptions, all: ReturnType<typeof colleagues>) {
  const known = new Map<string, Promise<string>>();
  for (const role of ['integration', 'admin', 'dpo', 'marketing']) known.set(role, Promise.resolve(options.tokens[role]!));
  for (const [role, id] of Object.entries(options.staff)) known.set(id, Promise.resolve(options.tokens[role]!));
  for (const { id, roles } of all)
    known.set(id, options.mint('staff', { sub: id, roles: roles.map((role) => role.toLowerCase()), ttl: 3_600 }));
  const book = {
    portalCustomerId: '',
    of(actor: string): Promise<string> {
      if (actor === 'portal' && !known.has(actor)) {
        known.set(actor, options.mint('portal', { sub: 'local-portal', customer_id: book.portalCustomerId, ttl: 3_600 }));
      }
      const token = known.get(actor);
      if (!token) throw new Error(`demo data: nobody is called ${actor}`);
      return token;
    },
  };
  return book;
}

function writer(door: GraphDoor, tokenOf: (actor: string) => Promise<string>): Write {
  return async (name, wishes) => {
    const places = Map.groupBy(wishes.keys(), (at) => wishes[at]!.actor);
    const written: Written[] = [];
    await Promise.all(
      [...places].map(async ([actor, at]) => {
        const answers = await door.each(
          await tokenOf(actor),
          name,
          at.map((place) => wishes[place]!.item),
        );
        for (const [n, answer] of answers.entries()) written[at[n]!] = answer;
      }),
    );
    return written;
  };
}

/** When the first of the colleagues was created, to the minute: the story's today, also for a load that is run again. */
async function dayOfFirstLoad(door: GraphDoor, token: string, staffId: string): Promise<Date> {
  const query = 'query DemoToday($id: ID!) { staffMember(id: $id) { createdAt } }';
  const { staffMember } = await door.query<{ staffMember: { createdAt: string } }>(token, query, { id: staffId });
  const today = new Date(staffMember.createdAt);
  today.setUTCSeconds(0, 0);
  return today;
}

/** Parents before their children, level by level. */
async function createCustomers(write: Write, cast: readonly PlannedCustomer[]): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for (let rest = cast; rest.length > 0; rest = rest.filter((one) => !ids.has(one.key))) {
    const level = rest.filter((one) => !one.parentKey || ids.has(one.parentKey));
    if (level.length === 0) throw new Error('demo data: a parent is missing from the cast');
    const wishes = level.map(({ key, creator, ownerId, parentKey, input }) => ({
      actor: creator,
      item: { input: { ...input, ownerId, parentId: parentKey && ids.get(parentKey), idempotencyKey: `demo-customer-${key}` } },
    }));
    const made = await write('createCustomer', wishes);
    for (const [at, one] of level.entries()) ids.set(one.key, made[at]!.id);
  }
  return ids;
}

/** Contacts, addresses and relationships; answers contact ids by customer. */
async function createParts(write: Write, cast: readonly PlannedCustomer[], idOf: (key: string) => string): Promise<Map<string, string[]>> {
  const parts = (kind: 'contacts' | 'addresses'): Array<Wish & { key: string }> =>
    cast.flatMap(({ key, creator, ...one }) =>
      one[kind].map((part, n) => ({
        key,
        actor: creator,
        item: { input: { ...part, customerId: idOf(key), idempotencyKey: `demo-${kind}-${key}-${n}` } },
      })),
    );
  const ties = TIES.map(({ from, to, ...tie }, n) => ({
    actor: 'integration',
    item: { input: { ...tie, fromCustomerId: idOf(from), toCustomerId: idOf(to), idempotencyKey: `demo-tie-${n}` } },
  }));
  const people = parts('contacts');
  const [made] = await Promise.all([
    write('createContact', people),
    write('createAddress', parts('addresses')),
    write('createRelationship', ties),
  ]);
  const byCustomer = new Map<string, string[]>();
  for (const [at, { key }] of people.entries()) byCustomer.set(key, [...(byCustomer.get(key) ?? []), made[at]!.id]);
  return byCustomer;
}

async function currencyOf(door: GraphDoor, token: string, id: string): Promise<string> {
  await currentStages(door, token, [id]);
  const query = 'query DemoCurrency($id: ID!) { customer(id: $id) { lifecycle { totalRevenue { currency } } } }';
  type Answer = { customer: { lifecycle: { totalRevenue: { currency: string } } } };
  return (await door.query<Answer>(token, query, { id })).customer.lifecycle.totalRevenue.currency;
}

async function sayWhatModulesSay(topics: TopicDoor, world: World): Promise<number> {
  const events = [...purchases(world), ...cases(world), ...fieldService(world)];
  await topics.send(events);
  return events.length;
}

async function touch(write: Write, world: World): Promise<void> {
  await write('logInteraction', interactions(world));
  await write('createNote', notes(world));
  const planned = activities(world);
  const made = await write('createActivity', planned);
  const done = planned.flatMap(({ actor, completion }, at) =>
    completion ? [{ actor, item: { id: made[at]!.id, input: completion } }] : [],
  );
  await write('completeActivity', done);
}

async function agree(write: Write, world: World): Promise<void> {
  await write('recordConsents', firstChoices(world));
  await write('recordConsent', laterStatements(world));
}

/** Stages step by step, then the deals: a won one moves its customer on from where these steps have led it. */
async function walk(write: Write, world: World, door: GraphDoor, { tokens }: LoadOptions, topics: TopicDoor): Promise<void> {
  for (const round of await stageSteps(world, door, tokens.integration!)) await write('changeStage', round);
  await topics.send(opportunities(world));
  await write('recordMilestone', milestones(world));
}

/** Last, since a restricted customer accepts no more writes by sales. */
async function useRights(write: Write, world: World): Promise<void> {
  const { objection, restriction, hold, deletions } = rightsUsed(world);
  const by = (actor: string, ...items: Array<Record<string, unknown>>) => items.map((item) => ({ actor, item }));
  await write('setObjection', by('dpo', objection));
  await write('placeLegalHold', by('dpo', hold));
  const requests = await write('requestDeletion', by('dpo', ...deletions));
  const held = requests[1]!;
  if (held.status === 'PENDING_VERIFICATION') await write('verifyDeletion', by('dpo', { id: held.id, expectedVersion: held.version }));
  await write('setProcessingRestriction', by('dpo', restriction));
}
