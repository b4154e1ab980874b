// Change a customer [Customer AC-1]. Absent fields stay, null clears. The status follows the stage; a new parent passes the cycle check and
// keeps the dated relationship in step; an owner must be active. One transaction, one version, one fact.
import { refuseRestricted } from '@customer360/customer-data/restriction';
import { expectVersion, type Problem } from '@customer360/kernel/problem';
import { type Tx, transact } from '@customer360/kernel/transact';
import { accountOf } from '../account/account.table.ts';
import { refuseAccountOf } from '../account/account.ts';
import { regionOf } from '../contact/phone-region.ts';
import { customFields } from '../custom-field/custom-field.table.ts';
import { checkValues, withValues } from '../custom-field/custom-field.ts';
import { refreshMatchKeys } from '../duplicate/refresh-match-keys.ts';
import type { Ctx } from '../loaders.ts';
import { HIERARCHY_LOCK, setParent } from '../relationship/set-parent.ts';
import { type Changes, customerUnderLock, requireCustomer } from '../write.ts';
import { type Customer, refuseStatus } from './customer.ts';
import { type CustomerFields, checkCustomerFields } from './customer-input.ts';
import { publishCustomerState } from './customer-state.ts';
import { emailKey } from './email-key.ts';
import { externalIdLock, refuseTakenExternalId, setMainExternalId } from './external-id.ts';
import { refuseInactiveOwner } from './owner.ts';
import { phoneE164 } from './phone.ts';
import { saveCustomer } from './save-customer.ts';

export type UpdateCustomerInput = Changes<CustomerFields>;

/** Changes a customer at the expected version. */
export async function updateCustomer(
  ctx: Ctx,
  id: string,
  expectedVersion: number,
  input: UpdateCustomerInput,
): Promise<Customer | Problem> {
  checkCustomerFields(input);
  const seen = await requireCustomer(ctx, id, 'id');
  const parentId = input.parentId == null ? input.parentId : (await requireCustomer(ctx, input.parentId, 'input.parentId')).id;
  const lock = [
    seen.id,
    ...(parentId ? [parentId] : []),
    ...(parentId === undefined ? [] : [HIERARCHY_LOCK]),
    ...externalIdLock(input.externalId),
  ];
  return transact<Customer, Problem>(ctx, { lock }, async (tx) => {
    const customer = await customerUnderLock(tx, seen.id, 'id');
    const restricted = refuseRestricted(customer, tx.actor);
    if (restricted) return restricted;
    expectVersion('Customer', customer, expectedVersion);
    const refused = await refuse(tx, customer, input);
    if (refused) return refused;
    if (parentId) await customerUnderLock(tx, parentId, 'input.parentId');
    const circular = parentId === undefined ? undefined : await setParent(tx, customer, parentId, 'input.parentId');
    if (circular) return circular;
    return writeCustomer(tx, customer, input, parentId);
  });
}

async function refuse(tx: Tx, customer: Customer, input: UpdateCustomerInput): Promise<Problem | undefined> {
  if (input.type && input.type !== customer.type && (await accountOf(tx, customer.id))) {
    const refused = refuseAccountOf({ type: input.type });
    if (refused) return refused;
  }
  const wrongStatus = input.status ? refuseStatus(customer, input.status) : undefined;
  if (wrongStatus) return wrongStatus;
  const inactive = input.ownerId && input.ownerId !== customer.ownerId ? await refuseInactiveOwner(tx, input.ownerId) : undefined;
  if (inactive) return inactive;
  return input.externalId == null ? undefined : refuseTakenExternalId(tx, input.externalId, customer.id);
}

/** Writes checked changes in an open transaction, and tells of them; the same customer where nothing differs. */
export async function writeCustomer(tx: Tx, customer: Customer, input: UpdateCustomerInput, parentId?: string | null): Promise<Customer> {
  const { phoneRegion, parentId: _, custom, ...fields } = input;
  const wanted: Partial<Customer> = { ...(fields as Partial<Customer>), parentId };
  if (input.email !== undefined) wanted.emailKey = emailKey(input.email);
  if (input.phone !== undefined) wanted.phoneE164 = phoneE164(input.phone, phoneRegion ?? (await regionOf(tx, customer.id)));
  if (custom) {
    const definitions = await customFields(tx);
    Object.assign(wanted, withValues(definitions, customer, checkValues(definitions, custom, 'input.custom'), 'input.custom'));
  }
  const saved = await saveCustomer(tx, customer, wanted);
  if (saved === customer) return customer;
  if (saved.externalId !== customer.externalId) await setMainExternalId(tx, customer.id, customer.externalId, saved.externalId);
  await refreshMatchKeys(tx, [customer.id]);
  await publishCustomerState(tx, [customer.id]);
  return saved;
}
