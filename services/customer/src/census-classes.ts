// The kinds of columns that the census of this service is made of: what stands for, reaches or tells of a person, and what people write as they like.
import { type ColumnCensus, columnsOf, customerCensus, pseudonym, rowCensus } from '@customer360/customer-data/census';

export const identifier: ColumnCensus = { class: 'identifier', erase: 'clear', export: true };
export const contactable: ColumnCensus = { class: 'contact', erase: 'clear', export: true };
export const content: ColumnCensus = { class: 'content', erase: 'clear', export: true };
/** What people write as they like. [PII in notes field] */
export const freeText: ColumnCensus = { ...content, freeText: true };
/** The same in what is set up rather than recorded of a customer: names and descriptions for everybody to read. */
export const plainFreeText: ColumnCensus = { class: 'none', erase: 'keep', export: false, freeText: true };
export const child = { ...rowCensus, ...customerCensus, ...columnsOf(pseudonym, 'deletion_id') };
