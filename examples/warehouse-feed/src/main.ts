// Runs the feed: `DATABASE_URL=postgres://…/warehouse KAFKA_BROKERS=… node src/main.ts`; with `--rebuild` everything is read anew from zero while the old
// star stays readable. Prints one line when the star is complete and then follows until told to stop.
import { consume } from '@customer360/events';
import { inTransaction } from '@customer360/events/store';
import pg from 'pg';
import { warehouseFeed } from './feed.ts';
import { clearLanding, openStar, TABLES } from './star.ts';

const { DATABASE_URL, KAFKA_BROKERS = '127.0.0.1:9092', TOPIC_PREFIX = '', EXIT_WITH_PARENT } = process.env;

const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 6 });
pool.on('error', () => {}); // the pool makes a new connection
await pool.query(TABLES);
const consumer = await consume({
  name: 'warehouse-feed',
  brokers: KAFKA_BROKERS.split(','),
  topicPrefix: TOPIC_PREFIX,
  database: pool,
  handlers: warehouseFeed(),
});

const stop = async () => {
  await consumer.stop();
  await pool.end();
  process.exit(0);
};
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop);
if (EXIT_WITH_PARENT) process.stdin.on('end', stop).resume();

if (process.argv.includes('--rebuild')) await consumer.rebuild(clearLanding);
else await consumer.ready;
await inTransaction(pool, openStar);
const { rows } = await pool.query('select count(*)::int as customers from star.dim_customer');
console.log(JSON.stringify({ complete: true, customers: rows[0].customers }));
