// Small pieces of every room's resolvers: enum values, union members, references to entities of other services.
import type { ActorKind } from '@customer360/kernel/actor';

/** GraphQL enum → stored value: the catalogue's values, upper-cased. */
export const enumOf = <S extends string>(stored: readonly S[]): { [K in S as Uppercase<K>]: K } =>
  Object.fromEntries(stored.map((value) => [value.toUpperCase(), value])) as never;

/** Which member of a result union a value is: Problems and previews say so themselves, everything else is the noun. */
export const memberOf = (noun: string) => ({
  __resolveType: (value: object): any => (value as { __typename?: string }).__typename ?? noun,
});

/** Fields that rows of a customer share. */
export const customerOf = ({ customerId }: { customerId: string }) => ({ id: customerId });

/** The member of staff who did it, if it was one. */
export const staffOf = ({ createdByKind, createdById }: { createdByKind: ActorKind; createdById: string }) =>
  createdByKind === 'STAFF' ? { id: createdById } : null;
