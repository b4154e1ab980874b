// The deployment files: read by rules that are seen to fail on planted mistakes, and what two of the images would hold is laid out and run with plain
// Node against the test stack's Postgres and Kafka (a database and a topic prefix of its own).
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { database, eventually, stack } from '../support/stack.ts';
import { composeComplaints, dockerfileComplaints, readCompose } from './container-rules.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (...parts: string[]) => readFileSync(join(root, ...parts), 'utf8');
const FOLDERS = [
  'services/customer',
  'services/interaction',
  'services/lifecycle',
  'services/compliance',
  'gateway',
  'infra/issuer',
  'infra/topics',
];

describe('Dockerfiles', () => {
  test.each(FOLDERS)('the one of %s keeps the rules', (folder) => {
    expect(dockerfileComplaints(read(folder, 'Dockerfile'))).toEqual([]);
  });

  test('a careless one is refused for each of its mistakes', () => {
    const careless = 'FROM node:latest\nENV DB_PASSWORD=x\nADD . app\nWORKDIR app\nRUN curl http://x | sh\nCMD node src/main.ts';
    expect(dockerfileComplaints(careless)).toEqual([
      'node:latest is not pinned to a version',
      'runs as root',
      'has no HEALTHCHECK',
      'CMD is not in exec form, signals would not arrive',
      'does not run dist',
      'ENV holds a secret',
      'uses ADD instead of COPY',
      'WORKDIR app is relative',
      'RUN uses sudo or pipes a download into a shell',
    ]);
  });
});

describe('compose.yaml', () => {
  const text = read('infra', 'compose.yaml');
  const compose = readCompose(text);

  test('keeps the rules: pinned images, health checks, no default secret, nothing open to the network', () => {
    expect(composeComplaints(compose)).toEqual([]);
  });

  test('holds the five containers, official engines, and an issuer only in the profile marked development', () => {
    expect(Object.keys(compose.services)).toEqual(
      expect.arrayContaining(['customer', 'interaction', 'lifecycle', 'compliance', 'gateway']),
    );
    expect(compose.services.postgres!.image).toMatch(/^postgres:18\./);
    expect(compose.services.kafka!.image).toMatch(/^apache\/kafka:4\.3\./);
    const profiled = Object.entries(compose.services).filter(([, service]) => service.profiles);
    expect(profiled.map(([name, service]) => [name, service.profiles])).toEqual([['issuer', ['development']]]);
    for (const { build } of Object.values(compose.services)) if (build) expect(existsSync(join(root, build.dockerfile))).toBe(true);
  });

  test('gives each service its own database, and the owner role to its migration only', () => {
    for (const name of ['customer', 'interaction', 'lifecycle', 'compliance']) {
      const { environment } = compose.services[name]!;
      expect(environment!.DATABASE_URL).toMatch(new RegExp(`//customer360_${name}_app:.*/customer360_${name}$`));
      expect(environment).not.toHaveProperty('MIGRATION_DATABASE_URL');
    }
  });

  test('every variable that it asks for is made by `npm run secrets` or is optional', () => {
    const asked = new Set([...text.matchAll(/\$\{([A-Z_]+):\?/g)].map((match) => match[1]));
    const made =
      read('scripts', 'secrets.ts') +
      ['CUSTOMER', 'INTERACTION', 'LIFECYCLE', 'COMPLIANCE'].map((s) => `${s}_OWNER_PASSWORD=${s}_APP_PASSWORD=`);
    for (const variable of asked) expect(made).toContain(`${variable}=`);
  });

  test('a careless one is refused for each of its mistakes', () => {
    const careless = readCompose(`
services:
  a: { image: "postgres:latest", privileged: true, ports: ["5432:5432"], volumes: ["x:/x"], environment: { DB_PASSWORD: "\${P:-postgres}" } }
  b: { image: "b:1.0", healthcheck: { test: [x] }, depends_on: { a: { condition: service_healthy }, c: { condition: service_started } } }`);
    expect(composeComplaints(careless)).toEqual([
      'a: key privileged is unknown or not allowed',
      'a: image postgres:latest is not pinned to a version',
      'a: runs for ever and has no health check',
      'a: DB_PASSWORD has a default',
      'a: DB_PASSWORD is not required from outside',
      'a: port 5432:5432 is open to the network',
      'a: volume x is not declared',
      'b: waits for the health of a, which has no check',
      'b: depends on c, which does not exist',
    ]);
  });
});

describe('what the images hold', () => {
  const folder = mkdtempSync(join(tmpdir(), 'customer360-images-'));
  const name = `image_${randomBytes(4).toString('hex')}`;
  const prefix = `${name}.`;
  const { CUSTOMER360_STACK: _, NODE_OPTIONS: __, ...clean } = process.env;
  const children: Array<ReturnType<typeof spawn>> = [];

  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
    await (await database('interaction')).query(`drop database if exists ${name} with (force)`);
    const admin = new Kafka({ brokers: stack().kafka.split(','), logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    await admin.deleteTopics({ topics: (await admin.listTopics()).filter((topic) => topic.startsWith(prefix)) });
    await admin.disconnect();
  });

  const node = (args: string[], cwd: string, env: Record<string, string>) =>
    spawnSync(process.execPath, args, { cwd, env: { PATH: process.env.PATH, ...env }, encoding: 'utf8', timeout: 120_000 });

  test('the topics job, the migration and the service run from it with plain Node, and leave on SIGTERM', async () => {
    const built = spawnSync('node', ['scripts/boot.mjs', 'build', '--assemble', folder, '--only', 'topics,interaction'], {
      cwd: root,
      env: clean,
      encoding: 'utf8',
    });
    expect([built.status, built.status === 0 ? '' : built.stdout + built.stderr]).toEqual([0, '']);
    const image = join(folder, 'interaction');
    expect(existsSync(join(image, 'services', 'interaction', 'src'))).toBe(false);

    const topics = { KAFKA_BROKERS: stack().kafka, TOPIC_PREFIX: prefix, TOPICS_FILE: 'schemas/topics.json' };
    expect(node(['infra/topics/dist/main.js'], join(folder, 'topics'), topics)).toMatchObject({ status: 0 });

    const superuser = await database('interaction');
    await superuser.query(`create database ${name}`);
    const url = new URL(JSON.parse(readFileSync(stack().secrets, 'utf8')).databases.interaction.superuser);
    url.pathname = `/${name}`;
    const env = {
      SERVICE_PORT: '0',
      DATABASE_URL: url.href,
      KAFKA_BROKERS: stack().kafka,
      TOPIC_PREFIX: prefix,
      INNER_JWKS: '{"keys":[]}',
      NODE_ENV: 'production',
    };
    const migrated = node(['services/interaction/dist/main.js', 'migrate'], image, env);
    expect([migrated.status, migrated.status === 0 ? '' : migrated.stdout + migrated.stderr]).toEqual([0, '']);

    const service = spawn(process.execPath, ['services/interaction/dist/main.js'], { cwd: image, env: { PATH: process.env.PATH, ...env } });
    children.push(service);
    let said = '';
    service.stdout.on('data', (chunk) => {
      said += chunk;
    });
    const base = await eventually(() => /"url":"(http[^"]+?)(?:\/graphql)?"/.exec(said)?.[1] ?? null, { withinMs: 30_000 });
    await eventually(async () => (await fetch(`${base}/readyz`)).ok, { withinMs: 30_000 });
    const exited = new Promise((resolve) => service.once('exit', resolve));
    service.kill('SIGTERM');
    expect(await exited).toBe(0);
  }, 240_000);
});
