// Facts of relationships: in the stream of the first customer; those of the hierarchy in the child's, whose parent they are.
import { fact } from '../write.ts';
import type { Relationship } from './relationship.ts';

/** The customer in whose stream a relationship is told. */
export const keyOf = (relationship: Relationship): string =>
  relationship.relationshipType === 'parent_child' ? relationship.toCustomerId : relationship.fromCustomerId;

/** What every relationship fact carries. */
export const relationshipData = ({ id, version, fromCustomerId, toCustomerId, relationshipType }: Relationship) => ({
  relationshipId: id,
  version,
  fromCustomerId,
  toCustomerId,
  relationshipType,
});

/** `relationship-created`, `-updated`, `-ended`, `-deleted` or `-restored`. */
export const relationshipFact = (name: string, relationship: Relationship, more: object = {}) =>
  fact(`relationship-${name}`, keyOf(relationship), { ...relationshipData(relationship), ...more });
