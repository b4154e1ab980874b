// `npm run sign -- <environment> [file]`: signs a supergraph for one environment, the last step of the pipeline that releases it; the signature goes
// beside the file. SUPERGRAPH_KEY holds the private key; `npm run --silent sign -- --new-key` makes one. docs/runbooks/deploy-a-subgraph.md tells all of it.
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { signatureFile, signSupergraph } from '../gateway/src/signature.ts';
import { command } from './stack/command.ts';
import { inRoot } from './stack/root.ts';
import { Sentence } from './stack/sentence.ts';

const USAGE = 'Usage: npm run sign -- <environment> [file], with the private key in SUPERGRAPH_KEY; or npm run --silent sign -- --new-key';

await command(async () => {
  const [environment, file = inRoot('schemas', 'graphql', 'supergraph.graphql')] = process.argv.slice(2);
  if (environment === '--new-key') return printNewKey();
  if (!environment || environment.startsWith('-') || process.argv.length > 4) throw new Sentence(USAGE);
  const signature = await signSupergraph(textOf(file), environment, keyFromEnvironment());
  writeFileSync(signatureFile(file), `${signature}\n`);
  console.log(`wrote ${signatureFile(file)}, for ${environment}`);
});

function textOf(file: string): string {
  try {
    return readFileSync(resolve(file), 'utf8');
  } catch {
    throw new Sentence(`${file} cannot be read.`);
  }
}

function keyFromEnvironment(): Record<string, string> {
  const text = process.env.SUPERGRAPH_KEY;
  if (!text) throw new Sentence(`SUPERGRAPH_KEY is not set. ${USAGE}`);
  try {
    const key = JSON.parse(text);
    if (key.kty === 'OKP' && key.crv === 'Ed25519' && key.d && key.kid) return key;
  } catch {}
  throw new Sentence('SUPERGRAPH_KEY must be a private Ed25519 JWK as JSON, with a kid.');
}

function printNewKey(): void {
  const key = { ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), kid: randomUUID(), alg: 'EdDSA', use: 'sig' };
  const { d: _, ...publicKey } = key;
  console.log(`SUPERGRAPH_KEY='${JSON.stringify(key)}'`);
  console.log(`SUPERGRAPH_JWKS='${JSON.stringify({ keys: [publicKey] })}'`);
}
