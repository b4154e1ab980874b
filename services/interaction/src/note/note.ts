// A Note: freeform text about a customer or another record [data.crm.note], and who may see it [Note AC-2]. Pure; the same visibility rule as SQL
// stands in note.table.ts, and the workflow test walks both over every role.
import type { Row } from '@customer360/kernel/entity';
import { badInput, checkText } from '@customer360/kernel/problem';

export const VISIBILITIES = ['private', 'team', 'all'] as const;
export type Visibility = (typeof VISIBILITIES)[number];

/** A row of table `note`. */
export interface Note extends Row {
  customerId: string | null;
  originCustomerId: string | null;
  relatedType: string | null;
  relatedId: string | null;
  title: string | null;
  content: string;
  isPinned: boolean;
  visibility: Visibility;
}

export type NoteContent = Pick<Note, 'title' | 'content' | 'isPinned' | 'visibility'>;

export const MAX_TITLE = 200;
export const MAX_CONTENT = 20_000;
const RELATED_TYPE = /^[A-Za-z][A-Za-z_]{0,49}$/;

/** Refuses texts that are too long and a note without words. */
export function checkNote(given: Partial<NoteContent>): void {
  checkText('input.title', given.title, { max: MAX_TITLE });
  if (given.content !== undefined) checkText('input.content', given.content, { max: MAX_CONTENT, required: true });
}

/** A note is about a customer, a related record, or both; a contact is always somebody's. */
export function checkSubject(given: { customerId?: string | null; relatedType?: string | null; relatedId?: string | null }): void {
  if (given.relatedType && !RELATED_TYPE.test(given.relatedType)) {
    throw badInput('input.relatedType', 'must be letters and underscores, at most 50, for example opportunity');
  }
  if (given.relatedType && !given.relatedId) throw badInput('input.relatedId', 'is required with relatedType');
  if (given.relatedId && !given.relatedType) throw badInput('input.relatedType', 'is required with relatedId');
  if (!given.customerId && !given.relatedId) throw badInput('input.customerId', 'is required for a note without a related record');
  if (!given.customerId && isContact(given.relatedType)) throw badInput('input.customerId', 'is required for a note about a contact');
}

/** Is the related record a contact, which this product knows and can check? */
export const isContact = (relatedType: string | null | undefined): boolean => relatedType?.toLowerCase() === 'contact';
