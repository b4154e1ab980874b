// Amounts on their way out: tidied as text, never computed with.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decimalText, moneys } from './money.ts';

test('decimal text has at least two decimals and no trailing zeros beyond', () => {
  expect(['1250', '1250.5', '0.500000', '1.005000', '-3', '0', '123456789012345678.123456'].map(decimalText)).toEqual([
    '1250.00',
    '1250.50',
    '0.50',
    '1.005',
    '-3.00',
    '0.00',
    '123456789012345678.123456',
  ]);
});

test('property: tidying changes the text, never the amount', () => {
  const micros = (text: string) => {
    const [whole, fraction = ''] = text.split('.');
    return BigInt(`${whole}${fraction.padEnd(8, '0')}`);
  };
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }),
      fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 8 }),
      (whole, fraction) => {
        const text = fraction ? `${whole}.${fraction}` : `${whole}`;
        expect(micros(decimalText(text))).toBe(micros(text));
      },
    ),
  );
});

test('amounts of several currencies stay apart, in a fixed order', () => {
  expect(
    moneys([
      { amount: '2', currency: 'USD' },
      { amount: '1', currency: 'EUR' },
    ]),
  ).toEqual([
    { amount: '1.00', currency: 'EUR' },
    { amount: '2.00', currency: 'USD' },
  ]);
  expect(moneys(null)).toEqual([]);
});
