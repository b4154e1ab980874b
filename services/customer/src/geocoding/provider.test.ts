// The provider on the network against a server that is good, slow, broken or talks nonsense, as the foreign one may be.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Place } from '../address/coordinates.ts';
import { openProvider } from './provider.ts';

const seen: string[] = [];
let reply: (request: IncomingMessage, response: ServerResponse) => void = (_, response) => void response.end('[]');
const server = createServer((request, response) => {
  seen.push(request.url!);
  reply(request, response);
});
let url: string;
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/search?lang=en`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const place: Place = { streetLine1: 'Weg 1 & 2', city: 'Köln', stateProvince: null, postalCode: '50667', country: 'DE' };
const ask = (more: { key?: string; timeoutMs?: number } = {}) => openProvider({ url, timeoutMs: 5_000, ...more }).geocode([place]);
const says = (body: unknown, status = 200) => {
  reply = (_, response) => void response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
};
const hit = (more: object) => [{ lat: '50.9384', lon: 6.95991234, ...more }];

test('[Address AC-3] it is asked for the place, with the key, and its rank tells how exact the answer is', async () => {
  says(hit({ place_rank: 30 }));
  expect(await ask({ key: 'secret' })).toEqual([{ latitude: '50.938400', longitude: '6.959912', precision: 'address' }]);
  expect(Object.fromEntries(new URL(seen.at(-1)!, url).searchParams)).toEqual({
    ...{ lang: 'en', format: 'jsonv2', limit: '1', key: 'secret' },
    ...{ street: 'Weg 1 & 2', city: 'Köln', postalcode: '50667', countrycodes: 'de' },
  });
  const precisions = [];
  for (const more of [{ place_rank: 27 }, { place_rank: 21, addresstype: 'postcode' }, { place_rank: 16 }, {}, { place_rank: 8 }]) {
    says(hit(more));
    const [answer] = await ask();
    precisions.push(typeof answer === 'object' ? answer.precision : answer);
  }
  expect(precisions).toEqual(['street', 'postal_code', 'city', 'city', 'not_found']);
  says([]);
  expect(await ask()).toEqual(['not_found']);
});

test('[Address AC-3] refusals, nonsense, floods, redirections, silence and a closed door are failures, never more', async () => {
  for (const [body, status] of [
    ['busy', 500],
    [{ error: 'limit' }, 429],
    ['<html>', 200],
    [[{ lat: '91', lon: '0' }], 200],
    [[{ lat: 'x', lon: '0' }], 200],
    [JSON.stringify('x'.repeat(100_000)), 200],
  ] as const) {
    says(body, status);
    expect(await ask()).toEqual(['failed']);
  }
  reply = ({ url: asked }, response) =>
    void (asked === '/elsewhere' ? response.end(JSON.stringify(hit({}))) : response.writeHead(302, { location: '/elsewhere' }).end());
  expect(await ask()).toEqual(['failed']);
  reply = () => {};
  expect(await ask({ timeoutMs: 200 })).toEqual(['failed']);
  expect(await openProvider({ url: 'http://127.0.0.1:1/search', timeoutMs: 5_000 }).geocode([place, place])).toEqual(['failed', 'failed']);
});
