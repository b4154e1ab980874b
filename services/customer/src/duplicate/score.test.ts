// What the matcher must say of pairs that people have an opinion on, with the shipped weights, and that every score is explained to the last bit.
import { expect, test } from '@jest/globals';
import { DEFAULT_MODEL } from './matching-model.ts';
import { profileOf, type Subject } from './profile.ts';
import { type Judgement, judge } from './score.ts';
import { NO_STATISTICS } from './statistics.ts';

const person = (name: string, more: Partial<Subject> = {}) => profileOf({ type: 'individual', names: [name], ...more });
const organisation = (name: string, more: Partial<Subject> = {}) => profileOf({ type: 'organization', names: [name], ...more });
const phone = (e164: string) => ({ phones: [{ e164 }] });
const email = (address: string) => ({ emails: [address] });
const taxId = (number: string) => ({ taxId: { key: `DE:${number}`, verified: true } });
const at = (street: string, postcode: string, city: string) => ({ addresses: [{ street, postcode, city, country: 'DE' }] });

const compared = (a: ReturnType<typeof person>, b: ReturnType<typeof person>, others = 0, customers = 0): Judgement =>
  judge(a, b, { model: DEFAULT_MODEL, statistics: { ...NO_STATISTICS, customers }, others: () => others });

const BASES = [0, 5_000, 1_000_000];

test.each(BASES)('[AI Duplicate Detection] in a base of %p, the same e-mail under another name is a duplicate', (customers) => {
  const [a, b] = [person('Ann Lee', email('ann@corp.example')), person('Bob Miller', email('ANN@corp.example'))];
  expect(compared(a, b, 0, customers).score).toBeGreaterThan(80);
  const [c, d] = [
    organisation('Northwind Traders', email('hello@northwind.example')),
    organisation('Southland GmbH', email('hello@northwind.example')),
  ];
  expect(compared(c, d, 0, customers).score).toBeGreaterThan(80);
});

test.each(BASES)('[AI Duplicate Detection] in a base of %p, the same phone counts with a compatible name only', (customers) => {
  const number = phone('+493012345678');
  for (const name of ['Robert Schulze', 'Bob Schulze', 'Schulze, Robert', 'Robert Schultze', 'R. Schulze'])
    expect([name, compared(person('Robert Schulze', number), person(name, number), 0, customers).score > 80]).toEqual([name, true]);
  expect(compared(person('Robert Schulze', number), person('Fatima Öztürk', number), 0, customers).score).toBeLessThan(80);
  expect(compared(person('Robert Schulze', number), person('Gisela Schulze', number), 0, customers).score).toBeLessThan(80);
});

test.each(BASES)('[AI Duplicate Detection] in a base of %p, a household or two firms in one house are not one customer', (customers) => {
  const home = { ...at('Lindenweg 5', '10115', 'Berlin'), ...phone('+493012345678') };
  expect(compared(person('Karl Sommer', home), person('Petra Sommer', home), 0, customers).score).toBeLessThan(50);
  expect(compared(organisation('Bäckerei Sommer', home), organisation('Zahnarztpraxis Dr. Winter', home), 0, customers).score).toBeLessThan(
    50,
  );
  expect(compared(person('Karl Sommer', home), person('Karl Sommer', home), 0, customers).score).toBeGreaterThan(95);
});

test('[AI Duplicate Detection] two organisations with different valid tax ids are not one, whatever else agrees', () => {
  const same = {
    ...email('office@acme.example'),
    ...phone('+493012345678'),
    ...at('Hauptstraße 1', '10115', 'Berlin'),
    website: 'https://www.acme.example',
  };
  const [a, b] = [
    organisation('Acme GmbH', { ...same, ...taxId('136695976') }),
    organisation('Acme GmbH', { ...same, ...taxId('811569869') }),
  ];
  expect(compared(a, b).score).toBeLessThan(80);
  expect(compared(a, organisation('Acme GmbH', { ...same, ...taxId('136695976') })).score).toBeGreaterThan(99);
  expect(total(compared(a, b))).toBeCloseTo(odds(compared(a, b)), 6);
});

test('[AI Duplicate Detection] an identifier that many customers share loses its weight', () => {
  const number = phone('+493012345678');
  const scores = [0, 1, 5, 50].map(
    (others) => compared(organisation('Acme Tools', number), organisation('Acme Tool', number), others).score,
  );
  expect([...scores].sort((x, y) => y - x)).toEqual(scores);
  expect(scores[0]).toBeGreaterThan(80);
  const shared = email('info@mall.example');
  expect(compared(organisation('Shoe Palace', shared), organisation('Book Corner', shared), 40).score).toBeLessThan(20);
});

test('[AI Duplicate Detection] a name alone is a hint for a person, and enough for an organisation with a name of its own', () => {
  for (const customers of BASES) {
    const { score } = compared(person('Ann Lee'), person('Ann Lee'), 0, customers);
    expect(score).toBeLessThan(80);
    if (customers === 0) expect(score).toBeGreaterThan(50);
    expect(compared(organisation('Zweirad Kowalczyk GmbH'), organisation('Zweirad Kowalczyk'), 0, customers).score).toBeGreaterThan(80);
  }
  expect(compared(person('Ann Lee'), person('Ann Li Smith')).score).toBeLessThan(50);
});

test('[AI Duplicate Detection] missing values are no evidence', () => {
  const bare = compared(
    person('Ann Lee'),
    person('Ann Lee', { ...email('ann@corp.example'), ...phone('+493012345678'), birthDate: '1980-01-02' }),
  );
  expect(bare).toEqual(compared(person('Ann Lee'), person('Ann Lee')));
});

test('[AI Duplicate Detection] numbers in names keep customers apart', () => {
  expect(compared(organisation('Store 12 Berlin'), organisation('Store 14 Berlin')).score).toBeLessThan(20);
  expect(compared(person('Statement 1a2b 001'), person('Statement 1a2b 002')).score).toBeLessThan(50);
});

test.each([
  [person('Karl Sommer', at('Lindenweg 5', '10115', 'Berlin')), person('Petra Sommer', at('Lindenweg 5', '10115', 'Berlin'))],
  [person('Ann Lee', email('ann@corp.example')), person('Bob Miller', email('ann@corp.example'))],
  [person('Ann Lee'), person('Ann Lee')],
  [organisation('Acme Tools'), person('Ann Lee')],
])('[AI Duplicate Detection] the reasons add up to the score (%#)', (a, b) => {
  const judgement = compared(a, b);
  expect(total(judgement)).toBeCloseTo(odds(judgement), 6);
  expect(compared(b, a).score).toBeCloseTo(judgement.score, 6);
});

const total = ({ reasons }: Judgement): number => reasons.reduce((sum, { bits }) => sum + bits, 0);
const odds = ({ score }: Judgement): number => Math.log2(score / (100 - score));
