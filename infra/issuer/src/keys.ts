// One Ed25519 key per issuer, kept in one file so that tokens stay valid across a restart.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';

export const KINDS = ['staff', 'portal', 'service'] as const;
export type Kind = (typeof KINDS)[number];
export type Keys = Record<Kind, JWK & { kid: string }>;

export async function loadKeys(file: string): Promise<Keys> {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  const keys = {} as Keys;
  for (const kind of KINDS) {
    const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
    const jwk = await exportJWK(privateKey);
    keys[kind] = { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: 'EdDSA', use: 'sig' };
  }
  writeFileSync(`${file}.new`, JSON.stringify(keys), { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return keys;
}

/** What the world may see of a key. */
export function publicKey({ kty, crv, x, kid, alg, use }: JWK): JWK {
  return { kty, crv, x, kid, alg, use };
}
