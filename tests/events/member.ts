// One instance of a consumer as a process of its own, so that a test can kill it. Writes every fact of the customer service into the table `told`.
import { consume } from '@customer360/events';
import { handlers } from '@customer360/events/handlers';

const { NAME = '', DATABASE_URL = '', KAFKA_BROKERS = '', TOPIC_PREFIX } = process.env;
const tell = async ({ key, sequence, type }: any, tx: any) => {
  await tx.query('insert into told values ($1, $2, $3, $4)', [NAME, key, sequence, type]);
};
const consumer = await consume({
  name: NAME,
  brokers: KAFKA_BROKERS.split(','),
  topicPrefix: TOPIC_PREFIX,
  database: DATABASE_URL,
  handlers: handlers().on('crm.customer.customer-created.v1', tell).on('crm.customer.customer-updated.v1', tell),
  log: () => {},
});
const stop = () => void consumer.stop().then(() => process.exit(0));
process.once('SIGTERM', stop);
process.stdin.once('end', stop).resume();
