// What a restriction of processing means for a write by staff (docs/decisions/0005): refused, except by dpo and admin, because rectification is
// often why it is restricted. Facts of other modules are stored all the same. [Right to Restriction]
import { type Actor, hasRole } from '@customer360/kernel/actor';
import { type Problem, problem } from '@customer360/kernel/problem';

export type ProcessingRestricted = Problem<'ProcessingRestricted', { customerId: string }>;

/** The refusal of a write for a restricted customer, if this actor's is refused. */
export function refuseRestricted(
  customer: { readonly id: string; readonly processingRestricted: boolean },
  actor: Actor,
): ProcessingRestricted | undefined {
  if (!customer.processingRestricted || actor.kind === 'SYSTEM' || hasRole(actor, 'dpo', 'admin')) return undefined;
  return problem('ProcessingRestricted', 'processing of this customer is restricted; ask a dpo or an admin', { customerId: customer.id });
}
