// `npm run reset`: empties the stack of `npm start`, databases, topics, keys and all; the next start loads the demo data anew. What servers
// that the environment names hold (DATABASE_URL, KAFKA_BROKERS) is not touched.
import { command } from './stack/command.ts';
import { inRoot } from './stack/root.ts';
import { destroyStack } from './stack/stack.ts';

await command(async () => {
  await destroyStack(inRoot('.run'), (name) => name.startsWith('test'));
  console.log('everything is deleted; `npm start` begins anew');
});
