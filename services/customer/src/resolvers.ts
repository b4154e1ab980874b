// Table of contents: the rooms' resolvers, joined.
import { accountResolvers } from './account/account.resolvers.ts';
import { addressResolvers } from './address/address.resolvers.ts';
import { contactResolvers } from './contact/contact.resolvers.ts';
import { customerResolvers } from './customer/customer.resolvers.ts';
import { relationshipResolvers } from './relationship/relationship.resolvers.ts';
import { staffMemberResolvers } from './staff-member/staff-member.resolvers.ts';

const rooms = [customerResolvers, contactResolvers, accountResolvers, addressResolvers, relationshipResolvers, staffMemberResolvers];

export const resolvers: object = {
  ...Object.assign({}, ...rooms),
  Query: Object.assign({}, ...rooms.map((room) => room.Query)),
  Mutation: Object.assign({}, ...rooms.map((room) => room.Mutation)),
};
