// The safelist: only operations that a client team released may run, whoever asks. It is the manifest of Apollo's tools (SAFELIST_FILE), followed
// when it changes. An operation is listed by its id (sent in place of a text) or by its text, in which spaces, commas and comments do not count.
// Judged before Apollo sees the request, so that an unlisted text is neither parsed nor validated: its errors would tell of the schema. [issue 5, section 4]
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ApolloServer, HTTPGraphQLRequest } from '@apollo/server';
import type { Log } from '@customer360/kernel/log';
import { GraphQLError, Lexer, parse, Source, TokenKind } from 'graphql';
import { z } from 'zod';
import type { GatewayContext } from './context.ts';
import { watchFiles } from './file-watch.ts';
import { reject, unlisted } from './metrics.ts';

const manifest = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(
    z.object({ id: z.string().min(1), name: z.string(), type: z.enum(['query', 'mutation', 'subscription']), body: z.string() }),
  ),
});

/** The listed operations of one manifest. */
export interface Listed {
  readonly size: number;
  /** The text that stands behind an id, or behind the SHA-256 of a text. */
  textOf(id: string): string | undefined;
  has(text: string): boolean;
}

/** Reads a manifest; throws a sentence when it is none, has an id twice, or a body that cannot be parsed. */
export function readManifest(text: string, maxTokens: number): Listed {
  const { operations } = manifest.parse(JSON.parse(text));
  const byId = new Map<string, string>();
  const bodies = new Set<string>();
  for (const { id, name, body } of operations) {
    if (byId.has(id)) throw new Error(`the id ${id} stands in it twice`);
    byId.set(id, body);
    try {
      parse(body, { maxTokens, noLocation: true });
    } catch (error) {
      throw new Error(`the operation ${name} cannot be parsed: ${(error as Error).message}`);
    }
    bodies.add(normalForm(body, maxTokens) as string);
  }
  for (const { body } of operations) if (!byId.has(sha256(body))) byId.set(sha256(body), body);
  return {
    size: operations.length,
    textOf: (id) => byId.get(id),
    has: (asked) => bodies.has(normalForm(asked, maxTokens) ?? ''),
  };
}

/** The tokens of a text; undefined when it has too many, or something in it is none. */
function normalForm(text: string, maxTokens: number): string | undefined {
  const tokens: string[] = [];
  try {
    const lexer = new Lexer(new Source(text));
    for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
      if (tokens.length === maxTokens) return undefined;
      tokens.push(token.value === undefined ? token.kind : `${token.kind} ${JSON.stringify(token.value)}`);
    }
  } catch {
    return undefined;
  }
  return tokens.join('\n');
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

type Execute = ApolloServer<GatewayContext>['executeHTTPGraphQLRequest'];

export interface Safelist {
  /** Runs what is listed; refuses the rest, or with SAFELIST_MODE=warn runs and reports it. */
  readonly execute: Execute;
  /** For /readyz; `refused` = the file as it is now is no manifest, and the one before is in force. */
  state(): { mode: string; operations: number; refused?: string };
  close(): void;
}

export interface SafelistOptions {
  readonly file: string;
  readonly mode: 'enforce' | 'warn';
  readonly maxTokens: number;
  readonly execute: Execute;
  readonly log: Log;
}

