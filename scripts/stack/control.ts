// A door on 127.0.0.1, guarded by the stack's secret, through which tests and `npm run process` kill and start single processes.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Controlled {
  kill(name: string, signal: NodeJS.Signals): Promise<void>;
  start(name: string): Promise<void>;
  restart(name: string): Promise<void>;
}

const SIGNALS = new Set(['SIGKILL', 'SIGTERM', 'SIGSTOP', 'SIGCONT']);

export async function openControl(stack: Controlled, secret: string): Promise<{ url: string; server: Server }> {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://control');
    const [, action, name = ''] = url.pathname.split('/');
    const signal = url.searchParams.get('signal') ?? 'SIGKILL';
    try {
      if (request.method !== 'POST' || request.headers.authorization !== `Bearer ${secret}`) {
        response.writeHead(401);
      } else {
        if (action === 'kill' && SIGNALS.has(signal)) await stack.kill(name, signal as NodeJS.Signals);
        else if (action === 'start') await stack.start(name);
        else if (action === 'restart') await stack.restart(name);
        else throw new Error('unknown action');
        response.writeHead(200);
      }
      response.end();
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  server.unref();
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}
