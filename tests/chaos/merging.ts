// Merges and un-merges for a chaos run [WF-CM-002]: a group of four customers, whose children are written by any id, also by one that was retired,
// while one loop merges them in chains and undoes it. That loop is the only one that merges its group, so what it was told is the whole truth. A
// merge without an answer is asked again with its key, an un-merge by looking at what stands. [issue 6, section 6]
import { randomUUID } from 'node:crypto';
import { type Answer, type Asking, isConflict } from './asking.ts';
import type { Operation, ToldMerge } from './history.ts';
import type { Inbound } from './inbound.ts';

const MEMBERS = 4;
const BURST = 2;

type Standing = ToldMerge & { id: string; version: number; led: Map<string, string> };

export class Merging {
  readonly #asking: Asking;
  readonly #inbound: Inbound;
  readonly #members: string[] = [];
  readonly #contacts: string[] = [];
  /** Where each member leads. */
  readonly #leads = new Map<string, string>();
  /** The merges that stand, the oldest first. */
  readonly #standing: Standing[] = [];

  constructor(asking: Asking, inbound: Inbound) {
    this.#asking = asking;
    this.#inbound = inbound;
  }

  async run(paceMs: number): Promise<void> {
    for (let n = 0; n < MEMBERS && !this.#asking.stopping; n++) await this.#createMember();
    if (this.#members.length < MEMBERS) return;
    const changes = [
      () => this.#logInteractions(),
      () => this.#recordConsent(),
      () => this.#inbound.pay(this.#asking, this.#anyone()),
      () => this.#addContact(),
      () => this.#addNote(),
    ];
    await Promise.all([
      ...changes.map((change) => this.#asking.repeat(change, paceMs)),
      this.#asking.repeat(() => this.#rename(), paceMs * 8),
      this.#asking.repeat(() => this.#turn(), paceMs * 2),
    ]);
  }

  async #createMember(): Promise<void> {
    const operation = this.#asking.begin('createMember', null);
    const input = {
      type: 'ORGANIZATION',
      displayName: randomUUID(),
      externalId: operation.marker,
      email: `${randomUUID()}@writers.example`,
      idempotencyKey: operation.marker,
    };
    const made = await this.#asking.resolve(operation, () => this.#asking.try(CREATE, { input }));
    operation.customerId = made?.id ?? null;
    if (!made) return;
    this.#members.push(made.id);
    this.#leads.set(made.id, made.id);
  }

  // ── children, by any id ───────────────────────────────────────────────────────────────────────────────────────────────

  #anyone(): string {
    return any(this.#members);
  }

  async #child(kind: Operation['kind'], query: string, inputOf: (marker: string) => object, customerId = this.#anyone()): Promise<any> {
    const operation = this.#asking.begin(kind, customerId);
    const input = { customerId, idempotencyKey: operation.marker, ...inputOf(operation.marker) };
    const made = await this.#asking.resolve(operation, async () => {
      const answer = await this.#asking.try(query, { input });
      // Merged between the look and the lock: the answer recommends to ask again.
      return isConflict(answer) ? undefined : answer;
    });
    // With a contact that a merge or its undoing has moved meanwhile.
    if ('contactId' in input && operation.refusal === 'BAD_USER_INPUT') operation.refusal = undefined;
    return made;
  }

  /** Some with a contact, whose origin is theirs then. */
  async #logInteractions(): Promise<void> {
    const contact = this.#contacts.length > 0 && Math.random() < 0.5 ? any(this.#contacts) : undefined;
    const of = contact && (await this.#asking.look(LOOK_AT_CONTACT, { id: contact }))?.customer?.id;
    const log = () =>
      this.#child('logInteraction', LOG, (subject) => ({ interactionType: 'CALL', subject, ...(of && { contactId: contact }) }), of);
    await Promise.all(Array.from({ length: BURST }, log));
  }

  #recordConsent(): Promise<void> {
    const granted = this.#asking.count % 2 === 0;
    return this.#child('recordConsent', CONSENT, (noticeVersion) => ({
      consentType: 'MARKETING_EMAIL',
      granted,
      source: 'WEB_FORM',
      noticeVersion,
    }));
  }

  async #addContact(): Promise<void> {
    const made = await this.#child('createContact', CONTACT, (lastName) => ({
      firstName: 'Ada',
      lastName,
      isPrimary: Math.random() < 0.3,
    }));
    if (made) this.#contacts.push(made.id);
  }

  #addNote(): Promise<void> {
    return this.#child('createNote', NOTE, (content) => ({ content }));
  }

  /** By a retired id too: the survivor gets the name, and merges that have seen its old version are refused. One attempt: no marker of it stays. */
  async #rename(): Promise<void> {
    const id = this.#anyone();
    const seen = await this.#asking.look(LOOK, { id });
    if (!seen) return;
    const answer = await this.#asking.try(RENAME, { id, version: seen.version, input: { displayName: randomUUID() } });
    if (answer === undefined) return;
    const operation = this.#asking.begin('renameMember', id);
    operation.outcome = 'ok' in answer ? 'ok' : 'failed';
    if ('refused' in answer && !isConflict(answer)) operation.refusal = answer.refused;
  }

  // ── merges ────────────────────────────────────────────────────────────────────────────────────────────────────────────

  async #turn(): Promise<void> {
    const alive = this.#members.filter((id) => this.#leads.get(id) === id);
    const chance = Math.random();
    if (alive.length < 2 || (this.#standing.length > 0 && chance < 0.4))
      return this.#unmerge(chance < 0.3 ? this.#standing.at(-1)! : any(this.#standing));
    const [survivorId, ...others] = shuffled(alive) as [string, ...string[]];
    const retired = this.#members.find((id) => this.#leads.get(id) !== id);
    if (chance < 0.5) return this.#mustNotMerge(survivorId, [others[0]!], 7, /^CONFLICT$/);
    if (retired && chance < 0.55) return this.#mustNotMerge(survivorId, [retired], 0, /^(MergeRefused ALREADY_MERGED|CONFLICT)$/);
    return this.#merge(survivorId, others.slice(0, 1 + (this.#asking.count % 2)));
  }

  async #versions(ids: readonly string[]): Promise<Array<{ id: string; version: number }> | undefined> {
    const seen = await Promise.all(ids.map((id) => this.#asking.look(LOOK, { id })));
    return seen.every(Boolean) ? ids.map((id, n) => ({ id, version: seen[n].version })) : undefined;
  }

  async #merge(survivorId: string, retiredIds: string[]): Promise<void> {
    const expectedVersions = await this.#versions([survivorId, ...retiredIds]);
    if (!expectedVersions) return;
    const operation = this.#asking.begin('merge', survivorId);
    operation.merge = { survivorId, retiredIds };
    const variables = { survivorId, retiredIds, expectedVersions, key: operation.marker };
    const made = await this.#asking.resolve(operation, () => this.#asking.try(MERGE, variables, 'admin'));
    // Renamed meanwhile: refused as it should be.
    if (operation.refusal === 'CONFLICT') operation.refusal = undefined;
    if (!made) return;
    operation.merge.id = made.id;
    const led = new Map([...this.#leads].filter(([, to]) => retiredIds.includes(to)));
    for (const id of led.keys()) this.#leads.set(id, survivorId);
    this.#standing.push({ ...operation.merge, id: made.id, version: made.version, led });
  }

  /** Refused whatever happens: somebody saw other versions than there are, or a record was merged before. */
  async #mustNotMerge(survivorId: string, retiredIds: string[], ahead: number, refusal: RegExp): Promise<void> {
    const seen = await this.#versions([survivorId, ...retiredIds]);
    if (!seen) return;
    const operation = this.#asking.begin('merge', survivorId);
    Object.assign(operation, { outcome: 'failed', merge: { survivorId, retiredIds } });
    const expectedVersions = seen.map(({ id, version }) => ({ id, version: version + ahead }));
    this.#mustBeRefused(
      operation,
      await this.#asking.try(MERGE, { survivorId, retiredIds, expectedVersions, key: operation.marker }, 'admin'),
      refusal,
    );
  }

  #mustBeRefused(operation: Operation, answer: Answer, refusal: RegExp): void {
    if (answer && 'ok' in answer) operation.refusal = 'should have been refused';
    else if (answer && !refusal.test(answer.refused)) operation.refusal = answer.refused;
  }

  async #unmerge(merge: Standing): Promise<void> {
    const { id, survivorId, retiredIds, version } = merge;
    const later = this.#standing.slice(this.#standing.indexOf(merge) + 1);
    const blocked = later.some((one) => one.survivorId === survivorId || one.retiredIds.includes(survivorId));
    const operation = this.#asking.begin('unmerge', survivorId);
    operation.merge = { id, survivorId, retiredIds };
    if (blocked) {
      operation.outcome = 'failed';
      return this.#mustBeRefused(operation, await this.#asking.try(UNMERGE, { id, version }, 'admin'), /^UnmergeRefused LATER_MERGE$/);
    }
    let unanswered = false;
    const done = await this.#asking.resolve(operation, async () => {
      if (unanswered) {
        const now = await this.#asking.look(LOOK_AT_MERGE, { id }, 'admin');
        if (now?.status === 'UNMERGED') return { ok: now };
      }
      const answer = await this.#asking.try(UNMERGE, { id, version }, 'admin');
      unanswered ||= answer === undefined;
      // Either an attempt that is only late by now has done it, or a customer moved between the look and the lock: look again.
      return isConflict(answer) ? undefined : answer;
    });
    if (!done) return;
    for (const [member, to] of merge.led) this.#leads.set(member, to);
    this.#standing.splice(this.#standing.indexOf(merge), 1);
  }
}

