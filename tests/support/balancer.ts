// A small TCP load balancer before the instances of one service, as a Kubernetes Service is: new connections go to its instances in turn, and a
// connection that stands is never touched, not even when its instance is taken out.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Balancer {
  readonly url: string;
  /** An instance's base URL. */
  add(instance: string): void;
  remove(instance: string): void;
  close(): void;
}

export async function startBalancer(): Promise<Balancer> {
  const instances = new Set<string>();
  const sockets = new Set<Socket>();
  let turn = 0;
  const server = createServer((client) => {
    const { hostname, port } = new URL([...instances][turn++ % instances.size]!);
    const upstream = connect(Number(port), hostname);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy()).on('close', () => sockets.delete(from));
      from.setNoDelay(true).pipe(to);
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    add: (instance) => instances.add(instance),
    remove: (instance) => instances.delete(instance),
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
