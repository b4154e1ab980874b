// [PII in notes field] What is found in free texts, and what is left alone. The numbers are the issuers' and registries' published test values.
import { expect, test } from '@jest/globals';
import { findPersonalData } from './personal-data.ts';

test.each([
  ['card 4111 1111 1111 1111, exp 12/30', ['payment_card']],
  ['pays with 5555-5555-5555-4444.', ['payment_card']],
  ['amex 378282246310005', ['payment_card']],
  ['mastercard 2223003122003222', ['payment_card']],
  ['ref 12345678 4111 1111 1111 1111 20', ['payment_card']], // among other numbers
  ['his SSN: 219-09-9999', ['social_security_number']],
  ['social security 219099999', ['social_security_number']],
  ['transfer to DE89 3704 0044 0532 0130 00 please', ['iban']],
  ['gb29nwbk60161331926819', ['iban']],
  ['FR1420041010050500013M02606 and 4111111111111111', ['payment_card', 'iban']],
] as const)('[PII in notes field] found in "%s"', (text, kinds) => {
  expect(findPersonalData(text)).toEqual(kinds);
});

test.each([
  '',
  'call back tomorrow at 10',
  'card 4111 1111 1111 1112', // Luhn fails
  'order 1234567812345670 of last week', // Luhn holds, no issuer
  'phone +49 30 1234567, extension 4444',
  'reference 219099999', // no word beside it
  'not issued: SSN 000-12-3456, 666-12-3456, 900-12-3456, 219-00-9999, 219-09-0000',
  'DE89 3704 0044 0532 0130 01', // checksum fails
  'ZZ89 3704 0044 0532 0130 00', // no such country
  'serial 2021-09-12345',
  'id 5f0c1d3e-6a70-4c9f-9d86-0a3c2f2f7b11',
])('[PII in notes field] nothing in "%s"', (text) => {
  expect(findPersonalData(text)).toEqual([]);
});
