// The fuzzer's door to a running stack: the graph over HTTP, the schema as a client sees it, and what the operating system says of the processes.
import { existsSync, readFileSync } from 'node:fs';
import { buildClientSchema, type GraphQLSchema, getIntrospectionQuery } from 'graphql';
import type { Answered } from './findings.ts';

/** What the fuzzer needs of a stack's description (stack.json). */
export interface Target {
  readonly graph: string;
  readonly services: Readonly<Record<string, { url: string; pid: number }>>;
  readonly issuer: { url: string; pid: number };
  /** A token per role; `customer` is made for the fuzzer's own customer. */
  readonly tokens: Readonly<Record<string, string>>;
  readonly staff: Readonly<Record<string, string>>;
}

const PATIENCE_MS = 60_000;

/** Posts a body as it is; a connection that breaks is an answer too, so that it becomes a finding. */
export async function send(
  graph: string,
  token: string | undefined,
  body: string,
  headers: Record<string, string> = {},
): Promise<Answered> {
  try {
    const response = await fetch(graph, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }), ...headers },
      body,
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    return { status: 0, text: `no answer: ${(error as { cause?: { code?: string } }).cause?.code ?? (error as Error).name}` };
  }
}

/** An operation that must succeed, for the fuzzer's own rows. */
export async function must(target: Target, role: string, query: string, variables: object = {}): Promise<any> {
  const { text } = await send(target.graph, target.tokens[role], JSON.stringify({ query, variables }));
  const { data, errors } = JSON.parse(text);
  if (errors) throw new Error(`the fuzzer's world could not be made: ${JSON.stringify(errors)}`);
  return data;
}

export async function schemaOf(target: Target): Promise<GraphQLSchema> {
  return buildClientSchema(await must(target, 'admin', getIntrospectionQuery({ descriptions: false })));
}

export const pidsOf = (target: Target): Record<string, number> => ({
  ...Object.fromEntries(Object.entries(target.services).map(([name, { pid }]) => [name, pid])),
  issuer: target.issuer.pid,
});

/** Which of the stack's processes do not answer /healthz, or are gone. */
export async function unhealthy(target: Target): Promise<string[]> {
  const urls = { ...target.services, issuer: target.issuer };
  const bad = await Promise.all(
    Object.entries(urls).map(async ([name, { url, pid }]) => {
      const ok = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(20_000) }).then(
        (response) => response.ok,
        () => false,
      );
      return ok && isAlive(pid) ? undefined : name;
    }),
  );
  return bad.filter((name) => name !== undefined);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Resident memory of each process in MiB; empty where the system does not tell (it is read from /proc). */
export function residentMiB(target: Target): Record<string, number> {
  const sizes: Record<string, number> = {};
  for (const [name, pid] of Object.entries(pidsOf(target))) {
    const file = `/proc/${pid}/statm`;
    if (existsSync(file)) sizes[name] = (Number(readFileSync(file, 'utf8').split(' ')[1]) * 4_096) / 1_048_576;
  }
  return sizes;
}
