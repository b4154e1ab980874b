// Ports are chosen when the stack starts, never assumed free: the one of last time if it still is, else a random one below the
// range from which systems take the ports of outgoing connections. A port that the environment names is taken as it is, or refused.
import { createServer } from 'node:net';
import { Sentence } from './sentence.ts';

export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

export interface PortWish {
  /** Whom the port is for, in the sentence that refuses it. */
  name: string;
  /** The environment variable that may fix it. */
  variable?: string;
  /** Tried first. */
  remembered?: number;
}

/** One process may be handed several ports before any is bound, so those handed out are remembered. */
const handedOut = new Set<number>();

export async function choosePort({ name, variable, remembered }: PortWish): Promise<number> {
  const configured = variable === undefined ? undefined : process.env[variable];
  if (configured) {
    const port = Number(configured);
    if (!Number.isInteger(port) || port < 1 || port > 65_535)
      throw new Sentence(`${variable}=${configured} is not a port: give a number from 1 to 65535.`);
    if (!(await isFree(port)))
      throw new Sentence(`Port ${port} for ${name} (${variable}) is taken: free it, or set ${variable} to another or to nothing.`);
    return port;
  }
  if (remembered && !handedOut.has(remembered) && (await isFree(remembered))) {
    handedOut.add(remembered);
    return remembered;
  }
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (handedOut.has(port) || !(await isFree(port))) continue;
    handedOut.add(port);
    return port;
  }
  throw new Sentence(`No free port was found for ${name} between 20000 and 32000 on 127.0.0.1.`);
}

/** Runs `launch` with a port; if somebody else took it between the choice and the bind, tries others. */
export async function withPort<T>(wish: PortWish, launch: (port: number) => Promise<T>): Promise<{ port: number; value: T }> {
  for (let attempt = 1; ; attempt++) {
    const port = await choosePort(attempt === 1 ? wish : { ...wish, remembered: undefined });
    try {
      return { port, value: await launch(port) };
    } catch (error) {
      if (attempt === 5 || !/EADDRINUSE|Address already in use|could not bind/i.test(String(error))) throw error;
    }
  }
}
