// Somebody looked at a flagged text and decided that it may stay, or changed it [PII in notes field]: the flag leaves the queue.
import { notFound } from '@customer360/kernel/problem';
import { sql } from '@customer360/kernel/sql';
import { transact } from '@customer360/kernel/transact';
import type { Ctx } from '../loaders.ts';
import { fact } from '../write.ts';
import { TEXT_FLAG, type TextFlag, textFlagList } from './text-flag.table.ts';

/** Marks a flag as reviewed; one that is not open any more is answered as it is. */
export async function reviewTextFlag(ctx: Ctx, id: string): Promise<TextFlag> {
  const seen = await ctx.db.one<TextFlag>(
    'findTextFlag',
    sql`select ${TEXT_FLAG} from ${textFlagList.from} where f.id = ${id} and ${textFlagList.visible(ctx.actor, false)}`,
  );
  if (!seen) throw notFound('TextFlag', id);
  return transact<TextFlag>(ctx, { lock: [seen.customerId ?? seen.rowId] }, async (tx) => {
    const reviewed = await tx.one<TextFlag>(
      'reviewTextFlag',
      sql`update text_flag f set state = 'reviewed', reviewed_at = ${tx.now}, reviewed_by_kind = ${tx.actor.kind}, reviewed_by_id = ${tx.actor.id}
          where f.id = ${id} and f.state = 'open' returning ${TEXT_FLAG}`,
    );
    if (!reviewed) return seen;
    tx.emit(fact('text-flag-reviewed', reviewed.customerId ?? reviewed.rowId, { textFlagId: id, customerId: reviewed.customerId }));
    return reviewed;
  });
}
