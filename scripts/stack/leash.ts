// Ends Postgres and Kafka when the stack that started them was killed: its end closes this process's standard input. Told `"goodbye"`, it
// just leaves, since the stack has stopped everything itself.
import { createInterface } from 'node:readline';
import { end, type Identity } from './pids.ts';

const held = new Map<string, { identity: Identity; signal: NodeJS.Signals }>();
let goodbye = false;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
createInterface({ input: process.stdin })
  .on('line', (line) => {
    const message = JSON.parse(line);
    if (message === 'goodbye') goodbye = true;
    else held.set(message.identity.command, message);
  })
  .on('close', async () => {
    if (!goodbye) {
      await Promise.all(
        [...held.values()].map(({ identity, signal }) =>
          end(identity, [
            [signal, 10_000],
            ['SIGKILL', 2_000],
          ]),
        ),
      );
    }
    process.exit(0);
  });
