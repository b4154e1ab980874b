// The deployment's topics job: `KAFKA_BROKERS=… [TOPIC_PREFIX=…] [KAFKA_REPLICATION_FACTOR=3] [TOPICS_FILE=…] node main.js`, then exits.
import { readFileSync } from 'node:fs';
import { createTopics } from './create-topics.ts';

const { KAFKA_BROKERS, TOPIC_PREFIX = '', KAFKA_REPLICATION_FACTOR = '-1', TOPICS_FILE = 'topics.json' } = process.env;
if (!KAFKA_BROKERS) {
  process.stderr.write('configuration: KAFKA_BROKERS: a comma-separated host:port list is needed\n');
  process.exit(78);
}
const made = await createTopics(JSON.parse(readFileSync(TOPICS_FILE, 'utf8')), {
  brokers: KAFKA_BROKERS.split(','),
  prefix: TOPIC_PREFIX,
  replicationFactor: Number(KAFKA_REPLICATION_FACTOR),
});
process.stdout.write(made.length > 0 ? `created ${made.join(', ')}\n` : 'all topics were there already\n');
