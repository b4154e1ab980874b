// Update, soft-delete and restore an account. A changed tax id or country is checked again [Account AC-2]; a restore gives way to an account
// that was made meanwhile [Account AC-1].
import { isProblem, type Problem, problem } from '@customer360/kernel/problem';
import { changesOf, updateRow } from '@customer360/kernel/rows';
import type { Tx } from '@customer360/kernel/transact';
import { readLocalPhones } from '../contact/read-local-phones.ts';
import { publishCustomerState } from '../customer/customer-state.ts';
import { refreshMatchKeys } from '../duplicate/refresh-match-keys.ts';
import type { Ctx } from '../loaders.ts';
import { type Changes, changeChild, fact, publicNames } from '../write.ts';
import { AccountTable, accountOf } from './account.table.ts';
import { type Account, type AccountFields, refuseAccountOf, taxIdColumns } from './account.ts';
import { checkAccountFields } from './account-input.ts';
import { accountNoun } from './create-account.ts';

/** Changes an account at the expected version. */
export async function updateAccount(
  ctx: Ctx,
  id: string,
  expectedVersion: number,
  input: Changes<AccountFields>,
): Promise<Account | Problem> {
  checkAccountFields(input);
  return changeChild<Account, Problem>(ctx, accountNoun, id, { expectedVersion }, (tx, account) => writeAccount(tx, account, input));
}

/** Writes checked changes in an open transaction, and tells of them; the same account where nothing differs. */
export async function writeAccount(tx: Tx, account: Account, input: Changes<AccountFields>): Promise<Account | Problem> {
  const wanted = { ...input } as Partial<Account>;
  if (input.taxId !== undefined || input.country !== undefined) {
    const { taxId, country } = { ...account, ...wanted };
    const checked = taxIdColumns(taxId, country);
    if (isProblem(checked)) return checked;
    Object.assign(wanted, checked);
  }
  const changes = changesOf(account, wanted);
  if (Object.keys(changes).length === 0) return account;
  const saved = await updateRow(tx, AccountTable, account, changes);
  tx.emit(fact('account-updated', saved.customerId, { ...ids(saved), changed: publicNames(changes) }));
  if ('country' in changes) await readLocalPhones(tx, saved.customerId);
  await refreshMatchKeys(tx, [saved.customerId]);
  await publishCustomerState(tx, [saved.customerId]);
  return saved;
}

const ids = ({ id, customerId, version }: Account) => ({ accountId: id, customerId, version });

/** Soft-deletes an account. */
export const deleteAccount = (ctx: Ctx, id: string, expectedVersion?: number | null): Promise<Account | Problem> =>
  changeChild<Account>(ctx, accountNoun, id, { expectedVersion }, (tx, account) => mark(tx, account, tx.now, 'account-deleted'));

/** Brings an account back. */
export const restoreAccount = (ctx: Ctx, id: string): Promise<Account | Problem> =>
  changeChild<Account, Problem>(ctx, accountNoun, id, { deleted: true }, async (tx, account, customer) => {
    if (await accountOf(tx, customer.id)) {
      return problem('RestoreConflict', 'The customer has another account by now.', { field: 'customerId' });
    }
    if (refuseAccountOf(customer)) return problem('RestoreConflict', 'The customer is a person by now.', { field: 'type' });
    return mark(tx, account, null, 'account-restored');
  });

async function mark(tx: Tx, account: Account, deletedAt: Date | null, name: string): Promise<Account> {
  const saved = await updateRow(tx, AccountTable, account, { deletedAt, deletionId: null });
  tx.emit(fact(name, saved.customerId, { ...ids(saved), deletionId: null }));
  await refreshMatchKeys(tx, [saved.customerId]);
  await publishCustomerState(tx, [saved.customerId]);
  return saved;
}