const any = <T>(items: readonly T[]): T => items[Math.floor(Math.random() * items.length)]!;
const shuffled = <T>(items: readonly T[]): T[] => items.toSorted(() => Math.random() - 0.5);

const CREATE = `mutation($input: CreateCustomerInput!) { result: createCustomer(input: $input) { __typename ... on Customer { id } } }`;
const LOG = `mutation($input: LogInteractionInput!) { result: logInteraction(input: $input) { __typename } }`;
const CONSENT = `mutation($input: RecordConsentInput!) { result: recordConsent(input: $input) { __typename } }`;
const CONTACT = `mutation($input: CreateContactInput!) { result: createContact(input: $input) { __typename ... on Contact { id } } }`;
const LOOK_AT_CONTACT = `query($id: ID!) { result: contact(id: $id) { customer { id } } }`;
const NOTE = `mutation($input: CreateNoteInput!) { result: createNote(input: $input) { __typename } }`;
const RENAME = `mutation($id: ID!, $version: Int!, $input: UpdateCustomerInput!) { result: updateCustomer(id: $id, expectedVersion: $version, input: $input) { __typename } }`;
const LOOK = `query($id: ID!) { result: customer(id: $id) { id version } }`;
const MERGE = `mutation($survivorId: ID!, $retiredIds: [ID!]!, $expectedVersions: [ExpectedVersion!], $key: String) {
  result: mergeCustomers(survivorId: $survivorId, retiredIds: $retiredIds, expectedVersions: $expectedVersions, idempotencyKey: $key) {
    __typename ... on Merge { id version } ... on MergeRefused { reason } } }`;
const UNMERGE = `mutation($id: ID!, $version: Int!) { result: unmergeCustomers(mergeId: $id, expectedVersion: $version) { __typename ... on UnmergeRefused { reason } } }`;
const LOOK_AT_MERGE = `query($id: ID!) { result: merge(id: $id) { status } }`;
