// Give an organisation its account: one per customer [Account AC-1], a tax id by its country's rules [Account AC-2]. Without a country, that of
// the headquarters or billing address counts.
import { isProblem, type Problem, problem } from '@customer360/kernel/problem';
import { insertRow } from '@customer360/kernel/rows';
import type { Tx } from '@customer360/kernel/transact';
import { countryOfAddress } from '../address/address.table.ts';
import { readLocalPhones } from '../contact/read-local-phones.ts';
import type { Customer } from '../customer/customer.ts';
import { publishCustomerState } from '../customer/customer-state.ts';
import { refreshMatchKeys } from '../duplicate/refresh-match-keys.ts';
import type { Ctx } from '../loaders.ts';
import { type ChildNoun, createChild } from '../write.ts';
import { AccountTable, accountList, accountOf } from './account.table.ts';
import { type Account, type AccountFields, refuseAccountOf } from './account.ts';
import { checkAccountFields } from './account-input.ts';
import { accountCreated, newAccount } from './new-account.ts';

export const accountNoun: ChildNoun<Account> = { noun: 'Account', table: AccountTable, list: accountList };

export interface CreateAccountInput extends AccountFields {
  customerId: string;
  idempotencyKey?: string | null;
}

/** Creates the account of an existing organisation. */
export async function createAccount(ctx: Ctx, input: CreateAccountInput): Promise<Account | Problem> {
  checkAccountFields(input);
  return createChild<Account, Problem>(ctx, accountNoun, input, async (tx, customer) => {
    const refused = refuseAccountOf(customer);
    if (refused) return refused;
    const present = await accountOf(tx, customer.id);
    if (present) return problem('AccountExists', 'This customer has an account already; update that one.', { accountId: present.id });
    const account = await addAccount(tx, customer, input, input.country ?? (await countryOfAddress(tx, customer.id)));
    if (isProblem(account)) return account;
    await readLocalPhones(tx, customer.id);
    await refreshMatchKeys(tx, [customer.id]);
    await publishCustomerState(tx, [customer.id]);
    return account;
  });
}

/** Writes the row and its fact; the caller has checked that there is none, and publishes the state. */
export async function addAccount(tx: Tx, customer: Customer, fields: AccountFields, country: string | null): Promise<Account | Problem> {
  const account = newAccount(tx, customer.id, fields, country);
  if (isProblem(account)) return account;
  await insertRow(tx, AccountTable, account);
  tx.emit(accountCreated(account));
  return account;
}
