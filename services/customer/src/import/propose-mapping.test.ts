// Proposed mappings over headers of this world; pure.
import { expect, test } from '@jest/globals';
import { FIELDS, IMPORT_FIELDS, normaliseHeader } from './fields.ts';
import { proposeMapping } from './propose-mapping.ts';

const propose = (headers: string[], samples: string[][] = []) =>
  proposeMapping(
    headers,
    headers.map((_, n) => samples.map((row) => row[n] ?? '')),
  );

test.each([
  ['customerName', 'customer name'],
  ['E-Mail-Adresse', 'e mail adresse'],
  ['STRASSE/Nr.', 'strasse nr'],
  ['Téléphone', 'telephone'],
])('the header %p is %p', (header, normalised) => {
  expect(normaliseHeader(header)).toBe(normalised);
});

test.each([
  [
    ['Company', 'First Name', 'Last Name', 'Email', 'Phone', 'Billing Street', 'Billing City'],
    ['account_legal_name', 'contact_first_name', 'contact_last_name', 'contact_email', 'contact_phone', 'billing_street', 'billing_city'],
  ],
  [
    ['Kundennummer', 'Firma', 'Ansprechpartner', 'Telefon', 'Straße', 'PLZ', 'Ort', 'Land', 'USt-IdNr.'],
    [
      'customer_external_id',
      'account_legal_name',
      'contact_name',
      'contact_phone',
      'address_street',
      'address_postal_code',
      'address_city',
      'address_country',
      'account_tax_id',
    ],
  ],
  [
    ['Prénom', 'Nom', 'Courriel', 'Ville', 'Pays'],
    ['customer_first_name', 'customer_last_name', 'customer_email', 'address_city', 'address_country'],
  ],
  [
    ['Razón social', 'Código postal', 'Teléfono'],
    ['account_legal_name', 'address_postal_code', 'contact_phone'],
  ],
  [
    ['Ragione sociale', 'Partita IVA', 'Indirizzo', 'CAP', 'Città'],
    ['account_legal_name', 'account_tax_id', 'address_street', 'address_postal_code', 'address_city'],
  ],
  [
    ['Vorname', 'Nachname', 'Rechnungsort', 'Lieferadresse'],
    ['customer_first_name', 'customer_last_name', 'billing_city', 'shipping_street'],
  ],
])('[WF-CM-001] %j is proposed as %j', (headers, fields) => {
  expect(propose(headers)).toEqual(fields);
});

test('[WF-CM-001] a column without a telling header is known by what stands in it, and no field is proposed twice', () => {
  const rows = [
    ['ada@example.com', 'DE', '+49 30 1', 'blue'],
    ['bob@example.com', 'FR', '+33 1 40 20 50 50', 'red'],
  ];
  expect(propose(['X1', 'X2', 'X3', 'X4'], rows)).toEqual(['customer_email', 'address_country', null, null]);
  expect(propose(['Email', 'E-Mail'])).toEqual(['customer_email', null]);
});

test('every field has a name and words, and no word speaks for two fields of one noun', () => {
  for (const field of IMPORT_FIELDS) expect(FIELDS[field].words.length).toBeGreaterThan(0);
  const seen = new Map<string, string>();
  for (const field of IMPORT_FIELDS)
    for (const word of FIELDS[field].words) {
      const key = `${FIELDS[field].noun} ${word}`;
      expect([word, seen.get(key) ?? field]).toEqual([word, field]);
      seen.set(key, field);
    }
});
