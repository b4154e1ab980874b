// Contact in the graph: translation only.
import { createdBy } from '@customer360/kernel/entity';
import { enumOf, memberOf } from '@customer360/kernel/graph';
import { notFound } from '@customer360/kernel/problem';
import type { Resolvers } from '../generated/graphql.ts';
import { list } from '../list.ts';
import type { Ctx } from '../loaders.ts';
import { textFlags } from '../text-flag/text-flag.resolvers.ts';
import { deleteContact, restoreContact, updateContact } from './change-contact.ts';
import { contactList } from './contact.table.ts';
import { COMMUNICATION_PREFERENCES, CONTACT_ROLES, CONTACT_STATUSES, type Contact } from './contact.ts';
import { createContact } from './create-contact.ts';

async function contact(ctx: Ctx, id: string): Promise<Contact> {
  const found = await ctx.loaders.contact.load(id);
  if (!found) throw notFound('Contact', id);
  return found;
}

export const contactResolvers: Resolvers = {
  ContactStatus: enumOf(CONTACT_STATUSES),
  CommunicationPreference: enumOf(COMMUNICATION_PREFERENCES),
  ContactRole: enumOf(CONTACT_ROLES),
  Query: {
    contact: (_, args, ctx) => contact(ctx, args.id),
    contacts: (_, args, ctx) => list(ctx, contactList, args),
  },
  Mutation: {
    createContact: (_, { input }, ctx) => createContact(ctx, input),
    updateContact: (_, args, ctx) => updateContact(ctx, args.id, args.expectedVersion, args.input),
    deleteContact: (_, args, ctx) => deleteContact(ctx, args.id, args.expectedVersion),
    restoreContact: (_, args, ctx) => restoreContact(ctx, args.id),
  },
  Contact: {
    textFlags,
    __resolveReference: (ref, ctx) => ctx.loaders.contact.load(ref.id),
    customer: (row, _, ctx) => ctx.loaders.customer.load(row.customerId),
    createdBy,
  },
  CreateContactResult: memberOf('Contact'),
  UpdateContactResult: memberOf('Contact'),
  DeleteContactResult: memberOf('Contact'),
  RestoreContactResult: memberOf('Contact'),
};
