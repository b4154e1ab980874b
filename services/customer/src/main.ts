// Composition root of the customer service: `main.ts` serves, `main.ts migrate` brings the database up to date. The only reader of the environment.
import { readEnv } from '@customer360/kernel/env';
import { runService } from '@customer360/kernel/service';
import { AccountTable } from './account/account.table.ts';
import { AddressTable } from './address/address.table.ts';
import { BulkJobTable } from './bulk/bulk-job.table.ts';
import { clearBulkJobs, workOnBulkJobs } from './bulk/work-on-bulk-jobs.ts';
import { onComplianceState } from './consumers/on-compliance-state.ts';
import { onInteractionState } from './consumers/on-interaction-state.ts';
import { onLifecycleState } from './consumers/on-lifecycle-state.ts';
import { onRedirectState } from './consumers/on-redirect-state.ts';
import { ContactTable } from './contact/contact.table.ts';
import { CustomFieldTable } from './custom-field/custom-field.table.ts';
import { CustomerTable } from './customer/customer.table.ts';
import { countStatistics, lookForDuplicates } from './duplicate/look-for-duplicates.ts';
import { loadMatching } from './duplicate/matching-model.table.ts';
import { customerEnv } from './env.ts';
import { geocodeAddresses } from './geocoding/geocode-addresses.ts';
import { fileDoor } from './import/file-door.ts';
import { ImportTable } from './import/import.table.ts';
import { ImportTemplateTable } from './import/import-template.ts';
import { clearOldImports } from './import/retention.ts';
import { workOnImports } from './import/work-on-imports.ts';
import { loaders } from './loaders.ts';
import { forgetOldMails, sendMails } from './mail/mail-queue.ts';
import { eraseJournals } from './merge/erase-journals.ts';
import { MergeTable } from './merge/merge.table.ts';
import { watchMerges } from './merge/merge-progress.ts';
import { BulkTables1730000070000 } from './migrations/bulk-tables.ts';
import { CustomerTables1730000001000 } from './migrations/customer-tables.ts';
import { DuplicateTables1730000020000 } from './migrations/duplicate-tables.ts';
import { GeocodingColumns1730000080000 } from './migrations/geocoding-columns.ts';
import { ImportTables1730000030000 } from './migrations/import-tables.ts';
import { MergeTables1730000050000 } from './migrations/merge-tables.ts';
import { SavedViewTables1730000082000 } from './migrations/saved-view-tables.ts';
import { SelfServiceTables1730000060000 } from './migrations/self-service-tables.ts';
import { StaffInvitationTables1730000082100 } from './migrations/staff-invitation-tables.ts';
import { UpkeepTables1730000040000 } from './migrations/upkeep-tables.ts';
import { RelationshipTable } from './relationship/relationship.table.ts';
import { resolvers } from './resolvers.ts';
import { SavedViewTable } from './saved-view/saved-view.table.ts';
import { PortalUserTable } from './self-service/portal-user.table.ts';
import { ProfileChangeRequestTable } from './self-service/profile-change-request.table.ts';
import { bootstrapAdmin } from './staff-member/bootstrap-admin.ts';
import { handOverCustomers } from './staff-member/hand-over.ts';
import { StaffMemberTable, standingChanged, standingOf } from './staff-member/staff-member.table.ts';
import { TagTable } from './tag/tag.table.ts';
import { flagTexts } from './text-flag/flag-text.ts';

const env = readEnv(customerEnv);
const admin = env.BOOTSTRAP_ADMIN;

await runService(
  {
    name: 'customer',
    resolvers,
    entities: [
      CustomerTable,
      ContactTable,
      AccountTable,
      AddressTable,
      RelationshipTable,
      StaffMemberTable,
      ImportTable,
      ImportTemplateTable,
      MergeTable,
      BulkJobTable,
      TagTable,
      CustomFieldTable,
      SavedViewTable,
      PortalUserTable,
      ProfileChangeRequestTable,
    ],
    migrations: [
      CustomerTables1730000001000,
      DuplicateTables1730000020000,
      ImportTables1730000030000,
      UpkeepTables1730000040000,
      MergeTables1730000050000,
      SelfServiceTables1730000060000,
      BulkTables1730000070000,
      GeocodingColumns1730000080000,
      SavedViewTables1730000082000,
      StaffInvitationTables1730000082100,
    ],
    subscriptions: [onLifecycleState, onInteractionState, onComplianceState, ...onRedirectState],
    loaders,
    async watchRows(tx, table, changes, ctx) {
      if (table === StaffMemberTable.options.name) standingChanged(tx, changes, ctx);
      await flagTexts(tx, table, changes);
    },
    standingOf,
    routes: (ctx) => ({ '/files': fileDoor(ctx) }),
    background: [
      { name: 'look for duplicates', everyMs: 1_000, run: lookForDuplicates },
      { name: 'count what is common', everyMs: 60_000, run: countStatistics },
      { name: 'hand over customers of inactive owners', everyMs: 1_000, run: handOverCustomers },
      workOnImports,
      sendMails(env),
      forgetOldMails,
      ...geocodeAddresses(env),
      clearOldImports,
      workOnBulkJobs,
      clearBulkJobs,
      { name: 'watch merges', everyMs: 10_000, run: watchMerges },
      { name: 'erase journals of merges', everyMs: 60_000, run: eraseJournals },
    ],
    onStart: async (ctx) => {
      await loadMatching(ctx.db);
      if (admin) await bootstrapAdmin(ctx, admin);
    },
    schemas: new URL('../../../schemas/', import.meta.url),
  },
  env,
);
