// The audit trail in the graph: translation only.
import { customerReference } from '@customer360/customer-data/directory';
import type { ListArgs } from '@customer360/kernel/list';
import { notFound } from '@customer360/kernel/problem';
import type { Context } from '../context.ts';
import type { AuditEntry } from './audit.ts';
import { verifyAuditTrail } from './verify-audit-trail.ts';

async function requireReadable(ctx: Context, customerId: string): Promise<{ id: string }> {
  const customer = await customerReference(ctx, customerId);
  if (!customer) throw notFound('Customer', customerId, 'customerId');
  return customer;
}

export const auditResolvers = {
  Query: {
    async auditTrail(_: unknown, { customerId, ...args }: ListArgs & { customerId: string }, ctx: Context) {
      return ctx.loaders.audit.ofCustomer((await requireReadable(ctx, customerId)).id, args);
    },
    async verifyAuditTrail(_: unknown, { customerId }: { customerId: string }, ctx: Context) {
      await requireReadable(ctx, customerId);
      return verifyAuditTrail(ctx.db, customerId);
    },
  },
  AuditEntry: {
    actor: ({ actorKind, actorId }: AuditEntry) => ({ kind: actorKind, id: actorId }),
  },
};
