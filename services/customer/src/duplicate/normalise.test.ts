// Two spellings of one thing come out alike, and two things do not: names, organisations, mailboxes, phones, addresses, and the keys made of them.
import { expect, test } from '@jest/globals';
import { familyLevel, givenLevel, organisationLevel } from './compare-names.ts';
import { birthLevel, emailLevel, phoneLevel, streetLevel } from './compare-reach.ts';
import { MAX_BLOCK, matchKeys } from './match-keys.ts';
import { readOrganisation } from './organisation-name.ts';
import { readName } from './person-name.ts';
import { profileOf } from './profile.ts';
import { mailbox, ownDomain, phoneDigits } from './reach.ts';
import { readAddress, splitAddress } from './street-address.ts';
import { edits, fold, likeness, sound } from './text.ts';

test.each([
  ['Dr. Max Mustermann', { given: 'max', family: 'mustermann' }],
  ['Mustermann, Max', { given: 'max', family: 'mustermann' }],
  ['Ludwig van der Berg', { given: 'ludwig', family: 'vanderberg' }],
  ['José María O’Neil Jr.', { given: 'jose', middle: ['maria'], family: 'oneil', suffix: 'jr' }],
  ['Smith, John A., Jr', { given: 'john', middle: ['a'], family: 'smith', suffix: 'jr' }],
  ['Sébastien Lefèvre PhD', { given: 'sebastien', family: 'lefevre' }],
  ['Madonna', { given: 'madonna', family: '' }],
])('%p is read as a person', (text, expected) => {
  expect(readName(text)).toMatchObject(expected);
});

test.each([
  ['Müller & Söhne GmbH & Co. KG', 'Muller and Sohne'],
  ['The Acme Tools Company, Inc.', 'ACME TOOLS'],
  ['S.A.P. SE', 'SAP'],
])('%p and %p are one organisation', (a, b) => {
  expect(readOrganisation(a)!.core).toBe(readOrganisation(b)!.core);
});

test('names agree by degrees', () => {
  expect([
    givenLevel('bob', 'robert'),
    givenLevel('r', 'robert'),
    givenLevel('sarah', 'sara'),
    givenLevel('ann', 'bob'),
    givenLevel('', 'bob'),
  ]).toEqual(['nickname', 'initial', 'nickname', 'different', null]);
  const family = (a: string, b: string) => familyLevel(readName(`x ${a}`)!, readName(`x ${b}`)!);
  expect([family('Smith', 'Smyth'), family('Garcia-Lopez', 'Lopez'), family('Lee', 'Miller')]).toEqual(['close', 'partial', 'different']);
  const level = (a: string, b: string) =>
    organisationLevel(readOrganisation(a)!, readOrganisation(b)!, (word) => (word.length > 5 ? 10 : 4));
  expect(level("Art's Delicatessen", "Art's Deli")).toBe('close');
  expect(level('Hotel Bel-Air', 'Bel-Air Hotel')).toBe('reordered');
  expect(level('Northwind', 'Northwind Traders')).toBe('contained');
  expect(level('International Business Machines', 'IBM')).toBe('contained');
  expect(level('Northwind Traders', 'Southland Bakery')).toBe('different');
  expect(level('Store 12 Berlin', 'Store 14 Berlin')).toBe('different');
});

test('provider rules say that two addresses reach one mailbox, and whose a domain is', () => {
  expect(mailbox('Ann.Lee+shop@googlemail.com')!.key).toBe('annlee@gmail.com');
  expect(mailbox('ann.lee+shop@corp.example')!.key).toBe('ann.lee+shop@corp.example');
  expect(mailbox('info@corp.example')!.role).toBe(true);
  expect([ownDomain('https://www.Acme.example/about'), ownDomain('gmail.com'), ownDomain('nonsense')]).toEqual([
    'acme.example',
    null,
    null,
  ]);
});

test('phones agree by their digits', () => {
  expect(phoneDigits(null, '(030) 123 45-67 ext. 8')).toBe('301234567');
  const number = '493012345678';
  expect(['3012345678', '493019345678', '493012345687', '493012345679', '491719345678'].map((other) => phoneLevel(number, other))).toEqual([
    'equal',
    'oneOff',
    'oneOff', // two digits swapped
    'different', // the next line of one switchboard
    'different',
  ]);
});

