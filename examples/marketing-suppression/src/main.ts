// A downstream system in two files: reads compliance's compacted state from the beginning (that is the whole bootstrap, no database, no
// snapshot), follows its facts, and serves the answer. Copy it, replace the HTTP server by your mail tool.
//
//   KAFKA_BROKERS=127.0.0.1:9092 node src/main.ts
//   curl http://127.0.0.1:$PORT/customers/<id>    → { "suppressed": true }
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import kafkajs from 'kafkajs';
import { PURPOSE, SuppressionList } from './suppression-list.ts';

const { KAFKA_BROKERS = '127.0.0.1:9092', TOPIC_PREFIX = '', PORT = '0', EXIT_WITH_PARENT } = process.env;
const STATE = `${TOPIC_PREFIX}crm.compliance.state.v1`;
const FACTS = `${TOPIC_PREFIX}crm.compliance.events.v1`;

const list = new SuppressionList();
const kafka = new kafkajs.Kafka({ clientId: 'consent-suppression', brokers: KAFKA_BROKERS.split(','), logLevel: kafkajs.logLevel.ERROR });

// The list lives in memory, so each start reads everything: a group of its own, from the beginning, never committed.
const groupId = `${TOPIC_PREFIX}consent-suppression-${randomUUID()}`;
const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100, allowAutoTopicCreation: false });

/** Partitions whose end at our start we have not reached: until then the list may lack a withdrawal, and everybody is suppressed. */
const behind = new Map<string, bigint>();
const at = (topic: string, partition: number): string => `${topic}/${partition}`;

const admin = kafka.admin();
await admin.connect();
for (const topic of [STATE, FACTS]) {
  for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
    if (BigInt(high) > BigInt(low)) behind.set(at(topic, partition), BigInt(high));
  }
}

consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { topic, partition, lastOffset } }) => {
  const end = behind.get(at(topic, partition));
  if (end !== undefined && BigInt(lastOffset) + 1n >= end) behind.delete(at(topic, partition));
  if (end !== undefined && behind.size === 0) say();
});
consumer.on(consumer.events.CRASH, ({ payload }) => {
  // Better no answer than an old one: whoever supervises us starts us again, and we read everything anew.
  if (!payload.restart) process.exit(1);
});

await consumer.connect();
await consumer.subscribe({ topics: [STATE, FACTS], fromBeginning: true });
await consumer.run({
  autoCommit: false,
  async eachMessage({ topic, message: { key, value, headers } }) {
    const customerId = key?.toString();
    const version = Number(headers?.ce_sequence?.toString());
    if (!customerId || !Number.isSafeInteger(version)) return; // not one of ours
    const data = value && JSON.parse(value.toString());
    if (topic === STATE) list.applyState(customerId, version, data);
    else list.applyFact(customerId, version, headers?.ce_type?.toString() ?? '', data ?? {});
  },
});

const server = createServer((request, response) => {
  const answer = (status: number, body: object) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
  const id = /^\/customers\/([0-9a-f-]{36})$/.exec(request.url ?? '')?.[1];
  if (id) return answer(200, { customerId: id, purpose: PURPOSE, suppressed: behind.size > 0 || list.isSuppressed(id) });
  if (request.url === '/readyz') return answer(behind.size === 0 ? 200 : 503, { ready: behind.size === 0, known: list.known });
  return answer(404, { message: 'ask for /customers/<customer id> or /readyz' });
});
server.listen(Number(PORT), '127.0.0.1', () => say());

/** One line that people and tests can read. */
function say(): void {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo | null)?.port}`;
  const suppressed = [...list.suppressed()].length;
  console.log(JSON.stringify({ url, ready: behind.size === 0, known: list.known, suppressed }));
}

const stop = async () => {
  server.close();
  await consumer.disconnect();
  await admin.deleteGroups([groupId]).catch(() => {});
  await admin.disconnect();
  process.exit(0);
};
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop);
if (EXIT_WITH_PARENT) process.stdin.on('end', stop).resume();
