// Concurrent writers for a chaos run, all through public doors: the graph and the inbound topics. Each kind of change of a customer belongs to one
// loop, so that what the loop was told is the whole truth about it. No answer is no excuse: the writer asks again, with the same idempotencyKey
// or, where a mutation has none, by looking for its marker, until it knows. [issue 5, section 2]
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, Asking, type Doors, isConflict } from './asking.ts';
import type { History, Kind } from './history.ts';
import { Importing } from './importing.ts';
import { Inbound } from './inbound.ts';
import { Merging } from './merging.ts';

interface Own {
  id: string;
  /** Index into STAGES. */
  stage: number;
  caseRevision: number;
}

const STAGES = ['Lead', 'Prospect', 'Opportunity', 'Customer', 'At Risk'];
const RACERS = 3;
const BURST = 4;

export class Writers {
  readonly #asking: Asking;
  /** What goes in through the topics, with its repeats and reorderings. */
  readonly inbound: Inbound;
  #running: Promise<unknown> = Promise.resolve();

  constructor(doors: Doors) {
    this.#asking = new Asking(doors);
    this.inbound = new Inbound(doors.brokers, doors.topicPrefix);
  }

  get history(): History {
    return this.#asking.history;
  }

  /** Creates a customer every now and then, up to `customers`, and changes each of them without pause; beside them groups that are merged, and imports. */
  start({ customers, groups, importers, paceMs }: { customers: number; groups: number; importers: number; paceMs: number }): void {
    const merging = Array.from({ length: groups }, () => new Merging(this.#asking, this.inbound).run(paceMs));
    const importing = Array.from({ length: importers }, () => new Importing(this.#asking).run(paceMs));
    this.#running = Promise.all([this.#create(customers, paceMs), ...merging, ...importing]);
  }

  /** Stops beginning new operations, and waits until the outcome of every begun one is known. */
  async stop(): Promise<void> {
    this.#asking.stop();
    await this.#running;
    await this.inbound.close();
  }

  async #create(customers: number, paceMs: number): Promise<void> {
    const loops: Array<Promise<void>> = [];
    for (let made = 0; made < customers && !this.#asking.stopping; made++) {
      const customer = await this.#createCustomer();
      // One loop a kind: changes of one customer are in flight in every service at once, and a dead service holds up its own kind only.
      if (customer)
        loops.push(
          ...this.#kinds.map((change) =>
            this.#asking.repeat((turn) => (turn % 9 === 0 ? this.#mustFail(customer) : change(customer)), paceMs),
          ),
        );
      await sleep(paceMs / 4);
    }
    await Promise.all(loops);
  }

  readonly #kinds = [
    (customer: Own) => this.#logInteractions(customer),
    (customer: Own) => this.#updateCustomer(customer),
    (customer: Own) => this.#recordConsent(customer),
    (customer: Own) => this.#changeStage(customer),
    (customer: Own) => this.inbound.pay(this.#asking, customer.id),
    (customer: Own) => this.#changeCase(customer),
  ];

  async #createCustomer(): Promise<Own | undefined> {
    const operation = this.#asking.begin('createCustomer', null);
    const input = {
      type: 'INDIVIDUAL',
      // Names and addresses that resemble nobody's: a likely duplicate would be refused.
      displayName: randomUUID(),
      externalId: operation.marker,
      source: 'API',
      email: `${randomUUID()}@writers.example`,
      idempotencyKey: operation.marker,
    };
    const made = await this.#asking.resolve(operation, () => this.#asking.try(CREATE, { input }));
    operation.customerId = made?.id ?? null;
    return made && { id: made.id, stage: 0, caseRevision: 0 };
  }

  /** Several updates at once that have seen the same version: one of them may win, the others must be told of the conflict. */
  async #updateCustomer(customer: Own): Promise<void> {
    const seen = await this.#look(customer.id);
    if (!seen) return;
    await Promise.all(Array.from({ length: RACERS }, () => this.#update(customer.id, seen.version)));
  }

  async #update(id: string, expectedVersion: number): Promise<void> {
    const operation = this.#asking.begin('updateCustomer', id);
    operation.expectedVersion = expectedVersion;
    let unanswered = false;
    const attempt = async (): Promise<Answer> => {
      const answer = await this.#asking.try(UPDATE, { id, expectedVersion, input: { displayName: operation.marker } });
      unanswered ||= answer === undefined;
      if (!unanswered || !isConflict(answer)) return answer;
      // An attempt without an answer may be the very change that this conflict is about: then its name stands there.
      const now = await this.#look(id);
      return now && (now.displayName === operation.marker ? { ok: now } : answer);
    };
    await this.#asking.resolve(operation, attempt);
    if (operation.refusal === 'CONFLICT') operation.refusal = undefined;
  }

  async #changeStage(customer: Own): Promise<void> {
    const operation = this.#asking.begin('changeStage', customer.id);
    const next = customer.stage === 4 ? 3 : customer.stage + 1;
    let unanswered = false;
    const attempt = async (): Promise<Answer> => {
      const lifecycle = (await this.#look(customer.id))?.lifecycle;
      if (!lifecycle) return undefined; // not opened yet, or no answer
      if (lifecycle.history.nodes.some((node: { reason: string }) => node.reason === operation.marker)) return { ok: lifecycle };
      // The version makes an earlier attempt that is only late harmless; without one it would be refused for every payment in between.
      const expectedVersion = unanswered ? lifecycle.version : undefined;
      const input = { customerId: customer.id, toStage: STAGES[next], reason: operation.marker, expectedVersion };
      const answer = await this.#asking.try(CHANGE_STAGE, { input });
      unanswered ||= answer === undefined;
      return isConflict(answer) ? undefined : answer;
    };
    if ((await this.#asking.resolve(operation, attempt)) !== undefined) customer.stage = next;
  }

  /** A burst: several facts of one customer within a few milliseconds. */
  async #logInteractions(customer: Own): Promise<void> {
    await Promise.all(Array.from({ length: BURST }, () => this.#logInteraction(customer)));
  }

  async #logInteraction(customer: Own): Promise<void> {
    const operation = this.#asking.begin('logInteraction', customer.id);
    const input = { customerId: customer.id, interactionType: 'CALL', subject: operation.marker, idempotencyKey: operation.marker };
    await this.#asking.resolve(operation, () => this.#asking.try(LOG, { input }));
  }

  async #recordConsent(customer: Own): Promise<void> {
    const operation = this.#asking.begin('recordConsent', customer.id);
    const granted = this.#asking.count % 2 === 0;
    const input = {
      customerId: customer.id,
      consentType: 'MARKETING_EMAIL',
      granted,
      source: 'WEB_FORM',
      noticeVersion: operation.marker,
      idempotencyKey: operation.marker,
    };
    await this.#asking.resolve(operation, () => this.#asking.try(CONSENT, { input }));
  }

  /** Three revisions of one case, told in any order. */
  async #changeCase(customer: Own): Promise<void> {
    const caseId = `${this.#asking.prefix}-case-${customer.id}`;
    const begun = Array.from({ length: 3 }, () => {
      const operation = this.#asking.begin('case', customer.id);
      customer.caseRevision += 1;
      return Object.assign(operation, { caseId, revision: customer.caseRevision });
    });
    const told = begun.map(({ marker, revision }) => ({
      id: marker,
      data: { ...OPEN_CASE, caseId, number: caseId.slice(-12), customerId: customer.id, subject: marker, revision },
    }));
    const sent = () => this.inbound.send('support.events.v1', 'support.case-changed.v1', told);
    await this.#asking.resolve(begun[0]!, sent);
    for (const operation of begun) operation.outcome = begun[0]!.outcome;
  }

  /** Writes that the rules refuse whatever happens; their markers must be nowhere. */
  async #mustFail(customer: Own): Promise<void> {
    const kinds: Kind[] = ['updateCustomer', 'logInteraction', 'recordConsent'];
    const kind = kinds[this.#asking.count % kinds.length]!;
    const operation = this.#asking.begin(kind, customer.id);
    operation.outcome = 'failed';
    const attempts: Record<string, () => Promise<Answer>> = {
      updateCustomer: () =>
        this.#asking.try(UPDATE, { id: customer.id, expectedVersion: 99_999, input: { displayName: operation.marker } }),
      logInteraction: () =>
        this.#asking.try(LOG, {
          input: { customerId: customer.id, interactionType: 'CALL', subject: operation.marker, contactId: randomUUID() },
        }),
      recordConsent: () =>
        this.#asking.try(CONSENT, {
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

  #look(id: string): Promise<any | undefined> {
    return this.#asking.look(LOOK, { id });
  }
}

