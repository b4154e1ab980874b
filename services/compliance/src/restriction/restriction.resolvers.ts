// Restrictions and objections in the graph.
import { memberOf } from '@customer360/kernel/graph';
import type { Context } from '../context.ts';
import { combine, type Restrictions, restrictedSince } from './restriction.ts';
import { type SetObjection, setObjection } from './set-objection.ts';
import { type SetProcessingRestriction, setProcessingRestriction } from './set-processing-restriction.ts';

export const restrictionResolvers = {
  SetProcessingRestrictionResult: memberOf('CustomerRestrictions'),
  SetObjectionResult: memberOf('CustomerRestrictions'),
  Customer: {
    restrictions: async ({ id }: { id: string }, _: unknown, { loaders }: Context) =>
      combine(id, await loaders.restriction.ofCustomer.load(id)),
  },
  CustomerRestrictions: {
    since: (restrictions: Restrictions) => restrictedSince(restrictions),
  },
  Mutation: {
    setProcessingRestriction: (_: unknown, args: SetProcessingRestriction, ctx: Context) => setProcessingRestriction(ctx, args),
    setObjection: (_: unknown, args: SetObjection, ctx: Context) => setObjection(ctx, args),
  },
};
