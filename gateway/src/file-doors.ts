// Files to and from a service: `/files/<service>?token=…` is passed on to that service's `/files` as a stream in both directions, because a graph
// cannot carry what is larger than a request should be. The random token in the address is the permission and the service judges it; here a flood
// is held back per address, and no header of the client's but the size and type of its body goes in.
import { pipeline } from 'node:stream/promises';
import type { Caller, Route } from '@customer360/kernel/http';
import { Refused } from '@customer360/kernel/problem';
import { request as send } from 'undici';

/** Waiting for the service to answer, and for the next bytes in either direction. */
const SILENCE_MS = 60_000;

export interface FileDoorOptions {
  /** URL of each service's /graphql, now. */
  services(): ReadonlyMap<string, string>;
  /** Throws when this address has asked too often. */
  take(caller: Pick<Caller, 'headers' | 'remoteAddress'>): void;
}

/** One door per service of the graph. */
export function fileDoors({ services, take }: FileDoorOptions): Record<string, Route> {
  return Object.fromEntries([...services().keys()].map((name) => [`/files/${name}`, door(name, { services, take })]));
}

function door(name: string, { services, take }: FileDoorOptions): Route {
  return async (request, response) => {
    const url = services().get(name);
    const { method } = request;
    if (!url || (method !== 'PUT' && method !== 'GET'))
      throw new Refused(405, 'METHOD_NOT_ALLOWED', 'files are sent with PUT and fetched with GET');
    try {
      take({ headers: request.headers, remoteAddress: request.socket.remoteAddress ?? '' });
    } catch {
      throw new Refused(429, 'RATE_LIMITED', 'too many requests from this address; wait a minute');
    }
    const headers: Record<string, string> = {};
    for (const header of ['content-length', 'content-type', 'content-encoding', 'x-request-id']) {
      const value = request.headers[header];
      if (typeof value === 'string') headers[header] = value;
    }
    try {
      const target = new URL('/files', url);
      target.search = new URL(request.url ?? '/', 'http://gateway').search;
      const answer = await send(target, {
        method,
        headers,
        body: method === 'PUT' ? request : null,
        headersTimeout: 0,
        bodyTimeout: SILENCE_MS,
      });
      for (const header of ['content-type', 'content-length', 'content-disposition']) {
        const value = answer.headers[header];
        if (typeof value === 'string') response.setHeader(header, value);
      }
      if (answer.statusCode >= 400) response.setHeader('connection', 'close');
      response.writeHead(answer.statusCode);
      await pipeline(answer.body, response);
    } catch {
      if (response.headersSent) response.destroy();
      else throw new Refused(503, 'SUBGRAPH_UNAVAILABLE', `the service "${name}" does not answer; try again`);
    }
  };
}
