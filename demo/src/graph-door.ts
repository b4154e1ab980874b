// The graph as the demo uses it: many small mutations, packed by the gateway's own limits (15 aliases a request) and sent a few at a time, fewer
// when the machine is slow. What can be tried again is tried again (all of it is repeatable); what is refused for good is an error that names the item.

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

const CONCURRENT = 8;
/** Mutations a request, the gateway's limit first; a slow or failing answer takes the next smaller one, a quick answer the next larger one. */
const SIZES = [15, 8, 4, 2, 1] as const;
const SLOW_MS = 900;
const QUICK_MS = 350;
const REQUEST_WITHIN_MS = 20_000;
const GIVE_UP_AFTER_MS = 60_000;
const RETRYABLE = new Set(['SUBGRAPH_UNAVAILABLE', 'RATE_LIMITED', 'IDENTITY_UNAVAILABLE', 'INTERNAL_SERVER_ERROR', 'CONFLICT']);

interface Failure {
  message: string;
  extensions?: { code?: string; field?: string; retryAfterMs?: number };
}
interface Reply {
  data?: Record<string, any> | null;
  errors?: Failure[];
}
/** A mutation on its way: its place in the answer, and since when it has failed. */
interface Turn {
  at: number;
  item: Fields;
  failingSince?: number;
  /** Sent alone, because a batch with it was refused. */
  alone?: boolean;
}

export function createGraphDoor(url: string): GraphDoor {
  let free = CONCURRENT;
  let size = 0;
  let pausedUntil = 0;
  let count = 0;
  const waiting: Array<() => void> = [];

  /** Runs `work` when fewer than CONCURRENT are running, first come, first served, and nobody has asked for a pause. */
  async function gated<T>(work: () => Promise<T>): Promise<T> {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      while (Date.now() < pausedUntil) await pause(pausedUntil - Date.now());
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  }

  async function post(token: string, query: string, variables: Fields): Promise<Reply> {
    const began = Date.now();
    let reply: Reply;
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query, variables }),
        signal: AbortSignal.timeout(REQUEST_WITHIN_MS),
      });
      reply = (await response.json()) as Reply;
    } catch (error) {
      reply = {
        errors: [{ message: `no answer from the graph: ${(error as Error).message}`, extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }],
      };
    }
    const failure = reply.errors?.find((error) => RETRYABLE.has(error.extensions?.code ?? ''));
    if (failure) pausedUntil = Date.now() + (failure.extensions?.retryAfterMs ?? 600);
    const took = Date.now() - began;
    if (failure || took > SLOW_MS) size = Math.min(size + 1, SIZES.length - 1);
    else if (took < QUICK_MS) size = Math.max(0, size - 1);
    return reply;
  }

  /** Sends the next few turns; puts back what is to be tried again, at the front. */
  async function step(token: string, name: MutationName, turns: Turn[], written: Written[]): Promise<void> {
    const sent = turns.splice(0, turns[0]?.alone ? 1 : SIZES[size]!);
    if (sent.length === 0) return;
    const again = (turn: Turn, why: string) => {
      turn.failingSince ??= Date.now();
      if (Date.now() - turn.failingSince > GIVE_UP_AFTER_MS)
        throw new Error(`demo data: ${name} for ${label(turn.item)} failed for a minute: ${why}`);
      turns.unshift(turn);
    };
    const reply = await post(token, document(name, sent.length), Object.assign({}, ...sent.map(({ item }, n) => numbered(item, n))));
    if (reply.errors || !reply.data) {
      const error = reply.errors?.[0] ?? { message: 'empty answer', extensions: { code: 'INTERNAL_SERVER_ERROR' } };
      if (RETRYABLE.has(error.extensions?.code ?? '')) return sent.reverse().forEach((turn) => void again(turn, error.message));
      if (sent.length === 1)
        throw new Error(`demo data: ${name} for ${label(sent[0]!.item)} failed: ${error.extensions?.field ?? ''} ${error.message}`);
      turns.unshift(...sent.map((turn) => ({ ...turn, alone: true })));
      return;
    }
    const { noun, done = [] } = MUTATIONS[name] as { noun: string; done?: readonly string[] };
    for (const [n, turn] of sent.entries()) {
      const result = reply.data[`m${n}`] as Written & { message?: string };
      // The one restriction is set last, so its refusal means that the story was told before.
      if (result.__typename === noun || done.includes(result.__typename) || result.__typename === 'ProcessingRestricted') {
        written[turn.at] = result;
        count++;
      } else if (result.__typename === 'UnknownCustomer') again(turn, result.message ?? '');
      else throw new Error(`demo data: ${name} for ${label(turn.item)} was refused with ${result.__typename}: ${result.message}`);
    }
  }

  return {
    async query<T>(token: string, query: string, variables: Fields = {}): Promise<T> {
      for (const deadline = Date.now() + GIVE_UP_AFTER_MS; ; ) {
        const reply = await gated(() => post(token, query, variables));
        if (!reply.errors && reply.data) return reply.data as T;
        if (Date.now() > deadline)
          throw new Error(`demo data: a query failed for a minute: ${reply.errors?.[0]?.message ?? 'empty answer'}`);
        await pause(300);
      }
    },
    async each(token, name, items) {
      const turns: Turn[] = items.map((item, at) => ({ at, item }));
      const written: Written[] = [];
      const worker = async () => {
        while (turns.length > 0) await gated(() => step(token, name, turns, written));
      };
      await Promise.all(Array.from({ length: CONCURRENT }, worker));
      return written;
    },
    written: () => count,
  };
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const numbered = (item: Fields, at: number) => Object.fromEntries(Object.entries(item).map(([key, value]) => [`${key}${at}`, value]));
const label = (item: Fields): string =>
  String((item.input as Fields | undefined)?.idempotencyKey ?? item.id ?? item.customerId ?? 'an item');

const documents = new Map<string, string>();

/** The document for `count` of a mutation; always the same text, so that the gateway plans it once. */
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
