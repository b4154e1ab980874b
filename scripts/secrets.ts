// `npm run --silent secrets > infra/.env`: random secrets of one installation for infra/compose.yaml, so that no default secret exists anywhere. The issuers
// and the first admin are those of the compose file's development profile: replace them in production.
import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { SERVICES } from './stack/secrets.ts';
import { bootstrapAdmin } from './stack/staff.ts';

const password = () => randomBytes(24).toString('base64url');
const { d, ...publicKey } = {
  ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }),
  kid: randomUUID(),
  alg: 'EdDSA',
  use: 'sig',
};
const issuers = ['staff', 'portal', 'service'].map((kind) => {
  const issuer = `http://issuer:4009/${kind}`;
  return { issuer, jwksUri: `${issuer}/.well-known/jwks.json`, audience: 'customer360', kind };
});

const lines = [
  `POSTGRES_PASSWORD=${password()}`,
  ...SERVICES.flatMap((name) => [`${name.toUpperCase()}_OWNER_PASSWORD=${password()}`, `${name.toUpperCase()}_APP_PASSWORD=${password()}`]),
  `INNER_KEY='${JSON.stringify({ ...publicKey, d })}'`,
  `INNER_JWKS='${JSON.stringify({ keys: [publicKey] })}'`,
  `ISSUER_SECRET=${password()}`,
  `AUTH_ISSUERS='${JSON.stringify(issuers)}'`,
  `BOOTSTRAP_ADMIN='${bootstrapAdmin}'`,
];
console.log(lines.join('\n'));
if (process.connected) process.disconnect();
