// A database and two roles per service: the owner migrates, the application reads and writes rows and nothing else. Nobody but these two may connect
// to the database. Idempotent, so it runs at every start; works on the embedded server and on the one that DATABASE_URL names.
import pg from 'pg';
import { SERVICES, type Secrets, type ServiceName } from './secrets.ts';
import { Sentence } from './sentence.ts';

export interface ServiceDatabase {
  /** The application's URL. */
  url: string;
  /** The owner's URL; tells migrations the application role as the setting `customer360.app_role`. */
  migrationUrl: string;
  /** For the tests' oracles; absent where the databases are given ready-made. */
  superuserUrl?: string;
}

/** Databases that the environment gives ready-made, by service: CUSTOMER_DATABASE_URL and CUSTOMER_MIGRATION_DATABASE_URL, … */
export function givenDatabase(service: ServiceName): ServiceDatabase | undefined {
  const url = process.env[`${service.toUpperCase()}_DATABASE_URL`];
  return url ? { url, migrationUrl: process.env[`${service.toUpperCase()}_MIGRATION_DATABASE_URL`] ?? url, superuserUrl: url } : undefined;
}

const identifier = (name: string) => `"${name.replaceAll('"', '""')}"`;
const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** Makes what is missing of the services' databases on the server of `adminUrl`; names begin with `prefix`. */
export async function provision(adminUrl: string, prefix: string, secrets: Secrets): Promise<Record<ServiceName, ServiceDatabase>> {
  const answer = {} as Record<ServiceName, ServiceDatabase>;
  await as(adminUrl, async (admin) => {
    for (const database of ['postgres', 'template1'])
      await admin.query(`revoke connect on database ${identifier(database)} from public`).catch(() => {});
    for (const service of SERVICES) {
      const given = givenDatabase(service);
      answer[service] = given ?? (await provisionService(admin, adminUrl, `${prefix}${service}`, secrets.databases[service]));
    }
  });
  return answer;
}

async function provisionService(
  admin: pg.Client,
  adminUrl: string,
  database: string,
  passwords: { owner: string; app: string },
): Promise<ServiceDatabase> {
  const owner = `${database}_owner`;
  const app = `${database}_app`;
  for (const [role, word] of [
    [owner, passwords.owner],
    [app, passwords.app],
  ] as const) {
    const known = await admin.query('select 1 from pg_roles where rolname = $1', [role]);
    const options = `login nosuperuser nocreatedb nocreaterole noreplication password ${literal(word)}`;
    if (known.rowCount === 0) await admin.query(`create role ${identifier(role)} ${options}`);
    else if (!(await canConnect(urlOf(adminUrl, role, word, database)))) await admin.query(`alter role ${identifier(role)} ${options}`);
  }
  const exists = await admin.query('select 1 from pg_database where datname = $1', [database]);
  if (exists.rowCount === 0) {
    await admin.query(`grant ${identifier(owner)} to current_user`);
    await admin.query(`create database ${identifier(database)} owner ${identifier(owner)} template template0 encoding 'UTF8'`);
  }
  await admin.query(`revoke all on database ${identifier(database)} from public`);
  await admin.query(`grant connect on database ${identifier(database)} to ${identifier(owner)}, ${identifier(app)}`);
  await admin.query(`alter role ${identifier(owner)} in database ${identifier(database)} set customer360.app_role to ${literal(app)}`);
  const superuserUrl = urlOf(adminUrl, undefined, undefined, database);
  await as(superuserUrl, async (inside) => {
    await inside.query(`alter schema public owner to ${identifier(owner)}`);
    await inside.query('revoke all on schema public from public');
    await inside.query(`grant usage on schema public to ${identifier(app)}`);
    const defaults = `alter default privileges for role ${identifier(owner)} in schema public grant`;
    await inside.query(`${defaults} select, insert, update, delete on tables to ${identifier(app)}`);
    await inside.query(`${defaults} usage, select on sequences to ${identifier(app)}`);
  });
  const migration = new URL(urlOf(adminUrl, owner, passwords.owner, database));
  migration.searchParams.set('options', `-c customer360.app_role=${app}`);
  const migrationUrl = migration.href.replaceAll('+', '%20'); // the pg client reads a plus as a plus
  return { url: urlOf(adminUrl, app, passwords.app, database), migrationUrl, superuserUrl };
}

function urlOf(adminUrl: string, user: string | undefined, password: string | undefined, database: string): string {
  const url = new URL(adminUrl);
  if (user !== undefined) url.username = user;
  if (password !== undefined) url.password = password;
  url.pathname = `/${database}`;
  return url.href;
}

async function canConnect(url: string): Promise<boolean> {
  return as(url, async () => true).catch((error) => error.code === '3D000'); // the database may not exist yet
}

async function as<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Says in one sentence why the server that the environment names cannot be used, before anything else is tried. */
export async function checkGiven(url: string, variable: string): Promise<void> {
  await as(url, (client) => client.query('select 1')).catch((error) => {
    throw new Sentence(
      `The Postgres that ${variable} names does not answer (${error.code ?? error.message}): start it, or unset ${variable} to use the embedded one.`,
    );
  });
}

/** Removes the services' databases and roles, for a test stack on a server that it shares. */
export async function unprovision(adminUrl: string, prefix: string): Promise<void> {
  await as(adminUrl, async (admin) => {
    for (const service of SERVICES) {
      await admin.query(`drop database if exists ${identifier(`${prefix}${service}`)} with (force)`);
      for (const role of ['owner', 'app']) await admin.query(`drop role if exists ${identifier(`${prefix}${service}_${role}`)}`);
    }
  });
}
