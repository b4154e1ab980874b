// Legal holds in the graph: translation only.
import { customerReference } from '@customer360/customer-data/directory';
import { createdBy } from '@customer360/kernel/entity';
import { memberOf } from '@customer360/kernel/graph';
import type { Context } from '../context.ts';
import type { LegalHold } from './legal-hold.ts';
import { type LiftLegalHold, liftLegalHold } from './lift-legal-hold.ts';
import { type PlaceLegalHold, placeLegalHold } from './place-legal-hold.ts';

export const legalHoldResolvers = {
  PlaceLegalHoldResult: memberOf('LegalHold'),
  LiftLegalHoldResult: memberOf('LegalHold'),
  Mutation: {
    placeLegalHold: (_: unknown, { input }: { input: PlaceLegalHold }, ctx: Context) => placeLegalHold(ctx, input),
    liftLegalHold: (_: unknown, args: LiftLegalHold, ctx: Context) => liftLegalHold(ctx, args),
  },
  Customer: {
    legalHolds: ({ id }: { id: string }, _: unknown, { loaders }: Context) => loaders.legalHold.activeOfCustomer.load(id),
  },
  LegalHold: {
    customer: ({ customerId }: LegalHold, _: unknown, ctx: Context) => customerReference(ctx, customerId),
    createdBy,
  },
};
