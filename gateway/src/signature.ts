// Who may change the graph: a supergraph is signed for one environment by the pipeline that released it, so that neither a file altered on the
// way nor the staging graph in production is ever served. The signature is a JWT (EdDSA) beside the file, over its SHA-256. [issue 5, section 4]
import { createHash } from 'node:crypto';
import { createLocalJWKSet, importJWK, type JSONWebKeySet, type JWK, jwtVerify, SignJWT } from 'jose';

/** Told apart from every other token by its header, whatever key signed it. */
const TYPE = 'supergraph+jwt';

/** What a gateway believes: signatures by these keys, for this environment. */
export interface Trust {
  readonly environment: string;
  readonly jwks: JSONWebKeySet;
}

/** Where the signature of a supergraph lies. */
export const signatureFile = (supergraphFile: string): string => `${supergraphFile}.jws`;

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Signs a supergraph's text for an environment with a private Ed25519 JWK that has a `kid`. */
export async function signSupergraph(text: string, environment: string, key: JWK): Promise<string> {
  return new SignJWT({ environment, sha256: sha256(text) })
    .setProtectedHeader({ alg: 'EdDSA', kid: key.kid, typ: TYPE })
    .setIssuedAt()
    .sign(await importJWK(key, 'EdDSA'));
}

/** Throws a sentence unless `signature` is of one of the keys, for the environment, over exactly this text. */
export async function checkSignature(text: string, signature: string, trust: Trust): Promise<void> {
  const { payload } = await jwtVerify(signature.trim(), createLocalJWKSet(trust.jwks), { algorithms: ['EdDSA'], typ: TYPE }).catch(
    (error) => {
      throw new Error(`the signature is not of a key in SUPERGRAPH_JWKS (${error.code ?? error.message})`);
    },
  );
  if (payload.environment !== trust.environment) {
    throw new Error(`it was signed for the environment "${payload.environment}", this one is "${trust.environment}"`);
  }
  if (payload.sha256 !== sha256(text)) throw new Error('it is not the text that was signed');
}
