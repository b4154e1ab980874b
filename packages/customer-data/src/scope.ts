// Who sees which customer (docs/decisions/0004), one rule: the customer service asks it of its own table, every other service of its directory.
import { type Actor, hasRole, type Role } from '@customer360/kernel/actor';
import { isUuid } from '@customer360/kernel/scalars';
import { join, raw, type Sql, sql } from '@customer360/kernel/sql';

/** Where a service keeps what the rule asks of a customer. */
export interface ScopeColumns {
  readonly id: Sql;
  readonly ownerId: Sql;
  readonly processingRestricted: Sql;
  /** A query for the ids of the staff in the team of this member of staff. */
  teamOf(staffId: string): Sql;
  /** Where this customer id leads: a portal user whose record was merged is the survivor. [WF-CM-002] */
  survivorOf(id: Sql): Sql;
}

const SEES_ALL: readonly Role[] = ['admin', 'sales_manager', 'support_rep', 'dpo', 'auditor', 'integration'];

/** Boolean SQL: is the customer in the actor's scope, deleted or not? A token with several roles sees the union. */
export function inScope(actor: Actor, customer: ScopeColumns): Sql {
  if (actor.kind === 'SYSTEM' || hasRole(actor, ...SEES_ALL)) return raw('true');
  const scopes: Sql[] = [];
  // Marketing is processing: a restricted customer is out of its sight (GDPR Art. 18).
  if (hasRole(actor, 'marketing')) scopes.push(sql`not ${customer.processingRestricted}`);
  if (hasRole(actor, 'sales_rep')) {
    scopes.push(sql`${customer.ownerId} is null`);
    if (isUuid(actor.id))
      scopes.push(sql`${customer.ownerId} = ${actor.id}::uuid`, sql`${customer.ownerId} in (${customer.teamOf(actor.id)})`);
  }
  if (hasRole(actor, 'customer') && isUuid(actor.customerId))
    scopes.push(sql`${customer.id} = ${customer.survivorOf(sql`${actor.customerId}::uuid`)}`);
  return scopes.length > 0 ? sql`(${join(scopes, raw(' or '))})` : raw('false');
}
