// The oracle's doors for a chaos run: its own Kafka consumer and plain SQL as superuser, independent of the product's code and of jest.
// [issue 5, section 2]
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import type { OracleDoors, Service, TopicRecord } from './oracle.ts';

const READ_WITHIN_MS = 60_000;

/** `databases`: superuser URL by service. Call it after the last restart: connections do not survive Postgres. */
export function openDoors(broker: string, prefix: string, databases: Record<Service, string>, graph: OracleDoors['graph']): OracleDoors {
  return {
    graph,
    sql: async (service, text, values) => {
      const client = new pg.Client({ connectionString: databases[service] });
      await client.connect();
      try {
        return (await client.query(text, values)).rows;
      } finally {
        await client.end();
      }
    },
    topic: (name) => read(new Kafka({ clientId: 'oracle', brokers: broker.split(','), logLevel: logLevel.NOTHING }), prefix + name),
  };
}

/** Everything in a topic up to its end; throws when it cannot be read whole in time, since half a topic judges nothing. */
async function read(kafka: Kafka, topic: string): Promise<TopicRecord[]> {
  const admin = kafka.admin();
  const consumer = kafka.consumer({ groupId: `oracle-${randomUUID()}`, maxWaitTimeInMs: 100 });
  const found: TopicRecord[] = [];
  await admin.connect();
  try {
    const offsets = await admin.fetchTopicOffsets(topic);
    const ends = new Map(offsets.filter((p) => Number(p.high) > Number(p.low)).map((p) => [p.partition, Number(p.high)]));
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
      if (Number(payload.lastOffset) + 1 >= (ends.get(payload.partition) ?? 0)) ends.delete(payload.partition);
    });
    if (ends.size === 0) return found;
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachMessage: async ({ message }) => {
        const headers = Object.fromEntries(Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)]));
        const data = message.value === null ? null : JSON.parse(message.value.toString());
        found.push({ key: message.key?.toString() ?? null, data, headers });
      },
    });
    for (const deadline = Date.now() + READ_WITHIN_MS; ends.size > 0; await sleep(50))
      if (Date.now() > deadline) throw new Error(`${topic} could not be read to its end within ${READ_WITHIN_MS} ms`);
    return found;
  } finally {
    await consumer.disconnect();
    await admin.disconnect();
  }
}
