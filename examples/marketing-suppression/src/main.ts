// A downstream system in two files: the rule is in suppression.ts, this runs it and serves the answer. Replace the HTTP server by your mail tool.
//
//   DATABASE_URL=postgres://… KAFKA_BROKERS=127.0.0.1:9092 node src/main.ts
//   curl http://127.0.0.1:$PORT/customers/<id>    → { "suppressed": true }
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { consume } from '@customer360/events';
import pg from 'pg';
import { isContactSuppressed, isCustomerSuppressed, PURPOSE, suppression, TABLES } from './suppression.ts';

const { DATABASE_URL, KAFKA_BROKERS = '127.0.0.1:9092', TOPIC_PREFIX = '', PORT = '0', EXIT_WITH_PARENT } = process.env;

const pool = new pg.Pool({ connectionString: DATABASE_URL });
pool.on('error', () => {}); // the pool makes a new connection
await pool.query(TABLES);
const consumer = await consume({
  name: 'marketing-suppression',
  brokers: KAFKA_BROKERS.split(','),
  topicPrefix: TOPIC_PREFIX,
  database: DATABASE_URL ?? '',
  handlers: suppression(),
});

/** Until everything that was there is applied, a withdrawal may be missing: everybody is suppressed. */
let ready = false;
consumer.ready.then(
  () => {
    ready = true;
  },
  () => {},
);

const server = createServer(async (request, response) => {
  const answer = (status: number, body: object) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
  const [, noun, id] = /^\/(customers|contacts)\/([0-9a-f-]{36})$/.exec(request.url ?? '') ?? [];
  try {
    if (request.url === '/readyz') return answer(ready ? 200 : 503, { ready });
    if (!id) return answer(404, { message: 'ask for /customers/<id>, /contacts/<id> or /readyz' });
    const suppressed = !ready || (await (noun === 'customers' ? isCustomerSuppressed : isContactSuppressed)(pool, id));
    return answer(200, { id, purpose: PURPOSE, suppressed });
  } catch {
    return answer(200, { id, purpose: PURPOSE, suppressed: true }); // no database: nobody gets mail
  }
});
server.listen(Number(PORT), '127.0.0.1', () => {
  console.log(JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }));
});

const stop = async () => {
  server.close();
  await consumer.stop();
  await pool.end();
  process.exit(0);
};
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop);
if (EXIT_WITH_PARENT) process.stdin.on('end', stop).resume();
