// Readiness for invoices and the warnings on a record: translation only.
import { enumOf, memberOf } from '@customer360/kernel/graph';
import { warningsOf } from '../customer/warnings.ts';
import type { Resolvers } from '../generated/graphql.ts';
import { textFlags } from '../text-flag/text-flag.resolvers.ts';
import { requireCustomer } from '../write.ts';
import { authoriseInvoice } from './authorise-invoice.ts';
import { INVOICE_FIELDS, missingForInvoice } from './invoice-readiness.ts';

export const invoiceResolvers: Resolvers = {
  InvoiceField: enumOf(INVOICE_FIELDS),
  Query: {
    async invoiceReadiness(_, { customerId }, ctx) {
      const customer = await requireCustomer(ctx, customerId, 'customerId');
      const missing = missingForInvoice((await ctx.loaders.readiness.load(customer.id))!);
      return { customerId: customer.id, ready: missing.length === 0, missing };
    },
  },
  Mutation: {
    authoriseInvoice: (_, { input }, ctx) => authoriseInvoice(ctx, input),
  },
  InvoiceAuthorisation: {
    customer: (row, _, ctx) => ctx.loaders.customer.load(row.customerId),
    textFlags,
  },
  AuthoriseInvoiceResult: memberOf('InvoiceAuthorisation'),
};

/** Fields of `Customer`; the customer room joins them. */
export const warningFields: NonNullable<Resolvers['Customer']> = {
  warnings: async (customer, _, ctx) => {
    const readiness = await ctx.loaders.readiness.load(customer.id);
    return readiness ? warningsOf(readiness) : [];
  },
};
