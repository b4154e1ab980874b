// Account in the graph: translation only.
import { createdBy } from '@customer360/kernel/entity';
import { memberOf } from '@customer360/kernel/graph';
import type { Resolvers } from '../generated/graphql.ts';
import { list } from '../list.ts';
import { accountList } from './account.table.ts';
import { ANNUAL_REVENUES, EMPLOYEE_COUNTS } from './account.ts';
import { deleteAccount, restoreAccount, updateAccount } from './change-account.ts';
import { createAccount } from './create-account.ts';

export const accountResolvers: Resolvers = {
  EmployeeCount: EMPLOYEE_COUNTS,
  AnnualRevenue: ANNUAL_REVENUES,
  Query: {
    accounts: (_, args, ctx) => list(ctx, accountList, args),
  },
  Mutation: {
    createAccount: (_, { input }, ctx) => createAccount(ctx, input),
    updateAccount: (_, args, ctx) => updateAccount(ctx, args.id, args.expectedVersion, args.input),
    deleteAccount: (_, args, ctx) => deleteAccount(ctx, args.id, args.expectedVersion),
    restoreAccount: (_, args, ctx) => restoreAccount(ctx, args.id),
  },
  Account: {
    customer: (row, _, ctx) => ctx.loaders.customer.load(row.customerId),
    createdBy,
  },
  CreateAccountResult: memberOf('Account'),
  UpdateAccountResult: memberOf('Account'),
  DeleteAccountResult: memberOf('Account'),
  RestoreAccountResult: memberOf('Account'),
};
