// A supergraph file: read, checked, and taken apart into what the gateway needs. One that is not signed for this environment, does not parse,
// names a service without a URL, or holds one field without @access is refused as a whole: serving half of it would be worse than not serving it.
import { readFile } from 'node:fs/promises';
import { type AccessTable, accessTable } from '@customer360/kernel/access';
import { type DocumentNode, Kind, parse } from 'graphql';
import { checkSignature, sha256, signatureFile, type Trust } from './signature.ts';

export interface Supergraph {
  /** The first 12 hexadecimal digits of the file's SHA-256, by which instances and releases are compared. */
  readonly id: string;
  readonly sdl: string;
  /** URL of each service's /graphql. */
  readonly services: ReadonlyMap<string, string>;
  readonly access: AccessTable;
}

/** Why a supergraph is not served. */
export type Refusal = 'unreadable' | 'signature' | 'composition' | 'access';

/** The message is a sentence that an operator can act on. */
export class SupergraphRefused extends Error {
  readonly reason: Refusal;
  constructor(reason: Refusal, message: string) {
    super(message);
    this.reason = reason;
  }
}

export interface SupergraphOptions {
  readonly file: string;
  /** By service; put over the URLs that were composed in. */
  readonly urls: Readonly<Record<string, string>>;
  /** Undefined = unsigned files are served too, as on a developer's machine. */
  readonly trust: Trust | undefined;
}

/** Reads and checks the file, its signature before anything else. Throws SupergraphRefused. */
export async function loadSupergraph({ file, urls, trust }: SupergraphOptions): Promise<Supergraph> {
  const sdl = await readFile(file, 'utf8').catch(() => {
    throw new SupergraphRefused('unreadable', `the supergraph ${file} cannot be read; compose it with \`npm run compose\``);
  });
  if (trust) {
    const signature = await readFile(signatureFile(file), 'utf8').catch(() => {
      throw new SupergraphRefused('signature', `${signatureFile(file)} is missing; sign the supergraph with \`npm run sign\``);
    });
    await checkSignature(sdl, signature, trust).catch((error: Error) => {
      throw new SupergraphRefused('signature', `the supergraph ${file} is refused: ${error.message}`);
    });
  }
  return readSupergraph(sdl, urls);
}

export function readSupergraph(sdl: string, urls: Readonly<Record<string, string>>): Supergraph {
  const document = refusing('composition', () => parse(sdl, { noLocation: true }));
  const services = refusing('composition', () => servicesOf(document, urls));
  const access = refusing('access', () => accessTable(document));
  if (access.missing.length > 0)
    throw new SupergraphRefused('access', `the supergraph has fields without @access: ${access.missing.slice(0, 10).join(', ')}`);
  return { id: sha256(sdl).slice(0, 12), sdl, services, access };
}

function refusing<T>(reason: Refusal, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new SupergraphRefused(reason, (error as Error).message);
  }
}

/** The join spec's `enum join__Graph { CUSTOMER @join__graph(name: "customer", url: "…") … }`, with `urls` over its own. */
function servicesOf(document: DocumentNode, urls: Readonly<Record<string, string>>): Map<string, string> {
  const services = new Map<string, string>();
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.ENUM_TYPE_DEFINITION || definition.name.value !== 'join__Graph') continue;
    for (const value of definition.values ?? []) {
      const given: Record<string, string> = {};
      for (const argument of value.directives?.find((directive) => directive.name.value === 'join__graph')?.arguments ?? []) {
        if (argument.value.kind === Kind.STRING) given[argument.name.value] = argument.value.value;
      }
      if (given.name) services.set(given.name, given.url ?? '');
    }
  }
  if (services.size === 0) throw new Error('the supergraph names no service: it was not composed');
  for (const name of Object.keys(urls))
    if (!services.has(name)) throw new Error(`SUBGRAPH_URLS names "${name}", which is not in the supergraph`);
  for (const [name, url] of services) {
    const chosen = urls[name] ?? url;
    if (!URL.canParse(chosen)) throw new Error(`the service "${name}" has no URL: name one in SUBGRAPH_URLS`);
    services.set(name, chosen);
  }
  return services;
}
