// After 30 days a merge cannot be undone any more, and the earlier values that were kept for it are erased [WF-CM-002]. In bounded slices.
import type { ServiceContext } from '@customer360/kernel/context';
import { sql } from '@customer360/kernel/sql';
import { UNMERGE_DAYS } from './merge.ts';

const SLICE = 200;

/** Erases the journals of merges that are too old to be undone. */
export async function eraseJournals(ctx: ServiceContext): Promise<void> {
  await ctx.db.query(
    'eraseMergeJournals',
    sql`with old as (
          select id from merge where journal_erased_at is null and merged_at < now() - make_interval(days => ${UNMERGE_DAYS})
          order by merged_at limit ${SLICE} for update skip locked
        ), erased as (
          delete from merge_change where merge_id in (select id from old)
        )
        update merge set journal_erased_at = now() where id in (select id from old)`,
  );
}
