// Restrictions and objections in the graph.
import type { Context } from '../context.ts';
import { combine, type Restrictions, restrictedSince } from './restriction.ts';
import { type SetObjection, setObjection } from './set-objection.ts';
import { type SetProcessingRestriction, setProcessingRestriction } from './set-processing-restriction.ts';

const asType = <T extends object>(answer: T): T => ('__typename' in answer ? answer : { ...answer, __typename: 'CustomerRestrictions' });

export const restrictionResolvers = {
  Customer: {
    restrictions: async ({ id }: { id: string }, _: unknown, { loaders }: Context) =>
      combine(id, await loaders.restriction.ofCustomer.load(id)),
  },
  CustomerRestrictions: {
    since: (restrictions: Restrictions) => restrictedSince(restrictions),
  },
  Mutation: {
    setProcessingRestriction: async (_: unknown, args: SetProcessingRestriction, ctx: Context) =>
      asType(await setProcessingRestriction(ctx, args)),
    setObjection: async (_: unknown, args: SetObjection, ctx: Context) => asType(await setObjection(ctx, args)),
  },
};
