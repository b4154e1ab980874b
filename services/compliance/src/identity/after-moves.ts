// A merge or an un-merge changed whose sides a customer has: consents, restrictions and holds stay where they were made, and the state that
// follows from all sides is published anew, the most restrictive side winning [WF-CM-002].
import type { AfterMoves } from '@customer360/customer-data/directory-feed';
import { publishState } from '../state/publish-state.ts';

export const afterMoves: AfterMoves = async (tx, moves) => {
  for (const customerId of new Set(moves.flatMap(({ from, to }) => [from, to]))) await publishState(tx, customerId);
};
