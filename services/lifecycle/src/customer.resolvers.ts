// [Customer 360] What this service contributes to a customer.
import { customerReference } from '@customer360/customer-data/directory';
import type { Context } from './loaders.ts';
import type { MilestoneListArgs } from './milestone/milestone.table.ts';

type Ref = { id: string };

export const customerResolvers = {
  Customer: {
    __resolveReference: ({ id }: Ref, ctx: Context) => customerReference(ctx, id),
    lifecycle: ({ id }: Ref, _: unknown, { loaders }: Context) => loaders.lifecycle.load(id),
    milestones: ({ id }: Ref, args: MilestoneListArgs, { loaders }: Context) => loaders.milestones(id, args),
    financialSummary: ({ id }: Ref, _: unknown, { loaders }: Context) => loaders.sections.load({ section: 'financial', customerId: id }),
    opportunities: ({ id }: Ref, _: unknown, { loaders }: Context) => loaders.sections.load({ section: 'opportunities', customerId: id }),
    support: ({ id }: Ref, _: unknown, { loaders }: Context) => loaders.sections.load({ section: 'support', customerId: id }),
    fieldService: ({ id }: Ref, _: unknown, { loaders }: Context) => loaders.sections.load({ section: 'fieldService', customerId: id }),
  },
};
