// Turns of one actor, with operations that end when the test says so.
import type { HTTPGraphQLResponse } from '@apollo/server';
import { expect, test } from '@jest/globals';
import type { GatewayContext } from './context.ts';
import type { Graph } from './graph.ts';
import { inTurns } from './turns.ts';

function bench(most: number) {
  const running: Array<{ name: string; end(error?: Error): void }> = [];
  const rejected: string[] = [];
  const execute = async ({ context }: Parameters<Graph['execute']>[0]) => {
    const { requestId } = await context();
    await new Promise<void>((resolve, reject) => running.push({ name: requestId, end: (error) => (error ? reject(error) : resolve()) }));
    return requestId as unknown as HTTPGraphQLResponse;
  };
  const turns = inTurns(most, execute, (reason) => rejected.push(reason));
  const ask = (id: string, name: string) =>
    turns({
      httpGraphQLRequest: undefined as never,
      context: async () => ({ actor: { kind: 'STAFF', id, roles: [] }, requestId: name }) as unknown as GatewayContext,
    });
  const rest = () => new Promise((done) => setImmediate(done));
  return { ask, rest, rejected, running, names: () => running.map(({ name }) => name) };
}

test('one actor has so many operations at once, the next wait in order, and another actor does not wait for them', async () => {
  const it = bench(2);
  const answers = ['a', 'b', 'c', 'd'].map((name) => it.ask('greedy', name));
  const other = it.ask('modest', 'other');
  await it.rest();
  expect(it.names()).toEqual(['a', 'b', 'other']);
  it.running[0]!.end();
  await it.rest();
  expect(it.names()).toEqual(['a', 'b', 'other', 'c']);
  it.running[1]!.end(new Error('failed'));
  await expect(answers[1]).rejects.toThrow('failed');
  await it.rest();
  expect(it.names()).toEqual(['a', 'b', 'other', 'c', 'd']);
  for (const { end } of it.running) end();
  expect(await Promise.all([answers[0], answers[2], answers[3], other])).toEqual(['a', 'c', 'd', 'other']);
});

test('a full line refuses at once and says how many are meant, and the next is taken when it is shorter', async () => {
  const it = bench(1);
  const answers = Array.from({ length: 17 }, (_, i) => it.ask('greedy', String(i)));
  await it.rest();
  await expect(it.ask('greedy', 'too many')).rejects.toMatchObject({
    extensions: { code: 'RATE_LIMITED', limit: 'requestsInFlight', max: 1, retryAfterMs: 1_000 },
  });
  expect(it.rejected).toEqual(['rate']);
  for (let i = 0; i < 17; i++) {
    it.running[i]!.end();
    await it.rest();
  }
  await Promise.all(answers);
  const again = it.ask('greedy', 'again');
  await it.rest();
  it.running[17]!.end();
  expect(await again).toBe('again');
});