test('a mistyped mailbox is close, one that differs as the names do is another', () => {
  const level = (a: string, b: string, ofA: string, ofB: string) => emailLevel(mailbox(a)!, mailbox(b)!, ofA.split(' '), ofB.split(' '));
  expect(level('hannah88@powers.example', 'hanah88@powers.example', 'hannah brown', 'hannah brown')).toBe('close');
  expect(level('john.smith@corp.example', 'jhon.smith@corp.example', 'john smith', 'john smith')).toBe('close');
  expect(level('nico.frei@post.example', 'nico.favr@post.example', 'nico frei', 'nico favr')).toBe('different');
  expect(level('john.smith@corp.example', 'john.smith@gmx.example', 'john smith', 'john smith')).toBe('nameMailbox');
  expect(level('zaphod42@corp.example', 'zaphod42@gmx.example', 'john smith', 'john smith')).toBe('mailbox');
  expect(level('info@corp1.example', 'info@corp2.example', 'corp one', 'corp two')).toBe('different');
});

test('phones with nothing in common are different', () => {
  expect(phoneLevel('493012345678', '498999999999')).toBe('different');
});

test('addresses in one column or several', () => {
  const several = readAddress({ street: '435 S. La Cienega Blvd., Suite 4', city: 'Los Angeles', postcode: '90048-1234' })!;
  const one = readAddress(splitAddress('435 South La Cienega Boulevard, Los Angeles, CA 90048'))!;
  expect(several).toMatchObject({ number: '435', street: 's la cienega bl', city: 'los angeles', postcode: '90048' });
  expect(one).toMatchObject({ number: '435', street: 's la cienega bl', city: 'los angeles', postcode: '90048' });
  const german = (street: string) => readAddress({ street, city: 'Berlin' })!;
  expect(streetLevel(german('Hauptstr. 12'), german('Hauptstraße 12'))).toBe('exact');
  expect(streetLevel(german('Hauptstr. 12'), german('Hauptstraße 14'))).toBe('sameStreet');
});

test('birth dates agree by degrees', () => {
  const born = '1980-03-12';
  expect(['1980-03-12', '1980-12-03', '1980-03-13', '1980-03-29', '1980', '1955-07-01'].map((other) => birthLevel(born, other))).toEqual([
    'exact',
    'close',
    'close',
    'parts',
    'year',
    'different',
  ]);
});

test('words that sound alike have one sound, and a slip of the pen is one edit', () => {
  expect(sound('schmidt')).toBe(sound('schmitt'));
  expect(sound('meyer')).toBe(sound('maier'));
  expect(sound('philip')).toBe(sound('filip'));
  expect(edits('martha', 'marhta', 2)).toBe(1);
  expect(edits('kitten', 'sitting', 2)).toBe(3);
  expect(likeness('martha', 'marhta')).toBeCloseTo(0.961, 3);
  expect(fold('Øresund Straße Łódź')).toBe('oresund strasse lodz');
});

test('every customer has a bounded number of keys, and one mistake leaves one of them standing', () => {
  const subject = {
    type: 'individual' as const,
    names: ['Robert Schulze'],
    emails: ['bob.schulze@corp.example'],
    phones: [{ e164: '+493012345678' }],
    addresses: [{ street: 'Lindenweg 5', city: 'Berlin', postcode: '10115', country: 'DE' }],
  };
  const keys = (more: object) => new Set(matchKeys(profileOf({ ...subject, ...more })).map(({ kind, key }) => `${kind}:${key}`));
  const all = keys({});
  expect(all.size).toBeGreaterThanOrEqual(7);
  expect(all.size).toBeLessThanOrEqual(12);
  for (const more of [
    { emails: ['b.schulze@corp.example'] },
    { phones: [] },
    { names: ['Schultze, Bob'] },
    { names: ['Gisela Meier'] },
    { addresses: [] },
    { addresses: [{ street: 'Lindenweg 5', city: 'Berlin', postcode: '10151' }] },
  ])
    expect([...keys(more)].filter((key) => all.has(key)).length).toBeGreaterThan(0);
  expect(MAX_BLOCK).toBe(100);
});
