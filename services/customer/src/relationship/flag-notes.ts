// The notes of a relationship are this service's free text [PII in notes field].
import type { Tx } from '@customer360/kernel/transact';
import { flagText } from '../text-flag/flag-text.ts';
import type { Relationship } from './relationship.ts';

/** After the notes were written. */
export const flagNotes = (tx: Tx, { id, fromCustomerId, notes }: Relationship): Promise<void> =>
  flagText(tx, { customerId: fromCustomerId, noun: 'Relationship', rowId: id, field: 'notes', text: notes });
