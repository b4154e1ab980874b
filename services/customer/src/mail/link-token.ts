// The secret of a mailed link: 256 random bits, of which only the hash is kept. There is nothing in it to forge, so it needs no signature; whoever reads
// the database finds no link.
import { createHash, randomBytes } from 'node:crypto';

/** A new secret. */
export const newToken = (): string => randomBytes(32).toString('base64url');

/** What is kept of it. */
export const tokenHash = (token: string): string => createHash('sha256').update(token).digest('base64url');
