// The interaction service: touchpoints, notes, activities and the timeline. Composition root, and the only reader of the environment;
// `main.ts migrate` brings the database up to date and exits.
import { standingOf } from '@customer360/customer-data/directory';
import { directoryFeed } from '@customer360/customer-data/directory-feed';
import { DirectoryTables1730000001000 } from '@customer360/customer-data/directory-tables';
import { readEnv } from '@customer360/kernel/env';
import { runService } from '@customer360/kernel/service';
import { ActivityTable } from './activity/activity.table.ts';
import { census } from './census.ts';
import { afterMoves } from './consumers/after-moves.ts';
import { onCasesChanged } from './consumers/on-cases-changed.ts';
import { onInvoicesChanged } from './consumers/on-invoices-changed.ts';
import { onMilestonesChanged } from './consumers/on-milestones-changed.ts';
import { onOrdersChanged } from './consumers/on-orders-changed.ts';
import { onWorkOrdersChanged } from './consumers/on-work-orders-changed.ts';
import { env } from './env.ts';
import { InteractionTable } from './interaction/interaction.table.ts';
import { loaders } from './loaders.ts';
import { InteractionTables1732460000000 } from './migrations/interaction-tables.ts';
import { NoteTable } from './note/note.table.ts';
import { resolvers } from './resolvers.ts';
import { TimelineTable } from './timeline/timeline.table.ts';

await runService(
  {
    name: 'interaction',
    resolvers,
    entities: [InteractionTable, NoteTable, ActivityTable, TimelineTable],
    migrations: [DirectoryTables1730000001000, InteractionTables1732460000000],
    subscriptions: [
      ...directoryFeed(census, afterMoves),
      onMilestonesChanged,
      onInvoicesChanged,
      onOrdersChanged,
      onCasesChanged,
      onWorkOrdersChanged,
    ],
    loaders,
    standingOf,
    schemas: new URL('../../../schemas/', import.meta.url),
  },
  readEnv(env),
);
