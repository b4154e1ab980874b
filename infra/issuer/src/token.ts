// What a development token says. The kinds are the three issuers of api.md: staff, portal (a customer, always with role customer) and
// service (an integration). A negative ttl gives an expired token, which tests need.
import { importJWK, SignJWT } from 'jose';
import { z } from 'zod';
import type { Keys, Kind } from './keys.ts';

const role = z.enum(['admin', 'sales_manager', 'sales_rep', 'support_rep', 'marketing', 'dpo', 'auditor', 'integration', 'customer']);

export const tokenRequest = z.strictObject({
  sub: z.string().min(1).max(200),
  roles: z.array(role).max(9).optional(),
  customer_id: z.uuid().optional(),
  contact_id: z.uuid().optional(),
  ttl: z.number().int().min(-86_400).max(31_536_000).default(3600),
});
export type TokenRequest = z.infer<typeof tokenRequest>;

const fixedRoles: Partial<Record<Kind, string[]>> = { portal: ['customer'], service: ['integration'] };

export async function mint(keys: Keys, kind: Kind, issuer: string, request: TokenRequest): Promise<string> {
  const key = keys[kind];
  const now = Math.floor(Date.now() / 1000);
  const roles = request.roles ?? fixedRoles[kind] ?? [];
  const { customer_id, contact_id } = request;
  return new SignJWT({ roles, ...(customer_id && { customer_id }), ...(contact_id && { contact_id }) })
    .setProtectedHeader({ alg: 'EdDSA', kid: key.kid, typ: 'JWT' })
    .setIssuer(issuer)
    .setAudience('customer360')
    .setSubject(request.sub)
    .setIssuedAt(Math.min(now, now + request.ttl))
    .setExpirationTime(now + request.ttl)
    .sign(await importJWK(key, 'EdDSA'));
}
