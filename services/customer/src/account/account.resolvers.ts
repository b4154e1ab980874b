// Account in the graph: translation only.
import { createdBy } from '@customer360/kernel/entity';
import { enumValues, resultOf } from '../graphql-enum.ts';
import { type ListArgs, list } from '../list.ts';
import type { Ctx } from '../loaders.ts';
import { accountList } from './account.table.ts';
import { type Account, ANNUAL_REVENUES, EMPLOYEE_COUNTS } from './account.ts';
import { deleteAccount, restoreAccount, updateAccount } from './change-account.ts';
import { createAccount } from './create-account.ts';

/** `1000+` → `EMPLOYEES_OVER_1000`, `51-200` → `EMPLOYEES_51_200`, `<100K` → `REVENUE_UNDER_100K`. */
const rangeName = (prefix: string) => (range: string) =>
  `${prefix}_${range
    .replace('<', 'UNDER_')
    .replace(/^(.+)\+$/, 'OVER_$1')
    .replace('-', '_')}`;

export const accountResolvers = {
  EmployeeCount: enumValues(EMPLOYEE_COUNTS, rangeName('EMPLOYEES')),
  AnnualRevenue: enumValues(ANNUAL_REVENUES, rangeName('REVENUE')),
  Query: {
    accounts: (_: unknown, args: ListArgs, ctx: Ctx) => list(ctx, accountList, args),
  },
  Mutation: {
    createAccount: (_: unknown, { input }: any, ctx: Ctx) => createAccount(ctx, input),
    updateAccount: (_: unknown, args: any, ctx: Ctx) => updateAccount(ctx, args.id, args.expectedVersion, args.input),
    deleteAccount: (_: unknown, args: any, ctx: Ctx) => deleteAccount(ctx, args.id, args.expectedVersion),
    restoreAccount: (_: unknown, args: any, ctx: Ctx) => restoreAccount(ctx, args.id),
  },
  Account: {
    customer: (row: Account, _: unknown, ctx: Ctx) => ctx.loaders.customer.load(row.customerId),
    createdBy,
  },
  CreateAccountResult: resultOf('Account'),
  UpdateAccountResult: resultOf('Account'),
  DeleteAccountResult: resultOf('Account'),
  RestoreAccountResult: resultOf('Account'),
};
