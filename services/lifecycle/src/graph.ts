// Small pieces of every room's resolvers: references to entities of other services.
import type { ActorKind } from '@customer360/kernel/actor';

/** Fields that rows of a customer share. */
export const customerOf = ({ customerId }: { customerId: string }) => ({ id: customerId });

/** The member of staff who did it, if it was one. */
export const staffOf = ({ createdByKind, createdById }: { createdByKind: ActorKind; createdById: string }) =>
  createdByKind === 'STAFF' ? { id: createdById } : null;
