// The row and the fact of a new account, the same for one that a person enters and for one that a file brings.
import { newRow } from '@customer360/kernel/entity';
import { isProblem, type Problem } from '@customer360/kernel/problem';
import type { Fact, Tx } from '@customer360/kernel/transact';
import { fact } from '../write.ts';
import { type Account, type AccountFields, taxIdColumns } from './account.ts';

/** The row, or why its tax id is refused [Account AC-2]; `country` is the one whose rules hold. */
export function newAccount(
  tx: Pick<Tx, 'actor' | 'now'>,
  customerId: string,
  input: AccountFields,
  country: string | null,
): Account | Problem<'InvalidTaxId', { country: string }> {
  const taxId = taxIdColumns(input.taxId, country);
  if (isProblem(taxId)) return taxId;
  return {
    ...newRow(tx.actor, tx.now),
    customerId,
    originCustomerId: customerId,
    legalName: input.legalName,
    dbaName: input.dbaName ?? null,
    ...taxId,
    country,
    industry: input.industry ?? null,
    employeeCount: input.employeeCount ?? null,
    annualRevenue: input.annualRevenue ?? null,
    website: input.website ?? null,
    deletionId: null,
  };
}

/** Tells of the creation. */
export const accountCreated = ({ id, customerId, version, taxIdVerified }: Account): Fact =>
  fact('account-created', customerId, { accountId: id, customerId, version, taxIdVerified });
