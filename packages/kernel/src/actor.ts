// Who acts. One small value travels from the token to the row (`created_by_kind`, `created_by_id`), the event header and the audit entry.
// The catalogue's `created_by → User` becomes { kind, id }, because imports, mail and customers create rows too (decisions page).

/** The nine roles of the product (api.md, "Who may do what"). */
export const ROLES = [
  'admin',
  'sales_manager',
  'sales_rep',
  'support_rep',
  'marketing',
  'dpo',
  'auditor',
  'integration',
  'customer',
] as const;
export type Role = (typeof ROLES)[number];

/** Groups that @access may name besides single roles. */
export const ROLE_GROUPS: Readonly<Record<string, readonly Role[]>> = {
  any: ROLES,
  staff: ['admin', 'sales_manager', 'sales_rep', 'support_rep', 'marketing', 'dpo', 'auditor'],
};

export type ActorKind = 'STAFF' | 'CUSTOMER' | 'IMPORT' | 'EMAIL_SYNC' | 'API' | 'SYSTEM';

/** The caller of an operation, or the system itself. */
export interface Actor {
  readonly kind: ActorKind;
  /** Staff id, portal subject or client id; within its kind. */
  readonly id: string;
  readonly roles: readonly Role[];
  /** Portal users only: the one customer they are. */
  readonly customerId?: string;
  /** Portal users only: the contact that they are, where the issuer says so. */
  readonly contactId?: string;
  /** Where the call came from, if the gateway said so; personal, never logged. */
  readonly ip?: string;
  /** Portal users only: with what the call was made, for the log of their changes; personal, never logged elsewhere. */
  readonly userAgent?: string;
}

/** Rules, schedules and consumers of other modules' events act as the system. */
export const SYSTEM: Actor = { kind: 'SYSTEM', id: 'system', roles: [] };

/** Has the actor one of these roles? */
export const hasRole = (actor: Actor, ...roles: readonly Role[]): boolean => actor.roles.some((role) => roles.includes(role));