const OPEN_CASE = {
  status: 'open',
  priority: 'normal',
  escalated: false,
  openedAt: '2026-01-01T00:00:00.000Z',
  firstRespondedAt: null,
  closedAt: null,
  satisfactionScore: null,
};
const CREATE = `mutation Create($input: CreateCustomerInput!) { result: createCustomer(input: $input) { __typename ... on Customer { id version } } }`;
const UPDATE = `mutation Update($id: ID!, $expectedVersion: Int!, $input: UpdateCustomerInput!) {
  result: updateCustomer(id: $id, expectedVersion: $expectedVersion, input: $input) { __typename ... on Customer { id version } } }`;
const LOG = `mutation Log($input: LogInteractionInput!) { result: logInteraction(input: $input) { __typename ... on Interaction { id } } }`;
const CONSENT = `mutation Consent($input: RecordConsentInput!) { result: recordConsent(input: $input) { __typename ... on ConsentRecord { id } } }`;
const CHANGE_STAGE = `mutation Stage($input: ChangeStageInput!) { result: changeStage(input: $input) { __typename ... on CustomerLifecycle { version } } }`;
const LOOK = `query Look($id: ID!) { result: customer(id: $id) { id version displayName lifecycle { version history(first: 50) { nodes { reason } } } } }`;
