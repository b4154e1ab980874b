// What only this machine may know: passwords, the gateway's inner key, the secrets of the development doors. Made once per stack folder,
// kept in secrets.json (mode 0600), never in git, so that a second start opens the same databases.
import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivate } from './files.ts';
import { Sentence } from './sentence.ts';

export const SERVICES = ['customer', 'interaction', 'lifecycle', 'compliance'] as const;
export type ServiceName = (typeof SERVICES)[number];

export interface Secrets {
  /** Password of the embedded Postgres's superuser. */
  postgres: string;
  databases: Record<ServiceName, { owner: string; app: string; superuser: string }>;
  /** Guards the issuer's token endpoint. */
  issuer: string;
  /** Guards the control door of test stacks. */
  control: string;
  /** Private Ed25519 JWK with which the gateway signs inner tokens. */
  innerKey: Record<string, string>;
}

const password = () => randomBytes(24).toString('base64url');

export function readSecrets(dir: string): Secrets {
  const file = join(dir, 'secrets.json');
  if (existsSync(file)) {
    try {
      return JSON.parse(readFileSync(file, 'utf8'));
    } catch {
      throw new Sentence(`${file} cannot be read: \`npm run reset\` starts anew.`);
    }
  }
  const innerKey = { ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), kid: randomUUID(), alg: 'EdDSA', use: 'sig' };
  const secrets: Secrets = {
    postgres: password(),
    databases: Object.fromEntries(
      SERVICES.map((name) => [name, { owner: password(), app: password(), superuser: '' }]),
    ) as Secrets['databases'],
    issuer: password(),
    control: password(),
    innerKey: innerKey as unknown as Record<string, string>,
  };
  writePrivate(file, secrets);
  return secrets;
}

/** The JWKS that services get: the public half only. */
export function publicJwks({ innerKey: { d: _, ...key } }: Secrets): string {
  return JSON.stringify({ keys: [key] });
}
