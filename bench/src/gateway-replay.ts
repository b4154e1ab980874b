// A subgraph that costs next to nothing, so that the gateway in front of it is what is measured: the first request of a kind is answered by the
// real service, every later one with the same text, the ids of that request in the place of the first one's. Takes the services' URLs as JSON
// from standard input, prints its own.
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json, text } from 'node:stream/consumers';

const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const MAX_KINDS = 100;

/** A recorded answer: texts, and between them the places in the request's list of ids. */
interface Recording {
  texts: string[];
  places: number[];
}

const recordings = new Map<string, Promise<Recording>>();

async function record(url: string, authorization: string, body: string, asked: readonly string[]): Promise<Recording> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', authorization }, body });
  const answer = await response.text();
  if (!response.ok || answer.includes('"errors"')) throw new Error(`${url} answered ${response.status} ${answer.slice(0, 300)}`);
  const texts: string[] = [];
  const places: number[] = [];
  let from = 0;
  for (const match of answer.matchAll(ID)) {
    const place = asked.indexOf(match[0]);
    if (place < 0) continue; // the id of something else: a contact, the owner
    texts.push(answer.slice(from, match.index));
    places.push(place);
    from = match.index + match[0].length;
  }
  return { texts: [...texts, answer.slice(from)], places };
}

const replay =
  (url: string): RequestListener =>
  async (request, response) => {
    try {
      const body = await text(request);
      const asked = body.match(ID) ?? [];
      const kind = url + body.replaceAll(ID, '');
      if (!recordings.has(kind)) {
        if (recordings.size >= MAX_KINDS) throw new Error('too many kinds of requests: something in them differs each time');
        recordings.set(kind, record(url, request.headers.authorization ?? '', body, asked));
      }
      const { texts, places } = await recordings.get(kind)!;
      let answer = texts[0]!;
      for (let i = 0; i < places.length; i++) answer += asked[places[i]!]! + texts[i + 1]!;
      response.setHeader('content-type', 'application/json');
      response.end(answer);
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  };

const services = (await json(process.stdin)) as Record<string, string>;
const urls: Record<string, string> = {};
for (const [service, url] of Object.entries(services)) {
  const server = createServer({ keepAliveTimeout: 60_000 }, replay(url));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  urls[service] = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}
process.stdout.write(`${JSON.stringify(urls)}\n`);
process.on('disconnect', () => process.exit(0));
