// A TCP proxy between the product and an engine: passes everything on until it is told to be slow, to break what is connected or to refuse what
// comes. What the product then sees are real ECONNRESET and ECONNREFUSED. [issue 5, section 2]
import { connect, createServer, type Server, type Socket } from 'node:net';
import { Transform } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

export class TcpProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  #slowestMs = 0;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  /** Before the engine at `target`, a port of 127.0.0.1. */
  static async before(target: number): Promise<TcpProxy> {
    const port = await freePort();
    const proxy: TcpProxy = new TcpProxy(
      createServer((client) => proxy.#join(client, connect(target, '127.0.0.1'))),
      port,
    );
    await proxy.#listen();
    return proxy;
  }

  #join(client: Socket, engine: Socket): void {
    for (const [one, other] of [
      [client, engine],
      [engine, client],
    ] as const) {
      this.#open.add(one);
      one.setNoDelay(true);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.#open.delete(one);
        other.destroy();
      });
      one.pipe(this.#line()).pipe(other);
    }
  }

  /** Keeps the order; while the proxy is slow each piece takes a time of its own, so that connections overtake one another. */
  #line(): Transform {
    return new Transform({
      transform: (piece, _encoding, pass) => {
        if (this.#slowestMs === 0) pass(null, piece);
        else setTimeout(pass, Math.random() * this.#slowestMs, null, piece);
      },
    });
  }

  /** For a time every piece is late, by a random part of `slowestMs`. */
  async slow(ms: number, slowestMs: number): Promise<void> {
    this.#slowestMs = slowestMs;
    await sleep(ms);
    this.#slowestMs = 0;
  }

  /** Breaks every connection with an RST, in the middle of whatever it carries. */
  reset(): void {
    for (const socket of this.#open) socket.resetAndDestroy();
  }

  /** Refuses connections for a time; those that are open break. */
  async refuse(ms: number): Promise<void> {
    this.#server.close();
    this.reset();
    await sleep(ms);
    await this.#listen();
  }

  close(): void {
    this.#server.close();
    this.reset();
  }

  #listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.port, '127.0.0.1', () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
  }
}

/** A port that nobody listens on; for the stack's folder too, which takes the ports that it remembers. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
