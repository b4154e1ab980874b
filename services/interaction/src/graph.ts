// The translation between the graph and the rows that all rooms of this service share: references are ids.
import { createdBy, createdByStaff } from '@customer360/kernel/entity';

/** A reference to an entity, or null. */
export const reference = (id: string | null | undefined): { id: string } | null => (id ? { id } : null);

/** Resolvers of the columns that every row has. */
export const rowResolvers = {
  createdBy,
  author: createdByStaff,
};
