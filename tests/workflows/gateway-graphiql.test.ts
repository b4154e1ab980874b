// The console of a developer's machine: whole without any network, signed in, with examples that work; and nowhere else. [issue 5, section 4]
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { prepareGraphiql, writeSession } from '../../scripts/graphiql/graphiql.ts';
import { type OwnGateway, ownGateway } from '../support/own-gateway.ts';
import { must, stack } from '../support/stack.ts';

let dir: string;
let gateway: OwnGateway;
let sampleCustomerId: string;
beforeAll(async () => {
  dir = prepareGraphiql(mkdtempSync(join(tmpdir(), 'customer360-graphiql-')));
  gateway = await ownGateway({ GRAPHIQL_DIR: dir });
  const { createCustomer } = await must(
    'sales_manager',
    'mutation { createCustomer(input: { type: INDIVIDUAL, displayName: "Sample" }) { ... on Customer { id } } }',
  );
  sampleCustomerId = createCustomer.id;
}, 60_000);
afterAll(async () => {
  await gateway?.close();
  rmSync(dir, { recursive: true, force: true });
});

const at = (path: string) => new URL(path, gateway.graph);
async function read(path: string): Promise<{ text: string; headers: Headers }> {
  const response = await fetch(at(path));
  expect([path, response.status]).toEqual([path, 200]);
  return { text: await response.text(), headers: response.headers };
}

test('the page refers to its own files only, each is there with its type, and its policy forbids the rest', async () => {
  const page = await read('/');
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  const files = [...page.text.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, url]) => url!).filter((url) => url !== 'data:,');
  expect(files.length).toBe(6);
  const own = [page.text];
  for (const file of files) {
    expect(file).toMatch(/^\/graphiql\//);
    const { text, headers } = await read(file);
    const script = file.endsWith('.js');
    expect([file, headers.get('content-type')]).toEqual([file, `text/${script ? 'javascript' : 'css'}; charset=utf-8`]);
    if (script)
      new Script(text, { filename: file }); // throws on a syntax error
    else expect([...text.matchAll(/@import|url\((?!["']?data:)/g)]).toEqual([]);
    if (/page\./.test(file)) own.push(text);
  }
  expect(own.join().match(/\bhttps?:|\/\/[a-z]/gi)).toBeNull();
  expect(page.text.match(/<script(?![^>]* src=)|\son\w+=|<style|style=/g)).toBeNull();
  const policy = Object.fromEntries(
    page.headers
      .get('content-security-policy')!
      .split('; ')
      .map((part) => part.split(/ (.*)/, 2)),
  );
  expect(policy).toMatchObject({ 'default-src': "'none'", 'script-src': "'self'", 'connect-src': "'self'", 'frame-ancestors': "'none'" });
  expect(page.headers.get('content-security-policy')).not.toMatch(/https?:|\*|unsafe-eval/);
});

test('tokens and examples are in place when the stack is ready, and every example works', async () => {
  expect(JSON.parse((await read('/graphiql/session.json')).text).tokens).toEqual({});
  writeSession(dir, { tokens: stack().tokens, sampleCustomerId });
  const session = JSON.parse((await read('/graphiql/session.json')).text);
  expect(Object.keys(session.tokens)).toEqual(Object.keys(stack().tokens));
  expect(session.operations).toHaveLength(4);
  for (const { query, variables } of session.operations) {
    const response = await fetch(stack().graph, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${session.tokens.sales_manager}` },
      body: JSON.stringify({ query, variables }),
    });
    const answer = (await response.json()) as { data?: object; errors?: object[] };
    expect([answer.errors, Object.values(answer.data ?? {})]).toEqual([undefined, [expect.anything()]]);
  }
});

test('its files are for pages of this machine: no other host name, no other method, no other file', async () => {
  const statusFor = (host: string, path = '/graphiql/session.json') =>
    new Promise<number>((resolve, reject) => {
      request(at(path), { headers: { host } }, (response) => resolve(response.resume().statusCode!))
        .on('error', reject)
        .end();
    });
  const port = at('/').port;
  expect([await statusFor(`localhost:${port}`), await statusFor(`127.0.0.1:${port}`)]).toEqual([200, 200]);
  for (const host of ['evil.example', `evil.example:${port}`, 'localhost.evil.example', '127.0.0.1.evil.example:80']) {
    expect([host, await statusFor(host), await statusFor(host, '/')]).toEqual([host, 403, 403]);
  }
  expect((await fetch(at('/'), { method: 'POST', body: '{}' })).status).toBe(403);
  const { headers } = await read('/graphiql/session.json');
  expect([headers.get('cross-origin-resource-policy'), headers.get('access-control-allow-origin')]).toEqual(['same-origin', null]);
  for (const path of ['/graphiql', '/graphiql/', '/graphiql/..%2fsession.json', '/graphiql/package.json', '/index.html'])
    expect([path, (await fetch(at(path))).status]).toEqual([path, 404]);
});

test('it is there only where it was asked for, and never in production', async () => {
  for (const path of ['/', '/graphiql/session.json', '/graphiql/graphiql.js'])
    expect((await fetch(new URL(path, stack().graph))).status).toBe(404);
  await expect(ownGateway({ GRAPHIQL_DIR: dir, NODE_ENV: 'production' })).rejects.toThrow('code 78');
});
