// The parking lot: `parked` lists keys that a consumer set aside, `show` prints one key's events without their personal values, `replay` makes a key due,
// and the service drains it in order within a second. (events.md, "The consumer")
import { setTimeout as sleep } from 'node:timers/promises';
import { masked } from './masked.ts';
import { databaseOf, on, print, SERVICES } from './place.ts';

export async function listParked(): Promise<void> {
  let keys = 0;
  for (const service of SERVICES) {
    const { rows } = await on(databaseOf(service), (client) =>
      client.query(
        `select topic, key, count(*)::int as events, (array_agg(reason order by sequence nulls last, id))[1] as reason,
           (array_agg(detail order by sequence nulls last, id))[1] as detail, min(parked_at) as since
         from parked group by topic, key order by since limit 1000`,
      ),
    );
    for (const row of rows)
      print(
        `${service}  ${row.topic}  ${row.key}  ${row.events} event(s)  ${row.reason}  since ${row.since.toISOString()}${row.detail ? `  ${row.detail}` : ''}`,
      );
    keys += rows.length;
  }
  print(keys === 0 ? 'Nothing is parked.' : `${keys} key(s) parked. Look at one with show, drain it with replay.`);
}

export async function show(service: string, topic: string, key: string): Promise<void> {
  const { rows } = await on(databaseOf(service), (client) =>
    client.query('select * from parked where topic = $1 and key = $2 order by sequence nulls last, id limit 200', [topic, key]),
  );
  if (rows.length === 0) print('Nothing of this key is parked.');
  for (const row of rows) {
    const event = {
      event: row.event_id,
      type: row.headers.ce_type,
      sequence: row.sequence,
      reason: row.reason,
      detail: row.detail,
      attempts: row.attempts,
      partition: row.partition,
      offset: row.record_offset,
      parkedAt: row.parked_at,
      payload: masked(row.payload),
    };
    print(JSON.stringify(event, null, 2));
  }
}

const WAIT_MS = 15_000;

/** One key, or without topic and key all of the service. */
export async function replay(service: string, topic?: string, key?: string): Promise<void> {
  const where = key === undefined ? 'true' : 'topic = $1 and key = $2';
  const values = key === undefined ? [] : [topic, key];
  await on(databaseOf(service), async (client) => {
    const { rowCount } = await client.query(`update parked set retry_at = now() where ${where}`, values);
    if (!rowCount) return print('Nothing is parked there.');
    const deadline = Date.now() + WAIT_MS;
    for (;;) {
      await sleep(250);
      const { rows } = await client.query(
        `select count(*)::int as left, count(*) filter (where retry_at is not null)::int as due, max(detail) as detail from parked where ${where}`,
        values,
      );
      const { left, due, detail } = rows[0];
      if (left === 0) return print(`Applied: all ${rowCount} event(s).`);
      if (due === 0) return print(`Applied ${rowCount - left} of ${rowCount}; ${left} stay parked${detail ? `: ${detail}` : '.'}`);
      if (Date.now() > deadline) return print(`${due} event(s) are still due: is ${service} running?`);
    }
  });
}
