// A merge or an un-merge moved rows: the summaries of the customers that gained or lost them are published anew [WF-CM-002]. Nothing is folded
// here: interactions, notes, activities and timeline lines of two customers simply stand together.
import type { AfterMoves } from '@customer360/customer-data/directory-feed';
import { stateSummary } from '../summary/summary.table.ts';

export const afterMoves: AfterMoves = (tx, moves) =>
  stateSummary(
    tx,
    moves.flatMap(({ from, to }) => [from, to]),
  );
