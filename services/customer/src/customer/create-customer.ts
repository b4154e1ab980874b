// WF-CM-001: create a customer. Steps 3 and 4 look for duplicates under locks on the identifiers, so that two callers at once cannot both pass;
// step 5 makes the caller the owner unless told; step 6 writes customer, account, external id and their events in one transaction.
import { hasRole } from '@customer360/kernel/actor';
import { newRow } from '@customer360/kernel/entity';
import { badInput, isProblem, type Problem, problem } from '@customer360/kernel/problem';
import { insertRow } from '@customer360/kernel/rows';
import { type Tx, transact } from '@customer360/kernel/transact';
import { refuseAccountOf, taxIdColumns } from '../account/account.ts';
import { addAccount } from '../account/create-account.ts';
import type { Ctx } from '../loaders.ts';
import { openParent } from '../relationship/set-parent.ts';
import { customerUnderLock, fact, readRow, requireCustomer } from '../write.ts';
import { CustomerTable } from './customer.table.ts';
import { type Customer, firstStage } from './customer.ts';
import { type CreateCustomerInput, checkNewCustomer } from './customer-input.ts';
import { publishCustomerState } from './customer-state.ts';
import { emailKey } from './email-key.ts';
import { externalIdLock, refuseTakenExternalId, setMainExternalId } from './external-id.ts';
import { type Candidate, findDuplicates, type IdentifierKeys, identifierLocks } from './find-duplicates.ts';
import { giveOverrideToken, useOverrideToken } from './override-token.ts';
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
  const parentId = input.parentId == null ? null : (await requireCustomer(ctx, input.parentId, 'input.parentId')).id;
  const keys: IdentifierKeys = {
    emailKey: emailKey(input.email),
    phoneE164: phoneE164(input.phone, input.phoneRegion ?? input.account?.country),
    taxIdKey: taxId && !isProblem(taxId) ? taxId.taxIdKey : null,
  };
  const made = await transact<Customer, Problem>(
    ctx,
    {
      lock: [...(parentId ? [parentId] : []), ...externalIdLock(input.externalId), ...identifierLocks(keys)],
      once: { key: input.idempotencyKey, operation: 'createCustomer', input, replay: (tx, id) => readRow(tx, CustomerTable, id) },
    },
    async (tx) => (await refuse(tx, input, keys)) ?? write(tx, input, keys, parentId),
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

async function refuse(tx: Tx, input: CreateCustomerInput, keys: IdentifierKeys): Promise<Problem | undefined> {
  const ownerId = ownerOf(tx, input);
  const inactive = ownerId === null ? undefined : await refuseInactiveOwner(tx, ownerId);
  if (inactive) return inactive;
  const taken = input.externalId == null ? undefined : await refuseTakenExternalId(tx, input.externalId, NOBODY);
  if (taken) return taken;
  const candidates = await findDuplicates(tx, keys);
  if (candidates.length === 0) return undefined;
  if (input.overrideToken && (await useOverrideToken(tx, input.overrideToken, input, candidates))) return undefined;
  return problem('DuplicateCandidates', 'A customer with the same identifiers exists: use it, or create anyway with overrideToken.', {
    candidates,
  });
}

const NOBODY = '00000000-0000-0000-0000-000000000000';

async function write(tx: Tx, input: CreateCustomerInput, keys: IdentifierKeys, parentId: string | null): Promise<Customer> {
  const status = input.status ?? 'prospect';
  const parent = parentId === null ? null : await customerUnderLock(tx, parentId, 'input.parentId');
  const customer: Customer = await insertRow(tx, CustomerTable, {
    ...newRow(tx.actor, tx.now),
    type: input.type,
    displayName: input.displayName,
    status,
    source: input.source ?? null,
    externalId: input.externalId ?? null,
    email: input.email ?? null,
    emailKey: keys.emailKey,
    phone: input.phone ?? null,
    phoneE164: keys.phoneE164,
    ownerId: ownerOf(tx, input),
    parentId: parent?.id ?? null,
    mergedInto: null,
    deletionId: null,
    initialStage: input.initialStage ?? firstStage(status),
    stageCategory: null,
    lifecycleVersion: 0,
    processingRestricted: false,
    doNotProcess: false,
    complianceVersion: 0,
  });
  const { id, type, source, ownerId, version } = customer;
  tx.emit(fact('customer-created', id, { customerId: id, version, type, status, source, ownerId, parentId: customer.parentId }));
  if (customer.externalId !== null) await setMainExternalId(tx, id, customer.externalId);
  if (parent) await openParent(tx, customer, parent.id);
  if (input.account) await addAccount(tx, customer, input.account, input.account.country ?? null);
  await publishCustomerState(tx, [id]);
  return customer;
}
