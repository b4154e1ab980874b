// Self-service in the graph: translation only.
import { createdBy } from '@customer360/kernel/entity';
import { enumOf, memberOf } from '@customer360/kernel/graph';
import type { CustomerEnv } from '../env.ts';
import type { Resolvers } from '../generated/graphql.ts';
import { list } from '../list.ts';
import { textFlags } from '../text-flag/text-flag.resolvers.ts';
import { confirmEmailChange } from './confirm-email-change.ts';
import { approveProfileChange, rejectProfileChange } from './decide-profile-change.ts';
import { ownCustomer } from './own-profile.ts';
import { invitePortalUser, revokePortalUser } from './portal-access.ts';
import { portalSubject, redeemPortalLink, requestPortalSignIn } from './portal-sign-in.ts';
import { portalUserList } from './portal-user.table.ts';
import { profileChangeLogList } from './profile-change-log.table.ts';
import { profileChangeRequestList } from './profile-change-request.table.ts';
import { LOG_ACTIONS, PORTAL_USER_STATES, REQUEST_FIELDS, REQUEST_STATES } from './self-service.ts';
import { updateMyProfile } from './update-my-profile.ts';

export const selfServiceResolvers: Resolvers = {
  ProfileChangeField: enumOf(REQUEST_FIELDS),
  ProfileChangeState: enumOf(REQUEST_STATES),
  ProfileChangeAction: enumOf(LOG_ACTIONS),
  PortalUserState: enumOf(PORTAL_USER_STATES),
  Query: {
    me: (_, __, ctx) => ownCustomer(ctx),
    profileChangeRequests: (_, args, ctx) => list(ctx, profileChangeRequestList, args),
    profileChangeLog: (_, args, ctx) => list(ctx, profileChangeLogList, args),
    portalUsers: (_, args, ctx) => list(ctx, portalUserList, args),
    portalSubject: (_, { issuer, subject }, ctx) => portalSubject(ctx, issuer, subject),
  },
  Mutation: {
    updateMyProfile: (_, args, ctx) => updateMyProfile(ctx, args.expectedVersion, args.input),
    confirmEmailChange: (_, { token }, ctx) => confirmEmailChange(ctx, token),
    approveProfileChange: (_, args, ctx) => approveProfileChange(ctx, args.id, args.expectedVersion),
    rejectProfileChange: (_, args, ctx) => rejectProfileChange(ctx, args.id, args.expectedVersion, args.reason),
    invitePortalUser: (_, { input }, ctx) => invitePortalUser(ctx, input),
    revokePortalUser: (_, args, ctx) => revokePortalUser(ctx, args.id, args.expectedVersion),
    redeemPortalLink: (_, { input }, ctx) => redeemPortalLink(ctx, input),
    requestPortalSignIn: (_, { email }, ctx) => requestPortalSignIn(ctx, email),
  },
  Me: {
    customer: (me) => me,
    contact: (_, __, ctx) => (ctx.actor.contactId ? ctx.loaders.contact.load(ctx.actor.contactId) : null),
    editableFields: (_, __, ctx) => [...(ctx.env as CustomerEnv).PORTAL_FIELDS],
    changeRequests: (_, args, ctx) => list(ctx, profileChangeRequestList, args),
  },
  ProfileChangeRequest: {
    customer: (row, _, ctx) => ctx.loaders.customer.load(row.customerId),
    contact: (row, _, ctx) => (row.contactId ? ctx.loaders.contact.load(row.contactId) : null),
    decidedBy: (row) => row.decidedByKind && { kind: row.decidedByKind, id: row.decidedById! },
    textFlags,
    createdBy,
  },
  ProfileChange: {
    customer: (row, _, ctx) => ctx.loaders.customer.load(row.customerId),
    changedBy: (row) => ({ kind: row.actorKind, id: row.actorId }),
  },
  PortalUser: {
    customer: (row, _, ctx) => ctx.loaders.customer.load(row.customerId),
    contact: (row, _, ctx) => (row.contactId ? ctx.loaders.contact.load(row.contactId) : null),
    createdBy,
  },
  UpdateMyProfileResult: memberOf('MyProfileUpdate'),
  ConfirmEmailChangeResult: memberOf('ProfileChangeRequest'),
  DecideProfileChangeResult: memberOf('ProfileChangeRequest'),
  InvitePortalUserResult: memberOf('PortalUser'),
  RedeemPortalLinkResult: memberOf('PortalUser'),
};
