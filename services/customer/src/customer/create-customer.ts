// WF-CM-001: create a customer. Steps 3 and 4 look for duplicates under locks on what identifies, so that two callers at once cannot both pass;
// step 5 makes the caller the owner unless told; step 6 writes customer, account, external id and their events in one transaction.
import { hasRole } from '@customer360/kernel/actor';
import { badInput, isProblem, type Problem, problem } from '@customer360/kernel/problem';
import { insertRow } from '@customer360/kernel/rows';
import { type Tx, transact } from '@customer360/kernel/transact';
import { refuseAccountOf, taxIdColumns } from '../account/account.ts';
import { addAccount } from '../account/create-account.ts';
import { customFields } from '../custom-field/custom-field.table.ts';
import { type CustomColumns, checkNewValues, withValues } from '../custom-field/custom-field.ts';
import type { Candidate } from '../duplicate/find-candidates.ts';
import { duplicateLocks, enteredProfile, stoppingDuplicates } from '../duplicate/find-duplicates.ts';
import { writeMatchKeys } from '../duplicate/match-key.table.ts';
import { giveOverrideToken, useOverrideToken } from '../duplicate/override-token.ts';
import type { Profile } from '../duplicate/profile.ts';
import type { Ctx } from '../loaders.ts';
import { openParent } from '../relationship/set-parent.ts';
import { customerUnderLock, readRow, requireCustomer } from '../write.ts';
import { CustomerTable } from './customer.table.ts';
import type { Customer } from './customer.ts';
import { type CreateCustomerInput, checkNewCustomer } from './customer-input.ts';
import { publishCustomerState } from './customer-state.ts';
import { externalIdLock, refuseTakenExternalId, setMainExternalId } from './external-id.ts';
import { customerCreated, newCustomer } from './new-customer.ts';
import { refuseInactiveOwner } from './owner.ts';
import { phoneE164 } from './phone.ts';

/** Creates a customer, or answers why not; duplicates come with a token that creates anyway. */
export async function createCustomer(ctx: Ctx, input: CreateCustomerInput): Promise<Customer | Problem> {
  checkNewCustomer(input);
  if (input.initialStage != null && !hasRole(ctx.actor, 'admin', 'integration')) {
    throw badInput('input.initialStage', 'is for imports: admin and integration only');
  }
  const taxId = input.account ? taxIdColumns(input.account.taxId, input.account.country) : undefined;
  const refused = input.account ? (refuseAccountOf(input) ?? (isProblem(taxId) ? taxId : undefined)) : undefined;
  if (refused) return refused;
  const definitions = await customFields(ctx.db);
  const custom = withValues(
    definitions,
    { custom: null, customPersonal: null },
    checkNewValues(definitions, input.custom, 'input.custom'),
    'input.custom',
  );
  const parentId = input.parentId == null ? null : (await requireCustomer(ctx, input.parentId, 'input.parentId')).id;
  const phone = phoneE164(input.phone, input.phoneRegion ?? input.account?.country);
  const profile = enteredProfile(input, phone);
  const made = await transact<Customer, Problem>(
    ctx,
    {
      lock: [...(parentId ? [parentId] : []), ...externalIdLock(input.externalId), ...duplicateLocks(profile)],
      once: { key: input.idempotencyKey, operation: 'createCustomer', input, replay: (tx, id) => readRow(tx, CustomerTable, id) },
    },
    async (tx) => (await refuse(ctx, tx, input, profile)) ?? write(tx, input, { phone, profile, parentId, custom }),
  );
  if (!isProblem(made) || made.__typename !== 'DuplicateCandidates') return made;
  // The refusal rolled back; the token has to stay.
  const { candidates } = made as unknown as { candidates: Candidate[] };
  return problem('DuplicateCandidates', made.message, { candidates, ...(await giveOverrideToken(ctx, input, candidates)) });
}

const ownerOf = (tx: Tx, input: CreateCustomerInput): string | null => {
  if (input.ownerId !== undefined) return input.ownerId;
  return tx.actor.kind === 'STAFF' ? tx.actor.id : null;
};

async function refuse(ctx: Ctx, tx: Tx, input: CreateCustomerInput, profile: Profile): Promise<Problem | undefined> {
  const ownerId = ownerOf(tx, input);
  const inactive = ownerId === null ? undefined : await refuseInactiveOwner(tx, ownerId);
  if (inactive) return inactive;
  const taken = input.externalId == null ? undefined : await refuseTakenExternalId(tx, input.externalId, NOBODY);
  if (taken) return taken;
  const candidates = await stoppingDuplicates(ctx, tx, profile);
  if (candidates.length === 0) return undefined;
  if (input.overrideToken && (await useOverrideToken(tx, input.overrideToken, input, candidates))) return undefined;
  return problem('DuplicateCandidates', 'This customer may exist already: use that one, merge, or create anyway with overrideToken.', {
    candidates,
  });
}

const NOBODY = '00000000-0000-0000-0000-000000000000';

async function write(
  tx: Tx,
  input: CreateCustomerInput,
  known: { phone: string | null; profile: Profile; parentId: string | null; custom: CustomColumns },
): Promise<Customer> {
  const { parentId } = known;
  const parent = parentId === null ? null : await customerUnderLock(tx, parentId, 'input.parentId');
  const customer = await insertRow(
    tx,
    CustomerTable,
    newCustomer(tx, { ...input, ...known.custom, phoneE164: known.phone, ownerId: ownerOf(tx, input), parentId: parent?.id ?? null }),
  );
  const { id } = customer;
  tx.emit(customerCreated(customer));
  if (customer.externalId !== null) await setMainExternalId(tx, id, null, customer.externalId);
  if (parent) await openParent(tx, customer, parent.id);
  if (input.account) await addAccount(tx, customer, input.account, input.account.country ?? null);
  await writeMatchKeys(tx, new Map([[id, known.profile]]));
  await publishCustomerState(tx, [id]);
  return customer;
}
