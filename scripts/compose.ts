// `npm run compose`: composes the four subgraphs into schemas/graphql/supergraph.graphql, offline. Fails on any composition error or hint; with `--check` also
// when the committed file is not what the subgraphs say now, which is how CI notices a forgotten compose.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { inRoot } from './stack/root.ts';
import { SERVICES } from './stack/secrets.ts';
import { Sentence } from './stack/sentence.ts';

const graphql = (name: string) => inRoot('schemas', 'graphql', `${name}.graphql`);

/** A subgraph's whole text: the shared preamble, then its own. */
export function subgraphText(service: string): string {
  return `${readFileSync(graphql('shared'), 'utf8')}\n${readFileSync(graphql(service), 'utf8')}`;
}

/** The supergraph as the subgraphs' files say it now, and what composition remarks. */
export function composeAll(): { supergraph: string; hints: string[] } {
  const services = SERVICES.map((name) => ({ name, url: `http://${name}:4000/graphql`, typeDefs: parsed(name) }));
  const { supergraphSdl, hints, errors } = composeServices(services);
  if (errors) throw new Sentence(`The subgraphs do not compose:\n${errors.map((error) => `  ${error.message}`).join('\n')}`);
  return { supergraph: `${supergraphSdl!.trimEnd()}\n`, hints: hints.map((hint) => `${hint.definition.code}: ${hint.message}`) };
}

function parsed(service: string) {
  try {
    return parse(subgraphText(service));
  } catch (error) {
    throw new Sentence(`schemas/graphql/${service}.graphql (with shared.graphql before it) cannot be parsed: ${(error as Error).message}`);
  }
}

/** Whether the committed supergraph is fresh and free of hints; every complaint is one line. */
export function composeComplaints(): string[] {
  const { supergraph, hints } = composeAll();
  const file = graphql('supergraph');
  const committed = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return [...hints, ...(committed === supergraph ? [] : ['schemas/graphql/supergraph.graphql is stale: run `npm run compose`'])];
}

export function compose(): void {
  const { supergraph, hints } = composeAll();
  if (hints.length > 0)
    throw new Sentence(`Composition gives hints, which are treated as errors:\n${hints.map((hint) => `  ${hint}`).join('\n')}`);
  writeFileSync(graphql('supergraph'), supergraph);
}

if (import.meta.main) {
  const { command } = await import('./stack/command.ts');
  await command(async () => {
    if (process.argv.includes('--check')) {
      const complaints = composeComplaints();
      if (complaints.length > 0) throw new Sentence(complaints.join('\n'));
      return console.log('supergraph.graphql is fresh, no hints');
    }
    compose();
    console.log('wrote schemas/graphql/supergraph.graphql');
  });
}
