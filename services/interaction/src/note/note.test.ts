// The rules of a note: its words and what it may be about.
import { expect, test } from '@jest/globals';
import { checkNote, checkSubject } from './note.ts';

const id = '5f0c9a2e-7d1b-4c35-9e3a-2b6a4d8f1c07';
const field = (work: () => void): string | undefined => {
  try {
    work();
  } catch (error) {
    return (error as { extensions: { field: string } }).extensions.field;
  }
  return undefined;
};

test('[Note AC-1] a note needs words, and both texts have limits', () => {
  expect(field(() => checkNote({ content: 'a', title: 't'.repeat(200) }))).toBeUndefined();
  expect(field(() => checkNote({ content: '  \n ' }))).toBe('input.content');
  expect(field(() => checkNote({ content: 'x'.repeat(20_001) }))).toBe('input.content');
  expect(field(() => checkNote({ title: 't'.repeat(201) }))).toBe('input.title');
});

test('a note is about a customer, a related record, or both', () => {
  expect(field(() => checkSubject({ customerId: id }))).toBeUndefined();
  expect(field(() => checkSubject({ relatedType: 'Opportunity', relatedId: id }))).toBeUndefined();
  expect(field(() => checkSubject({ customerId: id, relatedType: 'contact', relatedId: id }))).toBeUndefined();
  expect(field(() => checkSubject({}))).toBe('input.customerId');
  expect(field(() => checkSubject({ relatedType: 'opportunity' }))).toBe('input.relatedId');
  expect(field(() => checkSubject({ customerId: id, relatedId: id }))).toBe('input.relatedType');
  expect(field(() => checkSubject({ relatedType: "x'; drop", relatedId: id }))).toBe('input.relatedType');
  expect(field(() => checkSubject({ relatedType: 'Contact', relatedId: id }))).toBe('input.customerId');
});