/** Opens SAFELIST_FILE before `execute`. Throws a sentence when there is nothing to begin with. */
export async function openSafelist({ file, mode, maxTokens, execute, log }: SafelistOptions): Promise<Safelist> {
  const load = async () => readManifest(await readFile(file, 'utf8'), maxTokens);
  let listed = await load().catch((error: Error) => {
    throw new Error(`the safelist ${file} is refused: ${error.message}`);
  });
  let refused: string | undefined;
  const watch = watchFiles([file], async () => {
    try {
      listed = await load();
      refused = undefined;
      log.info({ operations: listed.size }, 'safelist applied');
    } catch (error) {
      refused = (error as Error).message.slice(0, 200);
      log.error({ detail: refused, operations: listed.size }, 'safelist refused, the one before stays');
    }
  });

  /** Counts and reports an unlisted operation; throws unless it may run. */
  function judge({ text, id, operationName }: Asked, { requestId, actor }: GatewayContext): void {
    unlisted.inc({ outcome: mode === 'warn' ? 'allowed' : 'refused' });
    const hash = text === undefined ? id : sha256(text);
    log.warn({ requestId, operation: operationName?.slice(0, 100), hash, actor: actor.kind, mode }, 'the operation is not in the safelist');
    if (mode === 'warn') return;
    reject('safelist');
    throw text === undefined ? notInList() : notInSafelist();
  }

  return {
    async execute(request) {
      const asked = readRequest(request.httpGraphQLRequest);
      const { text, id } = asked;
      const body = text === undefined && id !== undefined ? listed.textOf(id) : undefined;
      if (body !== undefined) return execute({ ...request, httpGraphQLRequest: withText(request.httpGraphQLRequest, body) });
      // Without either, Apollo says what is missing.
      if ((text === undefined && id === undefined) || (text !== undefined && listed.has(text))) return execute(request);
      return execute({
        ...request,
        context: async () => {
          const context = await request.context();
          judge(asked, context);
          return context;
        },
      });
    },
    state: () => ({ mode, operations: listed.size, ...(refused && { refused }) }),
    close: watch.close,
  };
}

interface Asked {
  readonly text?: string | undefined;
  /** `extensions.persistedQuery.sha256Hash`, as Apollo's clients send an id. */
  readonly id?: string | undefined;
  readonly operationName?: string | undefined;
}

/** What Apollo will read from the request; what it will refuse may be read as anything. */
function readRequest({ method, body, search }: HTTPGraphQLRequest): Asked {
  if (method === 'POST') return readParts((body ?? {}) as Record<string, unknown>);
  const parameters = new URLSearchParams(search);
  return readParts({ ...Object.fromEntries(parameters), extensions: jsonIn(parameters.get('extensions')) });
}

function readParts({ query, extensions, operationName }: Record<string, unknown>): Asked {
  const persisted = (extensions as { persistedQuery?: { sha256Hash?: unknown } } | null | undefined)?.persistedQuery;
  return {
    text: typeof query === 'string' ? query : undefined,
    id: persisted ? (typeof persisted.sha256Hash === 'string' ? persisted.sha256Hash : '') : undefined,
    operationName: typeof operationName === 'string' ? operationName : undefined,
  };
}

function jsonIn(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The request with the listed text in place of the id. */
function withText(request: HTTPGraphQLRequest, text: string): HTTPGraphQLRequest {
  if (request.method === 'POST') {
    const { extensions, ...body } = request.body as { extensions: Record<string, unknown> };
    return { ...request, body: { ...body, query: text, extensions: withoutId(extensions) } };
  }
  const parameters = new URLSearchParams(request.search);
  parameters.set('query', text);
  parameters.set('extensions', JSON.stringify(withoutId(jsonIn(parameters.get('extensions')) as Record<string, unknown>)));
  return { ...request, search: `?${parameters}` };
}

const withoutId = ({ persistedQuery: _, ...rest }: Record<string, unknown>): Record<string, unknown> => rest;

const notInSafelist = (): GraphQLError =>
  new GraphQLError('this operation is not in the safelist: only operations that a client released may run; have it added to the manifest', {
    extensions: { code: 'QUERY_NOT_IN_SAFELIST', http: { status: 403 } },
  });

const notInList = (): GraphQLError =>
  new GraphQLError('no operation of the safelist has this id: have the operation added to the manifest, sending its text will not help', {
    extensions: { code: 'PERSISTED_QUERY_NOT_IN_LIST', http: { status: 403 } },
  });
