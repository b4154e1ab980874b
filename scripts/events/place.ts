// Where the operator's commands look: the stack that `npm start` describes in .run/stack.json (or the file that CUSTOMER360_STACK names), or, elsewhere,
// what the environment says: <SERVICE>_DATABASE_URL, <SERVICE>_MIGRATION_DATABASE_URL, KAFKA_BROKERS, TOPIC_PREFIX.
import { existsSync, readFileSync } from 'node:fs';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import { inRoot } from '../stack/root.ts';
import { Sentence } from '../stack/sentence.ts';

export const SERVICES = ['customer', 'interaction', 'lifecycle', 'compliance'];

interface StackFile {
  kafka: string;
  topicPrefix: string;
  secrets: string;
  services: Record<string, { database: string }>;
}

function stackFile(instead: string): StackFile {
  const file = process.env.CUSTOMER360_STACK ?? inRoot('.run', 'stack.json');
  if (!existsSync(file)) throw new Sentence(`No running stack (${file} is absent) and no ${instead}: start one with npm start.`);
  return JSON.parse(readFileSync(file, 'utf8'));
}

function known(service: string): string {
  if (!SERVICES.includes(service)) throw new Sentence(`There is no service ${service}; one of ${SERVICES.join(', ')}.`);
  return service;
}

/** The URL with the application's rights. */
export function databaseOf(service: string): string {
  const variable = `${known(service).toUpperCase()}_DATABASE_URL`;
  return process.env[variable] ?? stackFile(variable).services[service]!.database;
}

/** A URL that may make temporary tables. */
export function ownerDatabaseOf(service: string): string {
  const variable = `${known(service).toUpperCase()}_MIGRATION_DATABASE_URL`;
  if (process.env[variable]) return process.env[variable];
  return JSON.parse(readFileSync(stackFile(variable).secrets, 'utf8')).databases[service].superuser;
}

export async function on<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, application_name: 'events command' });
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The broker, and what stands before the topics' names. */
export function broker(): { kafka: Kafka; prefix: string } {
  const brokers = process.env.KAFKA_BROKERS;
  const { kafka, topicPrefix } = brokers ? { kafka: brokers, topicPrefix: process.env.TOPIC_PREFIX ?? '' } : stackFile('KAFKA_BROKERS');
  return {
    kafka: new Kafka({ clientId: 'events-command', brokers: kafka.split(','), logLevel: logLevel.NOTHING, retry: { retries: 3 } }),
    prefix: topicPrefix,
  };
}

export const print = (text: string): void => void process.stdout.write(`${text}\n`);

/** Rows as a table; numbers to the right. */
export function table(rows: ReadonlyArray<Record<string, string | number>>): void {
  const names = Object.keys(rows[0] ?? {});
  const width = names.map((name) => Math.max(name.length, ...rows.map((row) => String(row[name]).length)));
  const line = (cells: ReadonlyArray<string | number>) =>
    print(
      cells
        .map((cell, i) => (typeof cell === 'number' ? String(cell).padStart(width[i]!) : String(cell).padEnd(width[i]!)))
        .join('  ')
        .trimEnd(),
    );
  line(names);
  for (const row of rows) line(names.map((name) => row[name]!));
}
