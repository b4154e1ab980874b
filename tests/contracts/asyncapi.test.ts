// asyncapi.yaml and the SDK's types are what the schemas say now, the document is valid AsyncAPI 3 by the reference parser, and no topic is missing.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { asyncapi, readContracts, sdkTypes } from '../../scripts/asyncapi.ts';

const root = join(import.meta.dirname, '../..');
const contracts = readContracts(join(root, 'schemas'));
const document = readFileSync(join(root, 'schemas/asyncapi.yaml'), 'utf8');

test('asyncapi.yaml and the types of the SDK are fresh: `npm run asyncapi`', () => {
  expect(document === asyncapi(contracts)).toBe(true);
  expect(readFileSync(join(root, 'packages/events/src/generated/contracts.ts'), 'utf8') === sdkTypes(contracts)).toBe(true);
});

test('every topic is a channel with an operation, and every event type is a message of exactly one', () => {
  const { channels, operations } = parse(document);
  const addresses = Object.values<any>(channels).map(({ address }) => address);
  expect(addresses.sort()).toEqual(contracts.topics.map(({ name }) => name).sort());
  const used = Object.values<any>(operations).map(({ action, channel }) => `${action} ${channel.$ref}`);
  expect(used).toHaveLength(contracts.topics.length);
  for (const { name, kind } of contracts.topics)
    expect(used).toContain(`${kind === 'inbound' ? 'receive' : 'send'} #/channels/${name.replaceAll(/[^A-Za-z0-9]/g, '_')}`);
  const messages = Object.values<any>(channels).flatMap((channel) => Object.keys(channel.messages));
  expect(messages.sort()).toEqual(contracts.events.map(({ $id }) => $id).sort());
});

// The parser is a large CommonJS tree: a process of its own loads it in a second, jest's module loader in ten.
const VALIDATE = `
import { readFileSync } from 'node:fs';
import { Parser } from '@asyncapi/parser';
const { document, diagnostics } = await new Parser().parse(readFileSync(0, 'utf8'));
const errors = diagnostics.filter(({ severity }) => severity === 0).map(({ message, path }) => message + ' at ' + path.join('/'));
console.log(JSON.stringify({ errors, channels: document?.channels().length ?? 0 }));`;

async function validate(text: string): Promise<{ errors: string[]; channels: number }> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const running = promisify(execFile)(process.execPath, ['--no-deprecation', '--input-type=module', '-e', VALIDATE], {
    cwd: join(root, 'tests'),
    env,
  });
  running.child.stdin!.end(text);
  return JSON.parse((await running).stdout);
}

test('the reference parser finds no error in it, and does find a planted one', async () => {
  const [good, bad] = await Promise.all([validate(document), validate(document.replace('action: send', 'action: shout'))]);
  expect(good).toEqual({ errors: [], channels: contracts.topics.length });
  expect(bad.errors.length).toBeGreaterThan(0);
}, 60_000);
