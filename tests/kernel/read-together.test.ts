// Reads that a request asks for in one turn share a connection and a packet, and are still statements of their own: each gets its own rows or its own
// error, each is counted, and a connection that dies fails what was on it and nothing later. Issue 5.5.
import { statementCount } from '@customer360/kernel/database';
import { raw, sql } from '@customer360/kernel/sql';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Engine, engine } from './engine.ts';

let it: Engine;
beforeAll(async () => {
  it = await engine();
});
afterAll(() => it.close());

const request = <T>(work: () => Promise<T>) => {
  const count = { statements: 0 };
  return statementCount.run(count, async () => ({ answer: await work(), statements: count.statements }));
};
const read = (n: number) => it.ctx.db.one<{ n: number; pid: number }>('read', sql`select ${n}::int as n, pg_backend_pid() as pid`);

test('reads of one turn share a connection, in their order, and each is counted', async () => {
  const { answer, statements } = await request(() => Promise.all([1, 2, 3, 4, 5].map(read)));
  expect(answer.map((row) => row!.n)).toEqual([1, 2, 3, 4, 5]);
  expect(new Set(answer.map((row) => row!.pid)).size).toBe(1);
  expect(statements).toBe(5);
});

test('more than a connection should take are spread', async () => {
  const { answer } = await request(() => Promise.all(Array.from({ length: 40 }, (_, n) => read(n))));
  expect(answer.map((row) => row!.n)).toEqual(Array.from({ length: 40 }, (_, n) => n));
  expect(new Set(answer.map((row) => row!.pid)).size).toBe(3);
});

test('two requests do not wait for one another', async () => {
  const slow = request(() => it.ctx.db.one('slow', sql`select pg_sleep(1), pg_backend_pid() as pid`));
  const quick = request(() => read(1));
  expect(await Promise.race([slow.then(() => 'slow'), quick.then(() => 'quick')])).toBe('quick');
  await slow;
});

test('one that fails fails alone', async () => {
  const { answer } = await request(() =>
    Promise.allSettled([read(1), it.ctx.db.query('broken', sql`select 1 / ${0}::int`), it.ctx.db.query('wrong', raw('selec')), read(4)]),
  );
  expect(answer.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
  expect((answer[1] as PromiseRejectedResult).reason.code).toBe('22012');
  expect((answer[2] as PromiseRejectedResult).reason.code).toBe('42601');
});

test('a connection that dies fails what was on it, and nothing later', async () => {
  const { answer } = await request(() =>
    Promise.allSettled([read(1), it.ctx.db.query('die', sql`select pg_terminate_backend(pg_backend_pid())`), read(3), read(4)]),
  );
  expect(answer[0]!.status).toBe('fulfilled');
  expect(answer.slice(2).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  const { answer: after } = await request(() => Promise.all([read(5), read(6)]));
  expect(after.map((row) => row!.n)).toEqual([5, 6]);
});
