// Apache Kafka in KRaft mode, one node of this clone's own, from the jars that Maven fetches once (infra/kafka/pom.xml). The settings are those
// of the design page events.md; the two session limits let a broker that was killed with -9 serve again after 3 s instead of 12 s.
import { execFileSync, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { type Running, run, stopRequest } from './processes.ts';
import { inRoot } from './root.ts';
import { explain, Sentence } from './sentence.ts';

const HOW =
  'Debian and Ubuntu: `apt-get install openjdk-17-jre-headless maven`; macOS: `brew install openjdk@17 maven`; or set KAFKA_BROKERS to an existing Kafka';

const javaCommand = () => (process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'java') : 'java');

function checkJava(): void {
  let said = '';
  try {
    said = execFileSync('sh', ['-c', '"$0" -version 2>&1', javaCommand()], { encoding: 'utf8' });
  } catch {
    throw new Sentence(`Java 17 or newer is needed for the local Kafka and was not found (${HOW}).`);
  }
  const major = Number(/version "(\d+)/.exec(said)?.[1] ?? 0);
  if (major < 17) throw new Sentence(`Java ${major || '?'} is too old for the local Kafka, which needs 17 or newer (${HOW}).`);
}

/** The folder with Kafka's jars, fetched by Maven if this pom's are not there yet. */
export async function kafkaJars(say: (line: string) => void): Promise<string> {
  checkJava();
  const pom = inRoot('infra', 'kafka', 'pom.xml');
  const key = createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 12);
  const jars = inRoot('.cache', 'kafka', key);
  if (existsSync(jars)) return jars;
  say('fetching Apache Kafka 4.3 with Maven (43 MB, once) …');
  const scratch = `${jars}.${process.pid}`;
  mkdirSync(scratch, { recursive: true });
  try {
    const args = ['-B', '-q', '-f', pom, `-Dmaven.repo.local=${join(scratch, 'm2')}`, 'dependency:copy-dependencies'];
    await output('mvn', [...args, `-DoutputDirectory=${join(scratch, 'jars')}`, '-DincludeScope=runtime']).catch((error: Error) => {
      if (/ENOENT/.test(error.message)) throw new Sentence(`Maven is needed once to fetch the local Kafka and was not found (${HOW}).`);
      const cause =
        error.message
          .trim()
          .split('\n')
          .find((line) => line.includes('[ERROR]')) ?? error.message.trim();
      throw (
        explain(error.message) ?? new Sentence(`Maven could not fetch Kafka, which needs the network once. It said: ${cause.slice(0, 400)}`)
      );
    });
    if (readdirSync(join(scratch, 'jars')).length < 20) throw new Sentence('Maven fetched too few jars for Kafka: run this again.');
    try {
      renameSync(join(scratch, 'jars'), jars);
    } catch (error) {
      if (!existsSync(jars)) throw error; // else another command of this clone was faster
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return jars;
}

function output(command: string, args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], signal: stopRequest.signal });
    let said = '';
    const add = (chunk: Buffer) => {
      said = (said + chunk).slice(-20_000);
    };
    child.stdout.on('data', add);
    child.stderr.on('data', add);
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve(said) : reject(new Error(said || `${command} ended with ${code}`))));
  });
}

function properties(data: string, broker: number, controller: number): string {
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${broker},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${broker}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': data,
    'default.replication.factor': 1,
    'min.insync.replicas': 1,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,
    'group.initial.rebalance.delay.ms': 0,
    'auto.create.topics.enable': false,
    'log.cleaner.dedupe.buffer.size': 4_194_304,
    'broker.session.timeout.ms': 1500,
    'broker.heartbeat.interval.ms': 500,
    'metadata.max.idle.interval.ms': 5000,
    'num.io.threads': 4,
    'num.network.threads': 2,
  })
    .map(([name, value]) => `${name}=${value}`)
    .join('\n');
}

function java(jars: string, mainClass: string, args: string[], heap: string[]): string[] {
  const log4j = `-Dlog4j2.configurationFile=file:${inRoot('infra', 'kafka', 'log4j2.properties')}`;
  return [
    ...heap,
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-Djava.awt.headless=true',
    log4j,
    '-cp',
    join(jars, '*'),
    mainClass,
    ...args,
  ];
}

/** Formats the data folder once; a marker written afterwards tells a whole format from an interrupted one. */
async function format(jars: string, config: string, data: string): Promise<void> {
  const marker = join(dirname(data), 'formatted');
  if (existsSync(marker)) return;
  rmSync(data, { recursive: true, force: true });
  mkdirSync(data, { recursive: true });
  const cluster = `A${randomBytes(16).toString('base64url').slice(1)}`;
  await output(javaCommand(), java(jars, 'kafka.tools.StorageTool', ['format', '-t', cluster, '-c', config], ['-Xmx128m'])).catch(
    (error: Error) => {
      throw explain(error.message) ?? new Sentence(`Kafka could not format its data folder ${data}:\n${error.message.slice(-1500)}`);
    },
  );
  writeFileSync(marker, cluster);
}

/** Starts the broker on these ports and waits until it answers. `dir` holds its configuration and data. */
export async function launchKafka(jars: string, dir: string, broker: number, controller: number, log: string): Promise<Running> {
  const config = join(dir, 'server.properties');
  const data = join(dir, 'data');
  mkdirSync(dir, { recursive: true });
  writeFileSync(config, properties(data, broker, controller));
  await format(jars, config, data);
  const { JAVA_TOOL_OPTIONS: _, ...env } = process.env;
  return run({
    name: 'kafka',
    command: javaCommand(),
    args: java(jars, 'kafka.Kafka', [config], ['-Xms32m', '-Xmx256m', '-XX:MinHeapFreeRatio=10', '-XX:MaxHeapFreeRatio=30']),
    env: { ...env, MALLOC_ARENA_MAX: '2' },
    cwd: dir,
    log,
    marker: config,
    ready: () => kafkaAnswers(`127.0.0.1:${broker}`),
    readyWithinMs: 120_000,
    stopWithinMs: 20_000,
  }).catch((error) => {
    if (!(error instanceof Sentence) || /Address already in use|disk is full/i.test(error.message)) throw error;
    throw new Sentence(`${error.message}\nIf its data are broken, \`npm run reset\` deletes them and starts anew.`);
  });
}

/** Does a broker answer there? Used for the local one and for those that KAFKA_BROKERS names. */
export async function kafkaAnswers(brokers: string): Promise<boolean> {
  const client = new Kafka({
    clientId: 'stack',
    brokers: brokers.split(','),
    logLevel: logLevel.NOTHING,
    connectionTimeout: 2_000,
    retry: { retries: 0 },
  });
  const admin = client.admin();
  try {
    await admin.connect();
    const { brokers: up } = await admin.describeCluster();
    return up.length > 0;
  } catch {
    return false;
  } finally {
    await admin.disconnect().catch(() => {});
  }
}
