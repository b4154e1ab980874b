// Contact in the graph: translation only.
import { createdBy } from '@customer360/kernel/entity';
import { notFound } from '@customer360/kernel/problem';
import { enumValues, resultOf } from '../graphql-enum.ts';
import { type ListArgs, list } from '../list.ts';
import type { Ctx } from '../loaders.ts';
import { deleteContact, restoreContact, updateContact } from './change-contact.ts';
import { contactList } from './contact.table.ts';
import { COMMUNICATION_PREFERENCES, CONTACT_ROLES, CONTACT_STATUSES, type Contact } from './contact.ts';
import { createContact } from './create-contact.ts';

async function contact(ctx: Ctx, id: string): Promise<Contact> {
  const found = await ctx.loaders.contact.load(id);
  if (!found) throw notFound('Contact', id);
  return found;
}

export const contactResolvers = {
  ContactStatus: enumValues(CONTACT_STATUSES),
  CommunicationPreference: enumValues(COMMUNICATION_PREFERENCES),
  ContactRole: enumValues(CONTACT_ROLES),
  Query: {
    contact: (_: unknown, args: any, ctx: Ctx) => contact(ctx, args.id),
    contacts: (_: unknown, args: ListArgs, ctx: Ctx) => list(ctx, contactList, args),
  },
  Mutation: {
    createContact: (_: unknown, { input }: any, ctx: Ctx) => createContact(ctx, input),
    updateContact: (_: unknown, args: any, ctx: Ctx) => updateContact(ctx, args.id, args.expectedVersion, args.input),
    deleteContact: (_: unknown, args: any, ctx: Ctx) => deleteContact(ctx, args.id, args.expectedVersion),
    restoreContact: (_: unknown, args: any, ctx: Ctx) => restoreContact(ctx, args.id),
  },
  Contact: {
    __resolveReference: (ref: { id: string }, ctx: Ctx) => ctx.loaders.contact.load(ref.id),
    customer: (row: Contact, _: unknown, ctx: Ctx) => ctx.loaders.customer.load(row.customerId),
    createdBy,
  },
  CreateContactResult: resultOf('Contact'),
  UpdateContactResult: resultOf('Contact'),
  DeleteContactResult: resultOf('Contact'),
  RestoreContactResult: resultOf('Contact'),
};
