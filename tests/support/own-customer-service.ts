// A customer service of a test's own, on a database of its own and without Kafka: for other settings than the stack's, for a kill at the worst moment, and
// because its outbox then keeps everything that it told.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type EmptyDatabase, emptyDatabase } from './empty-database.ts';
import { type Program, root, startProgram } from './program.ts';
import { inner, stack } from './stack.ts';

export interface OwnCustomerService {
  readonly pool: EmptyDatabase['pool'];
  /** One operation as an administrator; throws when there are errors. */
  must(query: string, variables?: object): Promise<any>;
  /** Ends it without warning and starts it anew. */
  killAndStart(): Promise<void>;
  close(): Promise<void>;
}

const NEEDED = { KAFKA_BROKERS: '127.0.0.1:1', INNER_JWKS: '{"keys":[]}' };

/** A database with the customer service's tables and nobody who works on them. */
export async function customerDatabase(): Promise<EmptyDatabase> {
  const database = await emptyDatabase();
  await promisify(execFile)(process.execPath, ['--conditions=customer360-source', join(root, 'services/customer/src/main.ts'), 'migrate'], {
    env: { PATH: process.env.PATH, ...NEEDED, DATABASE_URL: database.url },
  });
  return database;
}

export async function ownCustomerService(settings: Record<string, string> = {}): Promise<OwnCustomerService> {
  const { innerKey } = JSON.parse(readFileSync(stack().secrets, 'utf8'));
  const { d: _, ...publicKey } = innerKey;
  const database = await customerDatabase();
  const env = {
    ...NEEDED,
    DATABASE_URL: database.url,
    INNER_JWKS: JSON.stringify({ keys: [publicKey] }),
    SERVICE_PORT: '0',
    SERVICE_HOST: '127.0.0.1',
    LOG_LEVEL: 'info',
    ...settings,
  };
  let program: Program = await startProgram('services/customer', env);
  const admin = randomUUID();
  return {
    pool: database.pool,
    async must(query, variables = {}) {
      const bearer = await inner('customer', { sub: admin, kind: 'STAFF', roles: ['admin'] });
      const response = await fetch(`${program.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}` },
        body: JSON.stringify({ query, variables }),
        signal: AbortSignal.timeout(30_000),
      });
      const { data, errors } = (await response.json()) as { data: any; errors?: unknown };
      if (errors) throw new Error(`expected success, got ${JSON.stringify(errors)}`);
      return data;
    },
    async killAndStart() {
      program.signal('SIGKILL');
      await program.stop();
      program = await startProgram('services/customer', env);
    },
    async close() {
      program.signal('SIGKILL');
      await program.stop();
      await database.close();
    },
  };
}
