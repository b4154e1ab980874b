// Who may be the same as a customer that is being entered [WF-CM-001 steps 3 and 4, Duplicate on create]: on save whoever scores above the threshold stops
// it, while typing a form shows the likely ones too. The save holds locks on what identifies, so that two callers at once cannot both find nobody.
import { badInput, checkText } from '@customer360/kernel/problem';
import type { Tx } from '@customer360/kernel/transact';
import { taxIdColumns } from '../account/account.ts';
import { checkTaxId } from '../account/tax-id.ts';
import { checkCountry } from '../address/address.ts';
import { phoneE164 } from '../customer/phone.ts';
import type { Ctx } from '../loaders.ts';
import { type Candidate, findCandidates } from './find-candidates.ts';
import { type KeyKind, matchKeys } from './match-keys.ts';
import { type Profile, profileOf } from './profile.ts';

const MAX_CANDIDATES = 10;
/** What a form mentions; the dialog's threshold is configuration. */
export const HINT = 50;

/** The fields of a new customer that matching looks at. */
export interface Entered {
  readonly type: 'individual' | 'organization';
  readonly displayName: string;
  readonly email?: string | null;
  readonly phone?: string | null;
  readonly account?: {
    legalName: string;
    dbaName?: string | null;
    taxId?: string | null;
    country?: string | null;
    website?: string | null;
  } | null;
}

/** A new customer as matching will see it. */
export function enteredProfile(entered: Entered, phone: string | null): Profile {
  const { account } = entered;
  const taxId = account ? taxIdColumns(account.taxId, account.country) : undefined;
  return profileOf({
    type: entered.type,
    names: [entered.displayName, account?.legalName, account?.dbaName],
    emails: [entered.email],
    phones: [{ entered: entered.phone, e164: phone }],
    taxId: taxId && 'taxIdKey' in taxId && taxId.taxIdKey ? { key: taxId.taxIdKey, verified: taxId.taxIdVerified } : null,
    website: account?.website,
  });
}

/** The score above which a save shows the dialog. */
export const dialogThreshold = (ctx: Pick<Ctx, 'env'>): number => ctx.env.DUPLICATE_THRESHOLD as number;

/** Who stops the save, best first, at most 10. */
export async function stoppingDuplicates(ctx: Ctx, tx: Tx, profile: Profile): Promise<Candidate[]> {
  const options = { actor: tx.actor, above: dialogThreshold(ctx), most: MAX_CANDIDATES };
  return (await findCandidates(ctx.db, tx, [{ customerId: null, profile }], options))[0]!;
}

const LOCKED: readonly KeyKind[] = ['email', 'phone', 'tax_id', 'name'];

/** The locks under which two calls cannot both find "no duplicate" and create one. */
export const duplicateLocks = (profile: Profile): string[] =>
  matchKeys(profile).flatMap(({ kind, key }) => (LOCKED.includes(kind) ? [`match:${kind}:${key}`] : []));

export interface FindDuplicatesInput {
  type: Entered['type'];
  customerId?: string | null;
  displayName?: string | null;
  email?: string | null;
  phone?: string | null;
  phoneRegion?: string | null;
  legalName?: string | null;
  taxId?: string | null;
  country?: string | null;
  website?: string | null;
  streetLine1?: string | null;
  city?: string | null;
  stateProvince?: string | null;
  postalCode?: string | null;
}

const LENGTHS: Readonly<Record<string, number>> = {
  ...{ displayName: 200, email: 254, phone: 50, legalName: 300, taxId: 50, website: 2000 },
  ...{ streetLine1: 200, city: 100, stateProvince: 100, postalCode: 20 },
};

/** Who a form that is being filled in may be about: whoever scores above 50, best first, at most 10. Half-typed values are fine. */
export async function findDuplicates(ctx: Ctx, input: FindDuplicatesInput): Promise<Candidate[]> {
  for (const [field, max] of Object.entries(LENGTHS)) checkText(`input.${field}`, input[field as keyof FindDuplicatesInput], { max });
  checkCountry('input.country', input.country);
  checkCountry('input.phoneRegion', input.phoneRegion);
  const country = input.country ?? undefined;
  const taxId = input.taxId ? checkTaxId(input.taxId, country) : undefined;
  const profile = profileOf({
    type: input.type,
    names: [input.displayName, input.legalName],
    emails: [input.email?.includes('@') ? input.email : null],
    phones: [{ entered: input.phone, e164: phoneE164(input.phone, input.phoneRegion ?? country) }],
    taxId: taxId ? { key: `${country ?? ''}:${taxId.compact}`, verified: taxId.verdict === 'valid' } : null,
    website: input.website,
    addresses: [{ street: input.streetLine1, city: input.city, state: input.stateProvince, postcode: input.postalCode, country }],
  });
  if (matchKeys(profile).length === 0 && profile.organisations.length === 0)
    throw badInput('input', 'says nothing by which a customer could be found');
  const options = { actor: ctx.actor, above: HINT, most: MAX_CANDIDATES, alike: true };
  return (await findCandidates(ctx.db, ctx.db, [{ customerId: input.customerId ?? null, profile }], options))[0]!;
}
