// The operator's view of what waits: `npm run events -- parked` lists keys that a consumer set aside, `show` prints one key's events without
// their personal values, `replay` makes a key due, and the service drains it in order within a second. Works on `.run/stack.json` or, elsewhere,
// on <SERVICE>_DATABASE_URL of the environment. (events.md, "The consumer")
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { inRoot } from './stack/root.ts';

const SERVICES = ['customer', 'interaction', 'lifecycle', 'compliance'];
const USAGE = `Usage:
  npm run events -- parked                                   keys that wait, per service
  npm run events -- show <service> <topic> <key>             the events of one key, in order
  npm run events -- replay <service> <topic> <key> | --all   drain a key (or all keys of a service), and say what became of it
`;

function databaseOf(service: string): string {
  if (!SERVICES.includes(service)) throw new Error(`there is no service ${service}; one of ${SERVICES.join(', ')}`);
  const configured = process.env[`${service.toUpperCase()}_DATABASE_URL`];
  if (configured) return configured;
  const file = process.env.CUSTOMER360_STACK ?? inRoot('.run', 'stack.json');
  if (!existsSync(file))
    throw new Error(`no running stack (${file} is absent) and no ${service.toUpperCase()}_DATABASE_URL: start one with npm start`);
  return JSON.parse(readFileSync(file, 'utf8')).services[service].database;
}

async function on<T>(service: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: databaseOf(service), connectionTimeoutMillis: 5_000, query_timeout: 15_000 });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const print = (text: string) => process.stdout.write(`${text}\n`);

async function listParked(): Promise<void> {
  let keys = 0;
  for (const service of SERVICES) {
    const { rows } = await on(service, (client) =>
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

/** A payload with the values of its text fields hidden: structure, numbers and ids are what an operator needs. */
function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, masked(inner)]));
  return typeof value === 'string' && !/^[0-9a-f-]{36}$|^\d{4}-\d\d-\d\d|^-?\d+(\.\d+)?$|^[a-z_]{1,40}$|^[A-Z]{2,3}$/.test(value)
    ? `… ${value.length} characters`
    : value;
}

async function show(service: string, topic: string, key: string): Promise<void> {
  const { rows } = await on(service, (client) =>
    client.query('select * from parked where topic = $1 and key = $2 order by sequence nulls last, id limit 200', [topic, key]),
  );
  if (rows.length === 0) print('Nothing of this key is parked.');
  for (const row of rows) {
    let payload: unknown = row.payload;
    try {
      payload = masked(JSON.parse(row.payload));
    } catch {
      payload = row.payload === null ? null : `not JSON, ${row.payload.length} characters`;
    }
    print(
      JSON.stringify(
        {
          event: row.event_id,
          type: row.headers.ce_type,
          sequence: row.sequence,
          reason: row.reason,
          detail: row.detail,
          attempts: row.attempts,
          partition: row.partition,
          offset: row.record_offset,
          parkedAt: row.parked_at,
          payload,
        },
        null,
        2,
      ),
    );
  }
}

const WAIT_MS = 15_000;

async function replay(service: string, topic: string | undefined, key: string | undefined): Promise<void> {
  const where = key === undefined ? 'true' : 'topic = $1 and key = $2';
  const values = key === undefined ? [] : [topic, key];
  await on(service, async (client) => {
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

const [command, service, topic, key] = process.argv.slice(2);
try {
  if (command === 'parked') await listParked();
  else if (command === 'show' && service && topic && key) await show(service, topic, key);
  else if (command === 'replay' && service && topic === '--all') await replay(service, undefined, undefined);
  else if (command === 'replay' && service && topic && key) await replay(service, topic, key);
  else {
    process.stderr.write(USAGE);
    process.exitCode = 64;
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
