// [Customer 360] What this service contributes to a customer.
import { customerReference } from '@customer360/customer-data/directory';
import type { ListArgs } from '@customer360/kernel/list';
import type { Context } from './context.ts';

type Ref = { id: string };

export const customerResolvers = {
  Customer: {
    __resolveReference: ({ id }: Ref, ctx: Context) => customerReference(ctx, id),
    lifecycleRecords: ({ id }: Ref, _: unknown, { loaders }: Context) => loaders.records.load(id),
    lifecycle: async ({ id }: Ref, _: unknown, { loaders }: Context) => (await loaders.lifecycle.load(id)) ?? null,
    milestones: ({ id }: Ref, args: ListArgs, { loaders }: Context) => loaders.milestones(id, args),
    financialSummary: ({ id }: Ref, _: unknown, { loaders }: Context) => loaders.sections('financial', id),
    opportunities: ({ id }: Ref, _: unknown, { loaders }: Context) => loaders.sections('opportunities', id),
    support: ({ id }: Ref, _: unknown, { loaders }: Context) => loaders.sections('support', id),
    fieldService: ({ id }: Ref, _: unknown, { loaders }: Context) => loaders.sections('fieldService', id),
  },
};
