// Loaded into every service and the gateway of a chaos run before their own code (--import): sends their connections to Postgres and Kafka through
// the run's proxies, lets their clock jump (SIGUSR2), and puts a planted fault into their source (plants.ts). [issue 5, section 2]
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { Socket } from 'node:net';
import { PLANTED, PLANTS, planted } from './plants.ts';

export interface OverlayPlan {
  /** Port to connect to instead, by port. */
  ports: Record<number, number>;
  /** File with the milliseconds that a process's clock is ahead; read when it gets SIGUSR2. */
  clock: string;
  /** 1 to 6. */
  plant?: number;
}

const plan: OverlayPlan = JSON.parse(process.env.CHAOS_OVERLAY!);

const connect = Socket.prototype.connect as (...args: unknown[]) => Socket;
Socket.prototype.connect = function (this: Socket, ...args: any[]) {
  const elsewhere = (port: unknown) => plan.ports[Number(port)] ?? port;
  if (Array.isArray(args[0])) args[0][0] = { ...args[0][0], port: elsewhere(args[0][0].port) };
  else if (typeof args[0] === 'object' && args[0]?.port) args[0] = { ...args[0], port: elsewhere(args[0].port) };
  else if (typeof args[0] === 'number' || /^\d+$/.test(args[0])) args[0] = elsewhere(args[0]);
  return connect.apply(this, args);
} as typeof Socket.prototype.connect;

let ahead = 0;
const { now } = Date;
const shiftedNow = () => now() + ahead;
globalThis.Date = new Proxy(Date, {
  construct: (target, args, newTarget) => Reflect.construct(target, args.length > 0 ? args : [shiftedNow()], newTarget),
  apply: () => new Date().toString(),
  get: (target, name) => (name === 'now' ? shiftedNow : Reflect.get(target, name)),
});
process.on('SIGUSR2', () => {
  ahead = Number(readFileSync(plan.clock, 'utf8'));
});

const plant = plan.plant === undefined ? undefined : PLANTS[plan.plant - 1]!;
if (plant) {
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (!plant.edits.some(({ file }) => url.endsWith(`/${file}`))) return loaded;
      const source = planted(plant, url, String(loaded.source));
      console.error(`${PLANTED} ${plant.name}`);
      return { ...loaded, source };
    },
  });
}
