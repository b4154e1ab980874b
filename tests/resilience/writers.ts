// Concurrent writers for a resilience run, all through public doors: the graph and the inbound topic. Each kind of change of a customer belongs
// to one loop, so that what the loop was told is the whole truth about it. No answer is no excuse: the writer asks again, with the same
// idempotencyKey or, where a mutation has none, by looking for its marker, until it knows.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel, type Producer } from 'kafkajs';
import type { History, Kind, Operation } from './history.ts';

export interface WriterDoors {
  /** One operation as an integration; throws when there is no HTTP answer. */
  ask(query: string, variables: object): Promise<{ data: any; errors: any[] | undefined }>;
  brokers: string[];
  topicPrefix: string;
  /** ISO 4217, the installation's. */
  currency: string;
}

interface Own {
  id: string;
  version: number;
  /** Index into STAGES. */
  stage: number;
}

/** Answered: what it made (ok) or why not (refused). Undefined: nobody knows. */
type Answer = { ok: any } | { refused: string } | undefined;

const STAGES = ['Lead', 'Prospect', 'Opportunity', 'Customer', 'At Risk'];
const DEFINITE = new Set(['BAD_USER_INPUT', 'NOT_FOUND', 'CONFLICT', 'FORBIDDEN', 'IDEMPOTENCY_KEY_REUSED']);
const RESOLVE_WITHIN_MS = 150_000;

export class Writers {
  readonly history: History = [];
  readonly #doors: WriterDoors;
  readonly #prefix = `chaos-${randomUUID().slice(0, 8)}`;
  #stopping = false;
  #producer: Producer | undefined;
  #running: Promise<unknown> = Promise.resolve();
  #count = 0;

  constructor(doors: WriterDoors) {
    this.#doors = doors;
  }

  /** Creates a customer every now and then, up to `customers`, and changes each of them without pause. */
  start(customers: number, paceMs: number): void {
    this.#running = this.#create(customers, paceMs);
  }

