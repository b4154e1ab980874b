// "These are two": a person settles a pair of the queue, or one that the dialog showed; it does not come back until one of the two changes in something
// that matching looks at. [Duplicate Detection]
import { type ProcessingRestricted, refuseRestricted } from '@customer360/customer-data/restriction';
import { badInput, checkText } from '@customer360/kernel/problem';
import { transact } from '@customer360/kernel/transact';
import type { Ctx } from '../loaders.ts';
import { customerUnderLock, fact, requireCustomer } from '../write.ts';
import { dismissPair } from './duplicate-candidate.table.ts';
import { type DuplicatePair, ordered } from './duplicate-candidate.ts';

/** Dismisses the pair; a pair that is dismissed already gets the new reason. */
export async function dismissDuplicate(ctx: Ctx, a: string, b: string, reason: string): Promise<DuplicatePair | ProcessingRestricted> {
  checkText('reason', reason, { max: 500, required: true });
  const one = await requireCustomer(ctx, a, 'a');
  const two = await requireCustomer(ctx, b, 'b');
  if (one.id === two.id) throw badInput('b', 'is the same customer as a');
  const pair = ordered(one.id, two.id);
  return transact<DuplicatePair, ProcessingRestricted>(ctx, { lock: pair }, async (tx) => {
    const [first, second] = [await customerUnderLock(tx, pair[0], 'a'), await customerUnderLock(tx, pair[1], 'b')];
    const refused = refuseRestricted(first, tx.actor) ?? refuseRestricted(second, tx.actor);
    if (refused) return refused;
    const dismissed = await dismissPair(tx, pair, reason);
    tx.emit(fact('duplicate-dismissed', first.id, { duplicateId: dismissed.id, customerId: first.id, otherCustomerId: second.id }));
    return dismissed;
  });
}
