// `npm run reset`: empties the stack of `npm start`, databases, topics, keys and all; the next start loads the demo data anew. A stack that
// the environment's own servers hold (DATABASE_URL, KAFKA_BROKERS) is not touched.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { command } from './stack/command.ts';
import { endLeftovers } from './stack/leftovers.ts';
import { lockFolder } from './stack/lock.ts';
import { placePostgres } from './stack/postgres.ts';
import { inRoot } from './stack/root.ts';

await command(async () => {
  const dir = inRoot('.run');
  if (!existsSync(dir)) return console.log('there is nothing to reset');
  const unlock = lockFolder(dir);
  await endLeftovers(dir);
  const { outside } = placePostgres(dir);
  if (outside) rmSync(outside, { recursive: true, force: true });
  for (const name of readdirSync(dir)) if (name !== 'test' && name !== 'lock') rmSync(join(dir, name), { recursive: true, force: true });
  unlock();
  console.log('everything is deleted; `npm start` begins anew');
});
