// Legal holds in the graph: translation only.
import { customerReference } from '@customer360/customer-data/directory';
import { createdBy } from '@customer360/kernel/entity';
import { isProblem } from '@customer360/kernel/problem';
import type { Context } from '../context.ts';
import type { LegalHold } from './legal-hold.ts';
import { type LiftLegalHold, liftLegalHold } from './lift-legal-hold.ts';
import { type PlaceLegalHold, placeLegalHold } from './place-legal-hold.ts';

const asType = <T extends object>(answer: T): T => (isProblem(answer) ? answer : { ...answer, __typename: 'LegalHold' });

export const legalHoldResolvers = {
  Mutation: {
    placeLegalHold: async (_: unknown, { input }: { input: PlaceLegalHold }, ctx: Context) => asType(await placeLegalHold(ctx, input)),
    liftLegalHold: async (_: unknown, args: LiftLegalHold, ctx: Context) => asType(await liftLegalHold(ctx, args)),
  },
  Customer: {
    legalHolds: ({ id }: { id: string }, _: unknown, { loaders }: Context) => loaders.legalHold.activeOfCustomer.load(id),
  },
  LegalHold: {
    customer: ({ customerId }: LegalHold, _: unknown, ctx: Context) => customerReference(ctx, customerId),
    createdBy,
  },
};
