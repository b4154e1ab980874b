// What a portal user may do to their own profile [WF-CM-003]: which fields may be asked for is configuration (PORTAL_FIELDS), what then happens is a
// rule. Legal name and tax id wait for an administrator, an e-mail address for its owner, everything else is saved at once.
import type { Actor, ActorKind } from '@customer360/kernel/actor';
import type { CustomerChild, Row } from '@customer360/kernel/entity';
import { forbidden, type Problem, problem } from '@customer360/kernel/problem';

/** The fields that PORTAL_FIELDS may name, as paths of the input of updateMyProfile. */
export const PROFILE_FIELDS = [
  'displayName',
  'phone',
  'email',
  'legalName',
  'taxId',
  'website',
  'contacts.firstName',
  'contacts.lastName',
  'contacts.email',
  'contacts.phone',
  'contacts.jobTitle',
  'contacts.communicationPreference',
  'contacts.doNotContact',
  'addresses',
] as const;
export type ProfileField = (typeof PROFILE_FIELDS)[number];

/** What may be edited unless the installation says otherwise: names of persons and customers stay with the staff. */
export const DEFAULT_PROFILE_FIELDS: readonly ProfileField[] = PROFILE_FIELDS.filter(
  (field) => field !== 'displayName' && field !== 'contacts.firstName' && field !== 'contacts.lastName',
);

export const REQUEST_FIELDS = ['legal_name', 'tax_id', 'email'] as const;
export const REQUEST_STATES = ['pending', 'applied', 'rejected', 'replaced', 'expired'] as const;
export const PORTAL_USER_STATES = ['invited', 'active', 'revoked'] as const;
export const LOG_ACTIONS = ['updated', 'requested', 'applied', 'rejected'] as const;

/** A change that is not made yet. */
export interface ProfileChangeRequest extends Row, CustomerChild {
  /** Whose e-mail address; null is the customer's own. */
  contactId: string | null;
  field: (typeof REQUEST_FIELDS)[number];
  oldValue: string | null;
  newValue: string | null;
  state: (typeof REQUEST_STATES)[number];
  reason: string | null;
  decidedAt: Date | null;
  decidedByKind: ActorKind | null;
  decidedById: string | null;
  expiresAt: Date | null;
}

/** A person who may use the portal for a customer. */
export interface PortalUser extends Row, CustomerChild {
  contactId: string | null;
  state: (typeof PORTAL_USER_STATES)[number];
  issuer: string | null;
  subject: string | null;
}

/** One line of the log of changes. */
export interface ProfileChange {
  id: string;
  customerId: string;
  contactId: string | null;
  action: (typeof LOG_ACTIONS)[number];
  fields: string[];
  requestId: string | null;
  actorKind: ActorKind;
  actorId: string;
  ip: string | null;
  userAgent: string | null;
  changedAt: Date;
}

/** The input of updateMyProfile, as far as these rules look at it. */
export interface ProfileInput {
  contacts?: ReadonlyArray<object> | null;
  addresses?: ReadonlyArray<object> | null;
}

/** Beside a value, not values of their own. */
const ACCOMPANYING = new Set(['id', 'expectedVersion', 'phoneRegion']);

/** The fields that an input asks to change, as paths. */
export function askedFields(input: ProfileInput): string[] {
  const { contacts, addresses, ...own } = input;
  const given = (value: object) =>
    Object.entries(value)
      .filter(([name, one]) => one !== undefined && !ACCOMPANYING.has(name))
      .map(([name]) => name);
  const ofContacts = (contacts ?? []).flatMap(given).map((name) => `contacts.${name}`);
  return [...new Set([...given(own), ...ofContacts, ...(addresses?.length ? ['addresses'] : [])])];
}

/** The first field that may not be edited, as a refusal. */
export function refuseFields(
  asked: readonly string[],
  editable: readonly string[],
): Problem<'FieldNotEditable', { field: string; editable: readonly string[] }> | undefined {
  const field = asked.find((one) => !editable.includes(one));
  if (!field) return undefined;
  return problem('FieldNotEditable', `The field ${field} cannot be changed here; ask us to change it.`, { field, editable });
}

/** A portal user who is one contact changes only that one. */
export function refuseForeignContact(actor: Actor, contactId: string): void {
  if (actor.contactId && actor.contactId !== contactId)
    throw forbidden('input.contacts: you may change your own entry only', { field: 'input.contacts' });
}

/** Does the value under a request still stand as it did when it was made? */
export function refuseOutdated(
  request: Pick<ProfileChangeRequest, 'oldValue'>,
  present: string | null,
): Problem<'ProfileChangedMeanwhile'> | undefined {
  if (request.oldValue === present) return undefined;
  return problem('ProfileChangedMeanwhile', 'The value was changed since this was asked for; ask for the change anew.');
}
