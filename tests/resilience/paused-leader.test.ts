// A relay leader that stood still between reading and publishing has perhaps been succeeded: what it read may be published and superseded, and a state
// record published now would put its key back on the compacted topic. Found by the second leaders of `npm run chaos`. [issue 5, section 2]
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createProducer, type KafkaRecord } from '@customer360/kernel/kafka';
import { relayOnce } from '@customer360/kernel/relay';
import { sql } from '@customer360/kernel/sql';
import { transact } from '@customer360/kernel/transact';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { type Engine, engine } from '../kernel/engine.ts';
import { readTopic, stack } from '../support/stack.ts';

const LONGER_THAN_FRESH_MS = 2_500;

let it: Engine;
let kafka: ReturnType<typeof createProducer>;
const topic = 'crm.customer.state.v1';
beforeAll(async () => {
  it = await engine();
  kafka = createProducer({ brokers: stack().kafka.split(','), prefix: stack().topicPrefix, clientId: 'paused', log: it.ctx.log });
});
afterAll(async () => {
  await kafka.close();
  await it.close();
});

const HEADERS = { ce_id: randomUUID(), ce_source: '/tests', ce_type: 'crm.customer.customer-state.v1', ce_sequence: '1' };
const record = (key: string): KafkaRecord => ({ topic, key, headers: HEADERS, value: null });

test('a leader that was paused after reading publishes nothing of what it read', async () => {
  const key = randomUUID();
  await transact(it.ctx, { lock: [key] }, async (tx) => {
    tx.emit({ type: 'crm.test.thing-happened.v1', key, data: { n: 1 } });
    return { id: key };
  });
  const client = new pg.Client({ connectionString: it.url });
  await client.connect();
  const paused: Pick<pg.Client, 'query'> = {
    query: (async (...args: Parameters<pg.Client['query']>) => {
      const answer = await client.query(...args);
      await sleep(LONGER_THAN_FRESH_MS);
      return answer;
    }) as unknown as pg.Client['query'],
  };
  // The outbox's record goes to a topic that exists, under its own key.
  const producer = {
    send: (records: readonly KafkaRecord[], until?: number) =>
      kafka.send(
        records.map(() => record(key)),
        until,
      ),
  };
  try {
    await expect(relayOnce(paused, { databaseUrl: it.url, name: 'test', log: it.ctx.log, producer })).rejects.toThrow(/too late/);
    const left = await it.ctx.db.query('countOutbox', sql`select 1 from outbox`);
    expect(left).toHaveLength(1);
    expect((await readTopic(topic)).filter((published) => published.key === key)).toEqual([]);
    expect(await relayOnce(client, { databaseUrl: it.url, name: 'test', log: it.ctx.log, producer })).toBe(1);
    expect((await readTopic(topic)).filter((published) => published.key === key)).toHaveLength(1);
  } finally {
    await client.end();
  }
});
