// The deadline of an exchange: kept, but not held against a service whose answer this very process was too busy to read.
import { readFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Pool } from 'undici';
import { exchange } from './exchange.ts';

// In a thread of its own, so that it answers while this one is busy.
const SERVICE = `const { createServer } = require('node:http');
  const { parentPort } = require('node:worker_threads');
  createServer((request, response) => setTimeout(() => response.end('{}'), Number(request.headers.after)))
    .listen(0, '127.0.0.1', function () { parentPort.postMessage(this.address().port); });`;

let service: Worker;
let pool: Pool;
beforeAll(async () => {
  service = new Worker(SERVICE, { eval: true });
  pool = new Pool(`http://127.0.0.1:${await new Promise((done) => service.once('message', done))}`);
});
afterAll(async () => {
  await pool.destroy();
  await service.terminate();
});

const ask = (after: number, deadlineMs: number) => exchange(pool, { path: '/', headers: { after: String(after) }, body: '{}', deadlineMs });

test('an answer in time is read, one that is late is a timeout', async () => {
  expect(await ask(0, 5_000)).toMatchObject({ status: 200, text: '{}' });
  await expect(ask(10_000, 200)).rejects.toMatchObject({ reason: 'timeout', sent: true });
});

test('an answer that came in time while this process was busy is read; one that did not come is still a timeout', async () => {
  const [answered, silent] = [ask(100, 400), ask(10_000, 400)];
  silent.catch(() => {});
  await new Promise((done) => setTimeout(done, 50)); // both are sent
  await readFile(import.meta.filename); // go on among the events of sockets and files, after which timers are looked at, as a reload does
  for (const until = performance.now() + 1_000; performance.now() < until; );
  expect(await answered).toMatchObject({ text: '{}' });
  await expect(silent).rejects.toMatchObject({ reason: 'timeout' });
});
