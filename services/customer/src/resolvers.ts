// Table of contents: the rooms' resolvers, joined.
import { accountResolvers } from './account/account.resolvers.ts';
import { addressResolvers } from './address/address.resolvers.ts';
import { bulkResolvers } from './bulk/bulk.resolvers.ts';
import { contactResolvers } from './contact/contact.resolvers.ts';
import { customFieldResolvers } from './custom-field/custom-field.resolvers.ts';
import { customerResolvers } from './customer/customer.resolvers.ts';
import { duplicateResolvers } from './duplicate/duplicate.resolvers.ts';
import { hierarchyResolvers } from './hierarchy/hierarchy.resolvers.ts';
import { importResolvers } from './import/import.resolvers.ts';
import { invoiceResolvers } from './invoice/invoice.resolvers.ts';
import { mergeResolvers } from './merge/merge.resolvers.ts';
import { relationshipResolvers } from './relationship/relationship.resolvers.ts';
import { savedViewResolvers } from './saved-view/saved-view.resolvers.ts';
import { searchResolvers } from './search/search.resolvers.ts';
import { selfServiceResolvers } from './self-service/self-service.resolvers.ts';
import { staffMemberResolvers } from './staff-member/staff-member.resolvers.ts';
import { tagResolvers } from './tag/tag.resolvers.ts';
import { textFlagResolvers } from './text-flag/text-flag.resolvers.ts';

const rooms = [
  customerResolvers,
  bulkResolvers,
  tagResolvers,
  customFieldResolvers,
  duplicateResolvers,
  contactResolvers,
  accountResolvers,
  addressResolvers,
  hierarchyResolvers,
  importResolvers,
  invoiceResolvers,
  mergeResolvers,
  relationshipResolvers,
  savedViewResolvers,
  selfServiceResolvers,
  searchResolvers,
  staffMemberResolvers,
  textFlagResolvers,
];

export const resolvers: object = {
  ...Object.assign({}, ...rooms),
  Query: Object.assign({}, ...rooms.map((room) => room.Query)),
  Mutation: Object.assign({}, ...rooms.map((room) => room.Mutation)),
};
