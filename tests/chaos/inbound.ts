// Other modules' events as a chaos run sends them: in any order, now and then twice at once, and long after as a late repeat, under the old id
// (the inbox must know it) or under a new one (the row's own id or revision must). [issue 5, section 2]
import { randomUUID } from 'node:crypto';
import { Kafka, logLevel, type Message, type Producer } from 'kafkajs';
import type { Answer, Asking } from './asking.ts';

const REMEMBERED = 200;

export interface InboundEvent {
  readonly id: string;
  readonly data: { readonly customerId: string };
}

export class Inbound {
  /** How many events were sent again, and how many batches out of order. */
  readonly sent = { repeated: 0, reordered: 0 };
  readonly #brokers: string[];
  readonly #prefix: string;
  #producer: Promise<Producer> | undefined;
  #turn = 0;
  readonly #old: Array<{ topic: string; message: Message }> = [];

  constructor(brokers: string[], prefix: string) {
    this.#brokers = brokers;
    this.#prefix = prefix;
  }

  /** `events`: of one type, in the order in which they happened. Sending them again after a failure repeats their ids. */
  async send(topic: string, type: string, events: readonly InboundEvent[]): Promise<Answer> {
    const turn = ++this.#turn;
    const fresh = events.map((event) => messageOf(type, event));
    let messages = fresh;
    if (events.length > 1) {
      messages = fresh.toSorted(() => Math.random() - 0.5);
      if (messages.some((message, i) => message !== fresh[i])) this.sent.reordered++;
    }
    const repeats = turn % 3 === 0 ? [messages.at(-1)!] : [];
    const late = turn % 4 === 0 ? this.#old[Math.floor(Math.random() * this.#old.length)] : undefined;
    if (late?.topic === topic) repeats.push(turn % 8 === 0 ? underNewId(late.message) : late.message);
    try {
      const producer = await this.#connected();
      await producer.send({ topic: this.#prefix + topic, acks: -1, messages: [...messages, ...repeats] });
    } catch {
      return undefined;
    }
    this.sent.repeated += repeats.length;
    for (const message of fresh) this.#old.push({ topic, message });
    this.#old.splice(0, this.#old.length - REMEMBERED);
    return { ok: true };
  }

  /** A payment of this customer, sent until the broker has it. */
  async pay(asking: Asking, customerId: string): Promise<void> {
    const operation = asking.begin('payment', customerId);
    operation.amount = `${1 + (asking.count % 500)}.${String(asking.count % 100).padStart(2, '0')}`;
    const data = {
      paymentId: operation.marker,
      invoiceId: null,
      customerId,
      amount: operation.amount,
      currency: asking.doors.currency,
      convertedAmount: null,
      receivedAt: new Date().toISOString(),
    };
    await asking.resolve(operation, () =>
      this.send('financial.events.v1', 'financial.payment-received.v1', [{ id: operation.marker, data }]),
    );
  }

  async close(): Promise<void> {
    await (await this.#producer?.catch(() => undefined))?.disconnect().catch(() => {});
  }

  #connected(): Promise<Producer> {
    this.#producer ??= (async () => {
      const kafka = new Kafka({ clientId: 'writers', brokers: this.#brokers, logLevel: logLevel.NOTHING, retry: { retries: 2 } });
      const producer = kafka.producer({ allowAutoTopicCreation: false });
      await producer.connect();
      return producer;
    })().catch((error) => {
      this.#producer = undefined;
      throw error;
    });
    return this.#producer;
  }
}

function messageOf(type: string, { id, data }: InboundEvent): Message {
  const headers = {
    ce_specversion: '1.0',
    ce_id: id,
    ce_type: type,
    ce_source: `/${type.split('.')[0]}`,
    ce_time: new Date().toISOString(),
  };
  return { key: data.customerId, value: JSON.stringify(data), headers };
}

const underNewId = (message: Message): Message => ({ ...message, headers: { ...message.headers, ce_id: randomUUID() } });
