// A customer changes their own profile in the portal [WF-CM-003]: all of it in one transaction or nothing. What may be saved at once is saved; legal name and
// tax id become requests for an administrator, an e-mail address becomes a mail to confirm it. Everything is logged with address and user agent.
import type { CustomerChild, Row } from '@customer360/kernel/entity';
import { expectVersion, isProblem, notFound, type Problem, problem } from '@customer360/kernel/problem';
import type { Tx } from '@customer360/kernel/transact';
import type { EntitySchema } from 'typeorm';
import { accountOf } from '../account/account.table.ts';
import { refuseAccountOf, taxIdColumns } from '../account/account.ts';
import { writeAccount } from '../account/change-account.ts';
import { AddressTable } from '../address/address.table.ts';
import type { AddressFields } from '../address/address.ts';
import { writeAddress } from '../address/change-address.ts';
import { addAddress } from '../address/create-address.ts';
import { writeContact } from '../contact/change-contact.ts';
import { ContactTable } from '../contact/contact.table.ts';
import { customerIn } from '../customer/customer.table.ts';
import type { Customer } from '../customer/customer.ts';
import { writeCustomer } from '../customer/update-customer.ts';
import type { CustomerEnv } from '../env.ts';
import type { Ctx } from '../loaders.ts';
import { mailConfigured } from '../mail/mail-queue.ts';
import { readRow } from '../write.ts';
import { changeOwnProfile } from './own-profile.ts';
import { logChange } from './profile-change-log.table.ts';
import { checkProfileInput, type UpdateMyProfileInput } from './profile-input.ts';
import { addressLock, requestApproval, requestEmail } from './request-change.ts';
import { askedFields, type ProfileChangeRequest, refuseFields, refuseForeignContact } from './self-service.ts';

/** What an update did at once, and what it asked for. */
export interface MyProfileUpdate {
  customer: Customer;
  requested: ProfileChangeRequest[];
}

type Step = (tx: Tx, customer: Customer, input: UpdateMyProfileInput, env: CustomerEnv) => Promise<ProfileChangeRequest[] | Problem>;

/** Changes the caller's own profile at the expected version of the customer. */
export async function updateMyProfile(ctx: Ctx, expectedVersion: number, input: UpdateMyProfileInput): Promise<MyProfileUpdate | Problem> {
  const env = ctx.env as CustomerEnv;
  checkProfileInput(input);
  const refused = refuseFields(askedFields(input), env.PORTAL_FIELDS);
  if (refused) return refused;
  const emails = [input.email, ...(input.contacts ?? []).map(({ email }) => email)].filter((email) => email != null);
  if (emails.length > 0 && !mailConfigured(ctx))
    return problem('MailNotConfigured', 'An e-mail address cannot be changed here: this installation sends no mail.');
  return changeOwnProfile<MyProfileUpdate>(ctx, emails.map(addressLock), async (tx, customer) => {
    expectVersion('Customer', customer, expectedVersion);
    const requested: ProfileChangeRequest[] = [];
    for (const step of [ownFields, accountFields, contactFields, addressFields]) {
      const made = await step(tx, customer, input, env);
      if (isProblem(made)) return made;
      requested.push(...made);
    }
    return { customer: (await customerIn(tx, customer.id))!, requested };
  });
}

const ownFields: Step = async (tx, customer, input, env) => {
  const { displayName, phone, phoneRegion, email } = input;
  const saved = await writeCustomer(tx, customer, { displayName, phone, phoneRegion });
  if (saved !== customer) await logChange(tx, customer.id, { action: 'updated', fields: askedFields({ displayName, phone } as object) });
  if (email == null || email === customer.email) return [];
  const wish = { customerId: customer.id, contactId: null, field: 'email', oldValue: customer.email, newValue: email } as const;
  const request = await requestEmail(tx, env, wish);
  return isProblem(request) ? request : [request];
};

const accountFields: Step = async (tx, customer, { legalName, taxId, website }) => {
  if (legalName === undefined && taxId === undefined && website === undefined) return [];
  const account = await accountOf(tx, customer.id);
  if (!account)
    return refuseAccountOf(customer) ?? problem('AccountNotAllowed', 'There are no business details yet; ask us to enter them.');
  const saved = website === undefined ? account : await writeAccount(tx, account, { website });
  if (isProblem(saved)) return saved;
  if (saved !== account) await logChange(tx, customer.id, { action: 'updated', fields: ['website'] });
  const requested: ProfileChangeRequest[] = [];
  const about = { customerId: customer.id, contactId: null };
  if (legalName != null && legalName !== account.legalName)
    requested.push(await requestApproval(tx, { ...about, field: 'legal_name', oldValue: account.legalName, newValue: legalName }));
  if (taxId !== undefined && taxId !== account.taxId) {
    const checked = taxIdColumns(taxId, account.country);
    if (isProblem(checked)) return checked;
    requested.push(await requestApproval(tx, { ...about, field: 'tax_id', oldValue: account.taxId, newValue: taxId }));
  }
  return requested;
};

const contactFields: Step = async (tx, customer, { contacts }, env) => {
  const requested: ProfileChangeRequest[] = [];
  for (const { id, expectedVersion, email, ...fields } of contacts ?? []) {
    refuseForeignContact(tx.actor, id);
    const contact = await ownRow(tx, ContactTable, customer, id, expectedVersion);
    const saved = await writeContact(tx, contact, fields);
    if (saved !== contact)
      await logChange(tx, customer.id, { action: 'updated', fields: askedFields({ contacts: [fields] }), contactId: id });
    if (email == null || email === contact.email) continue;
    const wish = { customerId: customer.id, contactId: id, field: 'email', oldValue: contact.email, newValue: email } as const;
    const request = await requestEmail(tx, env, wish);
    if (isProblem(request)) return request;
    requested.push(request);
  }
  return requested;
};

const addressFields: Step = async (tx, customer, { addresses }) => {
  let changed = false;
  for (const { id, expectedVersion, ...fields } of addresses ?? []) {
    if (id == null) {
      await addAddress(tx, customer.id, fields as AddressFields);
      changed = true;
    } else {
      const address = await ownRow(tx, AddressTable, customer, id, expectedVersion);
      changed = (await writeAddress(tx, address, fields)) !== address || changed;
    }
  }
  if (changed) await logChange(tx, customer.id, { action: 'updated', fields: ['addresses'] });
  return [];
};

/** A living row of the customer at the expected version; that of another customer is not found. */
async function ownRow<R extends Row & CustomerChild>(
  tx: Tx,
  table: EntitySchema<R>,
  customer: Customer,
  id: string,
  expectedVersion: number | null | undefined,
): Promise<R> {
  const row = await readRow(tx, table, id);
  if (row.customerId !== customer.id || row.deletedAt) throw notFound(table.options.name, id);
  expectVersion(table.options.name, row, expectedVersion);
  return row;
}
