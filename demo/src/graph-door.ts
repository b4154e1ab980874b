// The graph as the demo uses it: many small mutations, packed by the gateway's own limits (15 aliases a request) and sent a few at a time. What
// can be tried again is tried again (everything here is repeatable); what is refused for good becomes an error that names the item.

type Fields = Record<string, unknown>;

/** What is written; the noun of the answer, what is read of it, and which refusals mean "done before". */
const MUTATIONS = {
  createStaffMember: { args: { input: 'CreateStaffMemberInput!' }, noun: 'StaffMember', select: 'id' },
  createCustomer: { args: { input: 'CreateCustomerInput!' }, noun: 'Customer', select: 'id' },
  createContact: { args: { input: 'CreateContactInput!' }, noun: 'Contact', select: 'id' },
  createAddress: { args: { input: 'CreateAddressInput!' }, noun: 'Address', select: 'id' },
  createRelationship: { args: { input: 'CreateRelationshipInput!' }, noun: 'Relationship', select: 'id' },
  logInteraction: { args: { input: 'LogInteractionInput!' }, noun: 'Interaction', select: 'id' },
  createNote: { args: { input: 'CreateNoteInput!' }, noun: 'Note', select: 'id' },
  createActivity: { args: { input: 'CreateActivityInput!' }, noun: 'Activity', select: 'id' },
  completeActivity: { args: { id: 'ID!', input: 'CompleteActivityInput' }, noun: 'Activity', select: 'id', done: ['ActivityNotOpen'] },
  changeStage: { args: { input: 'ChangeStageInput!' }, noun: 'CustomerLifecycle', select: 'id', done: ['StageUnchanged'] },
  recordMilestone: { args: { input: 'RecordMilestoneInput!' }, noun: 'Milestone', select: 'id' },
  recordConsent: { args: { input: 'RecordConsentInput!' }, noun: 'ConsentRecord', select: 'id' },
  recordConsents: { args: { input: 'RecordConsentsInput!' }, noun: 'RecordedConsents', select: 'records { id }' },
  setObjection: {
    args: { customerId: 'ID!', doNotProcess: 'Boolean!', reason: 'String!' },
    noun: 'CustomerRestrictions',
    select: 'version',
  },
  setProcessingRestriction: {
    args: { customerId: 'ID!', restricted: 'Boolean!', reason: 'String!' },
    noun: 'CustomerRestrictions',
    select: 'version',
  },
  placeLegalHold: { args: { input: 'PlaceLegalHoldInput!' }, noun: 'LegalHold', select: 'id' },
  requestDeletion: { args: { input: 'RequestDeletionInput!' }, noun: 'DeletionRequest', select: 'id version status' },
  verifyDeletion: {
    args: { id: 'ID!', expectedVersion: 'Int!' },
    noun: 'DeletionRequest',
    select: 'id status',
    done: ['DeletionStepRefused'],
  },
} as const satisfies Record<string, { args: Record<string, string>; noun: string; select: string; done?: readonly string[] }>;

export type MutationName = keyof typeof MUTATIONS;
export type Written = { __typename: string; id: string } & Record<string, any>;

export interface GraphDoor {
  /** One query; throws on any error. */
  query<T>(token: string, query: string, variables?: Fields): Promise<T>;
  /** The same mutation for each item, answered in their order; throws with one sentence if one is refused. */
  each(token: string, name: MutationName, items: readonly Fields[]): Promise<Written[]>;
  /** Mutations sent so far. */
  written(): number;
}

export const MAX_BATCH = 15;
const CONCURRENT = 6;
const ATTEMPTS = 8;
const REQUEST_WITHIN_MS = 20_000;
const RETRYABLE = new Set(['SUBGRAPH_UNAVAILABLE', 'RATE_LIMITED', 'IDENTITY_UNAVAILABLE', 'INTERNAL_SERVER_ERROR', 'CONFLICT']);

interface Reply {
  data?: Record<string, any> | null;
  errors?: Array<{ message: string; path?: Array<string | number>; extensions?: { code?: string; field?: string; retryAfterMs?: number } }>;
}

