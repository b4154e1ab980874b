// Which rows a caller may see (api.md, "Who may do what"): a sales_rep the own, the team's and the pool's customers, a portal customer one,
// marketing none that are restricted or objected; deleted rows only an admin, dpo or auditor who asks. Out of scope is not found, never forbidden.
import { type Actor, hasRole, type Role } from '@customer360/kernel/actor';
import { forbidden } from '@customer360/kernel/problem';
import { isUuid } from '@customer360/kernel/scalars';
import { join, raw, type Sql, sql } from '@customer360/kernel/sql';

const SEES_ALL: readonly Role[] = ['admin', 'sales_manager', 'support_rep', 'dpo', 'auditor', 'integration'];

/** Boolean SQL: may the actor see the customer under this alias? Leaves soft-deleted rows out unless they were asked for. */
export function visibleCustomer(actor: Actor, alias: string, includeDeleted = false): Sql {
  const scope = scopeOf(actor, alias);
  return includeDeleted ? scope : sql`(${raw(alias)}.deleted_at is null and ${scope})`;
}

function scopeOf(actor: Actor, alias: string): Sql {
  if (actor.kind === 'SYSTEM' || hasRole(actor, ...SEES_ALL)) return raw('true');
  const c = raw(alias);
  const scopes: Sql[] = [];
  if (hasRole(actor, 'marketing')) scopes.push(sql`not (${c}.processing_restricted or ${c}.do_not_process)`);
  if (hasRole(actor, 'sales_rep')) {
    const me = isUuid(actor.id) ? actor.id : null;
    scopes.push(sql`(${c}.owner_id is null or ${c}.owner_id = ${me}::uuid or ${c}.owner_id in (
      select mate.id from staff_member me join staff_member mate on mate.team = me.team where me.id = ${me}::uuid and me.deleted_at is null))`);
  }
  if (hasRole(actor, 'customer') && isUuid(actor.customerId)) scopes.push(sql`${c}.id = ${actor.customerId}::uuid`);
  return scopes.length > 0 ? sql`(${join(scopes, raw(' or '))})` : raw('false');
}

/** Throws FORBIDDEN when somebody asks for deleted rows who may not see them. */
export function mayIncludeDeleted(actor: Actor, includeDeleted: boolean | null | undefined): boolean {
  if (!includeDeleted) return false;
  if (hasRole(actor, 'admin', 'dpo', 'auditor')) return true;
  throw forbidden('includeDeleted: only an admin, a dpo or an auditor sees deleted rows', { field: 'includeDeleted' });
}
