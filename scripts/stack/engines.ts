// Postgres and Kafka of a stack: the embedded ones, or those that the environment names. Both start at the same time.
import { join } from 'node:path';
import { kafkaAnswers, kafkaJars, launchKafka } from './kafka.ts';
import { choosePort, withPort } from './ports.ts';
import { initialise, launchPostgres, placePostgres, postgresUrl } from './postgres.ts';
import type { Leash, Running } from './processes.ts';
import { logOf } from './programs.ts';
import { checkGiven, givenDatabase } from './provision.ts';
import { SERVICES, type Secrets } from './secrets.ts';
import { Sentence } from './sentence.ts';

export interface EngineOptions {
  dir: string;
  secrets: Secrets;
  ports: Record<string, number>;
  /** Name of the variable that fixes a port, by process; none in stacks that must not clash. */
  portVariables: Record<string, string>;
  log: (line: string) => void;
}

export interface Engine {
  url: string;
  embedded: boolean;
  running?: Running;
  /** Starts it again on the same port. */
  launch?: () => Promise<Running>;
}

/** Answers a server on which databases can be made; `url` is empty where each service's database is given. */
export async function startPostgres({ dir, secrets, ports, portVariables, log }: EngineOptions): Promise<Engine> {
  const given = process.env.DATABASE_URL;
  if (SERVICES.every((service) => givenDatabase(service))) {
    for (const service of SERVICES) await checkGiven(givenDatabase(service)!.url, `${service.toUpperCase()}_DATABASE_URL`);
    return { url: given ?? '', embedded: false };
  }
  if (given) {
    await checkGiven(given, 'DATABASE_URL');
    return { url: given, embedded: false };
  }
  const place = placePostgres(dir);
  log('starting Postgres 18 …');
  initialise(place, secrets.postgres);
  const started = await withPort({ name: 'Postgres', variable: portVariables.postgres, remembered: ports.postgres }, (port) =>
    launchPostgres(place, port, secrets.postgres, logOf(dir, 'postgres')),
  );
  ports.postgres = started.port;
  return {
    url: postgresUrl(started.port, secrets.postgres),
    embedded: true,
    running: started.value,
    launch: () => launchPostgres(place, started.port, secrets.postgres, logOf(dir, 'postgres')),
  };
}

/** Answers a broker; `url` is the bootstrap list. */
export async function startKafka({ dir, ports, portVariables, log }: EngineOptions): Promise<Engine> {
  const given = process.env.KAFKA_BROKERS;
  if (given) {
    if (!(await kafkaAnswers(given)))
      throw new Sentence(`No Kafka answers at ${given} (KAFKA_BROKERS): start it, or unset KAFKA_BROKERS to use a local one.`);
    return { url: given, embedded: false };
  }
  const jars = await kafkaJars(log);
  log('starting Kafka 4.3 …');
  const started = await withPort({ name: 'Kafka', variable: portVariables.kafka, remembered: ports.kafka }, async (port) => {
    ports.controller = await choosePort({ name: "Kafka's controller", remembered: ports.controller });
    return launchKafka(jars, join(dir, 'kafka'), port, ports.controller, logOf(dir, 'kafka'));
  });
  ports.kafka = started.port;
  return {
    url: `127.0.0.1:${started.port}`,
    embedded: true,
    running: started.value,
    launch: () => launchKafka(jars, join(dir, 'kafka'), started.port, ports.controller!, logOf(dir, 'kafka')),
  };
}

/** Has the leash end an engine when this process is killed. */
export function hold(leash: Leash, name: string, running: Running | undefined): void {
  if (running) leash.hold(running.identity, name === 'postgres' ? 'SIGINT' : 'SIGTERM');
}