export function createGraphDoor(url: string): GraphDoor {
  let free = CONCURRENT;
  let count = 0;
  const waiting: Array<() => void> = [];

  /** At most CONCURRENT requests at a time, first come, first served. */
  async function post(token: string, query: string, variables: Fields): Promise<Reply> {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query, variables }),
        signal: AbortSignal.timeout(REQUEST_WITHIN_MS),
      });
      return (await response.json()) as Reply;
    } catch (error) {
      return {
        errors: [{ message: `no answer from the graph: ${(error as Error).message}`, extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }],
      };
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  }

  /** Sends until everything is written; a batch that fails is taken apart, so that the error names the one item that is at fault. */
  async function write(token: string, name: MutationName, items: readonly Fields[], attempt = 1): Promise<Written[]> {
    const reply = await post(token, document(name, items.length), Object.assign({}, ...items.map((item, at) => numbered(item, at))));
    const { noun, done = [] } = MUTATIONS[name] as { noun: string; done?: readonly string[] };
    if (reply.errors || !reply.data) {
      const error = reply.errors?.[0];
      if (attempt < ATTEMPTS && (!error || RETRYABLE.has(error.extensions?.code ?? ''))) {
        await pause(error?.extensions?.retryAfterMs ?? 150 * attempt);
        return write(token, name, items, attempt + 1);
      }
      if (items.length > 1) return (await Promise.all(items.map((item) => write(token, name, [item])))).flat();
      throw new Error(
        `demo data: ${name} for ${label(items[0]!)} failed: ${error?.extensions?.field ?? ''} ${error?.message ?? 'empty answer'}`,
      );
    }
    return Promise.all(
      items.map(async (item, at) => {
        const result = reply.data![`m${at}`] as Written & { message?: string };
        // The one restriction is set last, so this refusal means that the story was told before.
        if (result.__typename === noun || done.includes(result.__typename) || result.__typename === 'ProcessingRestricted') {
          count++;
          return result;
        }
        if (result.__typename === 'UnknownCustomer' && attempt < ATTEMPTS) return (await write(token, name, [item], attempt + 1))[0]!;
        throw new Error(`demo data: ${name} for ${label(item)} was refused with ${result.__typename}: ${result.message}`);
      }),
    );
  }

  return {
    async query<T>(token: string, query: string, variables: Fields = {}): Promise<T> {
      for (let attempt = 1; ; attempt++) {
        const reply = await post(token, query, variables);
        if (!reply.errors && reply.data) return reply.data as T;
        if (attempt === ATTEMPTS) throw new Error(`demo data: a query failed: ${reply.errors?.[0]?.message ?? 'empty answer'}`);
        await pause(reply.errors?.[0]?.extensions?.retryAfterMs ?? 150 * attempt);
      }
    },
    async each(token, name, items) {
      const batches: Fields[][] = [];
      for (let at = 0; at < items.length; at += MAX_BATCH) batches.push(items.slice(at, at + MAX_BATCH) as Fields[]);
      return (await Promise.all(batches.map((batch) => write(token, name, batch)))).flat();
    },
    written: () => count,
  };
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const numbered = (item: Fields, at: number) => Object.fromEntries(Object.entries(item).map(([key, value]) => [`${key}${at}`, value]));
const label = (item: Fields): string =>
  String((item.input as Fields | undefined)?.idempotencyKey ?? item.id ?? item.customerId ?? 'an item');

/** The document for `count` of a mutation; always the same text, so that the gateway plans it once. */
const documents = new Map<string, string>();
function document(name: MutationName, count: number): string {
  const known = documents.get(`${name} ${count}`);
  if (known) return known;
  const { args, noun, select } = MUTATIONS[name];
  const places = Array.from({ length: count }, (_, at) => at);
  const variables = places.flatMap((at) => Object.entries(args).map(([arg, type]) => `$${arg}${at}: ${type}`));
  const fields = places.map((at) => {
    const given = Object.keys(args).map((arg) => `${arg}: $${arg}${at}`);
    return `m${at}: ${name}(${given.join(', ')}) { __typename ... on ${noun} { ${select} } ... on Problem { message } }`;
  });
  const text = `mutation Demo_${name}(${variables.join(', ')}) {\n${fields.join('\n')}\n}`;
  documents.set(`${name} ${count}`, text);
  return text;
}