  /** Stops beginning new operations, and waits until the outcome of every begun one is known. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#running;
    await this.#producer?.disconnect().catch(() => {});
  }

  async #create(customers: number, paceMs: number): Promise<void> {
    const loops: Array<Promise<void>> = [];
    for (let made = 0; made < customers && !this.#stopping; made++) {
      const customer = await this.#createCustomer();
      // One loop a kind: changes of one customer are in flight in every service at once, and a dead service holds up its own kind only.
      if (customer) loops.push(...this.#kinds.map((change) => this.#repeat(change, customer, paceMs)));
      await sleep(paceMs / 4);
    }
    await Promise.all(loops);
  }

  async #repeat(change: (customer: Own) => Promise<void>, customer: Own, paceMs: number): Promise<void> {
    for (let turn = 1; !this.#stopping; turn++) {
      await (turn % 9 === 0 ? this.#mustFail(customer) : change(customer));
      await sleep(paceMs * (0.5 + Math.random()));
    }
  }

  readonly #kinds = [
    (customer: Own) => this.#logInteraction(customer),
    (customer: Own) => this.#updateCustomer(customer),
    (customer: Own) => this.#recordConsent(customer),
    (customer: Own) => this.#changeStage(customer),
    (customer: Own) => this.#pay(customer),
  ];

  #begin(kind: Kind, customerId: string | null): Operation {
    const operation: Operation = { kind, marker: `${this.#prefix}-${++this.#count}`, customerId, outcome: 'unknown', retries: 0 };
    this.history.push(operation);
    return operation;
  }

  /** One attempt at a mutation whose single field is `result`. */
  async #try(query: string, variables: object): Promise<Answer> {
    try {
      const { data, errors } = await this.#doors.ask(query, variables);
      if (data?.result) {
        const { __typename: type } = data.result;
        // Not heard of yet: nothing was written, and asking again is what the answer recommends.
        if (type === 'UnknownCustomer') return undefined;
        return /^(Customer|Interaction|CustomerLifecycle|ConsentRecord)$/.test(type) ? { ok: data.result } : { refused: type };
      }
      const code = errors?.[0]?.extensions?.code;
      return DEFINITE.has(code) ? { refused: code } : undefined;
    } catch {
      return undefined;
    }
  }

  /** Attempts until there is an answer. An attempt must be harmless when an earlier one did the work after all. */
  async #resolve(operation: Operation, attempt: () => Promise<Answer>): Promise<any | undefined> {
    const deadline = Date.now() + RESOLVE_WITHIN_MS;
    let answer = await attempt();
    while (answer === undefined && Date.now() < deadline) {
      operation.retries++;
      await sleep(Math.min(100 * operation.retries, 1_000));
      answer = await attempt();
    }
    operation.outcome = answer === undefined ? 'unknown' : 'ok' in answer ? 'ok' : 'failed';
    if (answer && 'refused' in answer) operation.refusal = answer.refused;
    return answer && 'ok' in answer ? answer.ok : undefined;
  }

  async #createCustomer(): Promise<Own | undefined> {
    const operation = this.#begin('createCustomer', null);
    const input = {
      type: 'INDIVIDUAL',
      displayName: operation.marker,
      externalId: operation.marker,
      source: 'API',
      email: `${operation.marker}@writers.example`,
      idempotencyKey: operation.marker,
    };
    const made = await this.#resolve(operation, () => this.#try(CREATE, { input }));
    operation.customerId = made?.id ?? null;
    return made && { id: made.id, version: made.version, stage: 0 };
  }

  async #updateCustomer(customer: Own): Promise<void> {
    const operation = this.#begin('updateCustomer', customer.id);
    const attempt = async (): Promise<Answer> => {
      const seen = await this.#look(customer.id);
      if (!seen) return undefined;
      if (seen.displayName === operation.marker) return { ok: seen };
      const answer = await this.#try(UPDATE, { id: customer.id, expectedVersion: seen.version, input: { displayName: operation.marker } });
      // The customer's stage may have moved its status in between: look again.
      return answer && 'refused' in answer && answer.refused === 'CONFLICT' ? undefined : answer;
    };
    await this.#resolve(operation, attempt);
  }

  async #changeStage(customer: Own): Promise<void> {
    const operation = this.#begin('changeStage', customer.id);
    const next = customer.stage === 4 ? 3 : customer.stage + 1;
    let unanswered = false;
    const attempt = async (): Promise<Answer> => {
      const lifecycle = (await this.#look(customer.id))?.lifecycle;
      if (!lifecycle) return undefined; // not opened yet, or no answer
      if (lifecycle.history.nodes.some((node: { reason: string }) => node.reason === operation.marker)) return { ok: lifecycle };
      // The version makes an earlier attempt that is only late harmless; without one it would be refused for every payment in between.
      const expectedVersion = unanswered ? lifecycle.version : undefined;
      const input = { customerId: customer.id, toStage: STAGES[next], reason: operation.marker, expectedVersion };
      const answer = await this.#try(CHANGE_STAGE, { input });
      unanswered ||= answer === undefined;
      return answer && 'refused' in answer && answer.refused === 'CONFLICT' ? undefined : answer;
    };
    if ((await this.#resolve(operation, attempt)) !== undefined) customer.stage = next;
  }

  async #logInteraction(customer: Own): Promise<void> {
    const operation = this.#begin('logInteraction', customer.id);
    const input = { customerId: customer.id, interactionType: 'CALL', subject: operation.marker, idempotencyKey: operation.marker };
    await this.#resolve(operation, () => this.#try(LOG, { input }));
  }

  async #recordConsent(customer: Own): Promise<void> {
    const operation = this.#begin('recordConsent', customer.id);
    const granted = this.#count % 2 === 0;
    const input = {
      customerId: customer.id,
      consentType: 'MARKETING_EMAIL',
      granted,
      source: 'WEB_FORM',
      noticeVersion: operation.marker,
      idempotencyKey: operation.marker,
    };
    await this.#resolve(operation, () => this.#try(CONSENT, { input }));
  }

  async #pay(customer: Own): Promise<void> {
    const operation = this.#begin('payment', customer.id);
    operation.amount = `${1 + (this.#count % 500)}.${String(this.#count % 100).padStart(2, '0')}`;
    const data = {
      paymentId: operation.marker,
      invoiceId: null,
      customerId: customer.id,
      amount: operation.amount,
      currency: this.#doors.currency,
      convertedAmount: null,
      receivedAt: new Date().toISOString(),
    };
    const message = {
      key: customer.id,
      value: JSON.stringify(data),
      headers: {
        ce_specversion: '1.0',
        ce_id: operation.marker,
        ce_type: 'financial.payment-received.v1',
        ce_source: '/financial',
        ce_time: data.receivedAt,
      },
    };
    const messages = this.#count % 3 === 0 ? [message, message] : [message]; // other modules repeat themselves
    await this.#resolve(operation, async () => {
      try {
        await (await this.#connected()).send({ topic: `${this.#doors.topicPrefix}financial.events.v1`, acks: -1, messages });
        return { ok: true };
      } catch {
        return undefined;
      }
    });
  }

  async #connected(): Promise<Producer> {
    if (!this.#producer) {
      const kafka = new Kafka({ clientId: 'writers', brokers: this.#doors.brokers, logLevel: logLevel.NOTHING, retry: { retries: 2 } });
      const producer = kafka.producer({ allowAutoTopicCreation: false });
      await producer.connect();
      this.#producer = producer;
    }
    return this.#producer;
  }

  /** Writes that the rules refuse whatever happens; their markers must be nowhere. */
  async #mustFail(customer: Own): Promise<void> {
    const kinds: Kind[] = ['updateCustomer', 'logInteraction', 'recordConsent'];
    const kind = kinds[this.#count % kinds.length]!;
    const operation = this.#begin(kind, customer.id);
    operation.outcome = 'failed';
    const attempts: Record<string, () => Promise<Answer>> = {
      updateCustomer: () => this.#try(UPDATE, { id: customer.id, expectedVersion: 99_999, input: { displayName: operation.marker } }),
      logInteraction: () =>
        this.#try(LOG, {
          input: { customerId: customer.id, interactionType: 'CALL', subject: operation.marker, contactId: randomUUID() },
        }),
      recordConsent: () =>
        this.#try(CONSENT, {
          input: {
            customerId: customer.id,
            consentType: 'MARKETING_EMAIL',
            granted: true,
            source: 'WEB_FORM',
            noticeVersion: operation.marker,
            occurredAt: '1980-01-01T00:00:00Z',
          },
        }),
    };
    const answer = await attempts[kind]!();
    if (answer && 'ok' in answer) operation.refusal = 'should have been refused';
  }

  async #look(id: string): Promise<any | undefined> {
    try {
      return (await this.#doors.ask(LOOK, { id })).data?.customer ?? undefined;
    } catch {
      return undefined;
    }
  }
}

const CREATE = `mutation Create($input: CreateCustomerInput!) { result: createCustomer(input: $input) { __typename ... on Customer { id version } } }`;
const UPDATE = `mutation Update($id: ID!, $expectedVersion: Int!, $input: UpdateCustomerInput!) {
  result: updateCustomer(id: $id, expectedVersion: $expectedVersion, input: $input) { __typename ... on Customer { id version } } }`;
const LOG = `mutation Log($input: LogInteractionInput!) { result: logInteraction(input: $input) { __typename ... on Interaction { id } } }`;
const CONSENT = `mutation Consent($input: RecordConsentInput!) { result: recordConsent(input: $input) { __typename ... on ConsentRecord { id } } }`;
const CHANGE_STAGE = `mutation Stage($input: ChangeStageInput!) { result: changeStage(input: $input) { __typename ... on CustomerLifecycle { version } } }`;
const LOOK = `query Look($id: ID!) { customer(id: $id) { id version displayName lifecycle { version history(first: 5) { nodes { reason } } } } }`;
