// Composition root of the customer service: `main.ts` serves, `main.ts migrate` brings the database up to date. The only reader of the environment.
import { readEnv } from '@customer360/kernel/env';
import { runService } from '@customer360/kernel/service';
import { AccountTable } from './account/account.table.ts';
import { AddressTable } from './address/address.table.ts';
import { onComplianceState } from './consumers/on-compliance-state.ts';
import { onLifecycleState } from './consumers/on-lifecycle-state.ts';
import { ContactTable } from './contact/contact.table.ts';
import { CustomerTable } from './customer/customer.table.ts';
import { customerEnv } from './env.ts';
import { loaders } from './loaders.ts';
import { CustomerTables1730000001000 } from './migrations/customer-tables.ts';
import { RelationshipTable } from './relationship/relationship.table.ts';
import { resolvers } from './resolvers.ts';
import { bootstrapAdmin } from './staff-member/bootstrap-admin.ts';
import { StaffMemberTable } from './staff-member/staff-member.table.ts';

const env = readEnv(customerEnv);
const admin = env.BOOTSTRAP_ADMIN;

await runService(
  {
    name: 'customer',
    resolvers,
    entities: [CustomerTable, ContactTable, AccountTable, AddressTable, RelationshipTable, StaffMemberTable],
    migrations: [CustomerTables1730000001000],
    subscriptions: [onLifecycleState, onComplianceState],
    loaders,
    onStart: async (ctx) => {
      if (admin) await bootstrapAdmin(ctx, admin);
    },
    schemas: new URL('../../../schemas/', import.meta.url),
  },
  env,
);
