// The committed supergraph: read, checked, and taken apart into what the gateway needs. A text that does not parse, names a service without
// a URL, or holds one field without @access is refused as a whole: serving half of it would be worse than not starting.
import { readFileSync } from 'node:fs';
import { type AccessTable, accessTable } from '@customer360/kernel/access';
import { type DocumentNode, Kind, parse } from 'graphql';

export interface Supergraph {
  readonly sdl: string;
  /** URL of each service's /graphql. */
  readonly services: ReadonlyMap<string, string>;
  readonly access: AccessTable;
}

/** Reads the file; `urls` overrides the URLs that were composed in. Throws with a sentence an operator can act on. */
export function loadSupergraph(file: string, urls: Readonly<Record<string, string>>): Supergraph {
  let sdl: string;
  try {
    sdl = readFileSync(file, 'utf8');
  } catch {
    throw new Error(`the supergraph ${file} cannot be read; compose it with \`npm run compose\``);
  }
  return readSupergraph(sdl, urls);
}

export function readSupergraph(sdl: string, urls: Readonly<Record<string, string>>): Supergraph {
  const document = parse(sdl, { noLocation: true });
  const services = servicesOf(document);
  if (services.size === 0) throw new Error('the supergraph names no service: it was not composed');
  for (const name of Object.keys(urls))
    if (!services.has(name)) throw new Error(`SUBGRAPH_URLS names "${name}", which is not in the supergraph`);
  for (const [name, url] of services) {
    const chosen = urls[name] ?? url;
    if (!URL.canParse(chosen)) throw new Error(`the service "${name}" has no URL: name one in SUBGRAPH_URLS`);
    services.set(name, chosen);
  }
  const access = accessTable(document);
  if (access.missing.length > 0) throw new Error(`the supergraph has fields without @access: ${access.missing.slice(0, 10).join(', ')}`);
  return { sdl, services, access };
}

/** The join spec's `enum join__Graph { CUSTOMER @join__graph(name: "customer", url: "…") … }`. */
function servicesOf(document: DocumentNode): Map<string, string> {
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
  return services;
}
