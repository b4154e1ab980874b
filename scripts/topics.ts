// `KAFKA_BROKERS=… npm run topics`: creates the topics of schemas/topics.json on an existing cluster (`npm start` does it for its own).
import { inRoot } from './stack/root.ts';

process.env.TOPICS_FILE ??= inRoot('schemas', 'topics.json');
await import('../infra/topics/src/main.ts');
