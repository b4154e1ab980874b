// Which rows a caller may see (api.md, "Who may do what"): customer-data's rule over this service's own tables; deleted rows only an admin, dpo or
// auditor who asks. Out of scope is not found, never forbidden.
import { inScope } from '@customer360/customer-data/scope';
import { type Actor, hasRole } from '@customer360/kernel/actor';
import { type FilterField, field } from '@customer360/kernel/filter';
import { forbidden } from '@customer360/kernel/problem';
import { raw, type Sql, sql } from '@customer360/kernel/sql';

/** Boolean SQL: may the actor see the customer under this alias? Leaves soft-deleted rows out unless they were asked for. */
export function visibleCustomer(actor: Actor, alias: string, includeDeleted = false): Sql {
  const scope = inScope(actor, {
    id: raw(`${alias}.id`),
    ownerId: raw(`${alias}.owner_id`),
    processingRestricted: raw(`${alias}.processing_restricted`),
    teamOf,
    survivorOf,
  });
  return includeDeleted ? scope : sql`(${raw(alias)}.deleted_at is null and ${scope})`;
}

/** The same of a child row `t` with its customer `c`; deleted children go with deleted customers. */
export const visibleChild = (actor: Actor, includeDeleted: boolean): Sql =>
  includeDeleted ? visibleCustomer(actor, 'c', true) : sql`${visibleCustomer(actor, 'c')} and t.deleted_at is null`;

const teamOf = (staffId: string): Sql =>
  sql`select mate.id from staff_member me join staff_member mate on mate.team = me.team where me.id = ${staffId}::uuid and me.deleted_at is null`;

/** Throws FORBIDDEN when somebody asks for deleted rows who may not see them. */
export function mayIncludeDeleted(actor: Actor, includeDeleted: boolean | null | undefined): boolean {
  if (!includeDeleted) return false;
  if (hasRole(actor, 'admin', 'dpo', 'auditor')) return true;
  throw forbidden('includeDeleted: only an admin, a dpo or an auditor sees deleted rows', { field: 'includeDeleted' });
}

/** Where this customer id leads now: itself, or the survivor of a merge. */
export const survivorOf = (id: Sql): Sql => sql`coalesce((select led.merged_into from customer led where led.id = ${id}), ${id})`;

/** A filter field over a column of customer ids: a retired id finds the survivor's rows. [WF-CM-002] */
export const customerField = (column: string): FilterField => ({ ...field(column, 'uuid'), means: survivorOf });
