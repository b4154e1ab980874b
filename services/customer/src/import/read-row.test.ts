// What a line says and what is wrong with it; pure.
import { expect, test } from '@jest/globals';
import type { ImportField } from './fields.ts';
import type { ColumnMapping, ImportOptions } from './import.ts';
import { missingForCreate, readRow } from './read-row.ts';
import { csvCell } from './report.ts';
import { annualRevenue, contactRoles, countryCode, customerType, employeeCount, yesOrNo } from './values.ts';

const OPTIONS: ImportOptions = { externalSystem: 'main', ownerId: null, defaultType: null, defaultCountry: null };
const mapped = (...fields: ImportField[]): ColumnMapping[] => fields.map((field, n) => ({ column: n + 1, field }));
const read = (line: Partial<Record<ImportField, string>>, options: Partial<ImportOptions> = {}) =>
  readRow(mapped(...(Object.keys(line) as ImportField[])), { ...OPTIONS, ...options }, Object.values(line));

test.each([
  [customerType, 'Firma', 'organization'],
  [customerType, 'B2C', 'individual'],
  [customerType, 'robot', undefined],
  [countryCode, 'de', 'DE'],
  [countryCode, 'DEU', 'DE'],
  [countryCode, 'Deutschland', 'DE'],
  [countryCode, 'España', 'ES'],
  [countryCode, 'United States of America', 'US'],
  [countryCode, 'UK', 'GB'],
  [countryCode, 'Atlantis', undefined],
  [employeeCount, '250', '201-500'],
  [employeeCount, '1.250', '1000+'],
  [employeeCount, '11 - 50', '11-50'],
  [employeeCount, '1000', '501-1000'],
  [employeeCount, 'many', undefined],
  [annualRevenue, '€ 2,500,000', '1M-10M'],
  [annualRevenue, '2.5M', '1M-10M'],
  [annualRevenue, '99.999,50', '<100K'],
  [annualRevenue, '<100K', '<100K'],
  [yesOrNo, 'ja', true],
  [yesOrNo, 'non', false],
  [yesOrNo, 'perhaps', undefined],
])('the value reader %# reads %p as %p', (reader, text, value) => {
  expect((reader as (text: string) => unknown)(text)).toEqual(value);
});

test('several roles stand in one cell', () => {
  expect(contactRoles('Entscheider; billing')).toEqual(['decision_maker', 'billing']);
  expect(contactRoles('billing, king')).toBeUndefined();
});

test('[WF-CM-001] a line with a company is an organisation with its contact, one without is a person', () => {
  const line = {
    account_legal_name: 'Nordwerk GmbH',
    contact_first_name: 'Ada',
    contact_last_name: 'Beispiel',
    contact_email: 'ada@example.com',
  } as const;
  expect(read(line)).toMatchObject({
    errors: [],
    input: {
      customer: { type: 'organization', displayName: 'Nordwerk GmbH' },
      account: { legalName: 'Nordwerk GmbH' },
      contact: { firstName: 'Ada', email: 'ada@example.com' },
    },
  });
  const person = read({ ...line, account_legal_name: '' });
  expect(person).toMatchObject({ errors: [], input: { customer: { displayName: 'Ada Beispiel', email: 'ada@example.com' } } });
  expect(person.input.contact).toBeUndefined();
  expect(read({ contact_name: 'Beispiel, Ada', account_legal_name: 'X' }).input.contact).toEqual({
    firstName: 'Ada',
    lastName: 'Beispiel',
  });
});

test.each<[Partial<Record<ImportField, string>>, ImportField | null, RegExp]>([
  [{ customer_name: 'Ada', customer_email: 'ada@' }, 'customer_email', /not a value/],
  [{ customer_name: 'Ada', customer_phone: '1'.repeat(51) }, 'customer_phone', /longer than 50/],
  [{ customer_name: 'x'.repeat(201) }, 'customer_name', /longer than 200/],
  [{ customer_name: '=HYPERLINK("x")' }, 'customer_name', /formula/],
  [{ customer_name: 'J\ufffdrg' }, 'customer_name', /encoding/],
  [{ customer_name: 'Ada\u0007' }, 'customer_name', /characters/],
  [{ customer_name: 'Ada', customer_status: 'deleted' }, 'customer_status', /not a value/],
  [{ account_legal_name: 'Nordwerk', account_tax_id: 'DE136695978', account_country: 'DE' }, 'account_tax_id', /rules of DE/],
  [{ customer_name: 'Ada', customer_type: 'person', account_legal_name: 'X' }, 'customer_type', /organisation/],
  [{ account_legal_name: 'X', contact_last_name: 'Beispiel', contact_first_name: '' }, 'contact_first_name', /required for a contact/],
  [
    { customer_name: 'Ada', address_street: 'Weg 1', address_city: 'Berlin', address_country: 'Atlantis' },
    'address_country',
    /not a value/,
  ],
  [{ customer_name: 'Ada', billing_street: 'Weg 1', billing_city: '', billing_country: 'DE' }, 'billing_city', /required for an address/],
])('[WF-CM-001] %j is a mistake at %s', (line, field, message) => {
  const { errors } = read(line);
  expect(errors.map((error) => error.field)).toContain(field);
  const error = errors.find((each) => each.field === field)!;
  expect(error.message).toMatch(message);
  expect(error.column).toBe(Object.keys(line).indexOf(field!) + 1);
});

test('a line that names nobody cannot make a customer, and a known one needs no name', () => {
  const line = read({ customer_external_id: '7', customer_phone: '+49301234567' });
  expect(line.errors).toEqual([]);
  expect(missingForCreate(line.input, mapped('customer_external_id', 'customer_phone'))).toHaveLength(1);
});

test('the hash is that of what is said, not of how many spaces stand around it or of columns that are not mapped', () => {
  const hash = (cells: string[], system = 'main') =>
    readRow(mapped('customer_name', 'customer_email'), { ...OPTIONS, externalSystem: system }, cells).hash;
  expect(hash(['Ada ', 'a@example.com', 'x'])).toBe(hash(['Ada', ' a@example.com', 'y']));
  expect(hash(['Ada', 'a@example.com'])).not.toBe(hash(['Ada', 'b@example.com']));
  expect(hash(['Ada', ''])).not.toBe(hash(['', 'Ada']));
  expect(hash(['Ada', ''])).not.toBe(hash(['Ada', ''], 'other'));
});

test('the default country stands in where a line names none', () => {
  const { input, errors } = read(
    { customer_name: 'Ada', customer_phone: '030 1234567', address_street: 'Weg 1', address_city: 'Berlin' },
    { defaultCountry: 'DE' },
  );
  expect(errors).toEqual([]);
  expect(input).toMatchObject({ region: 'DE', addresses: [{ country: 'DE', addressType: 'other' }] });
});

test.each([
  ['=1+1', "'=1+1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['+49 30 1234', '+49 30 1234'],
  ['-5', '-5'],
  ['+cmd|x', "'+cmd|x"],
  ['a "b", c', '"a ""b"", c"'],
  ['plain', 'plain'],
])('the report writes %p as %p', (cell, written) => {
  expect(csvCell(cell)).toBe(written);
});
