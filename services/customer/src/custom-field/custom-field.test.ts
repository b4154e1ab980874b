// Values of custom fields by their types: what is stored, what is refused, where personal ones stand, and what a change is called.
import { expect, test } from '@jest/globals';
import {
  type CustomField,
  changedCustomNames,
  checkNewValues,
  checkValue,
  checkValues,
  foldValues,
  shownValues,
  withValues,
} from './custom-field.ts';

const field = (key: string, type: CustomField['type'], more: Partial<CustomField> = {}) =>
  ({ key, type, choices: ['a', 'b'], required: false, personal: false, ...more }) as CustomField;
const refused = (work: () => unknown): unknown => {
  try {
    return { accepted: work() };
  } catch (error) {
    return (error as { extensions: { field: string } }).extensions.field;
  }
};

test.each<[CustomField['type'], unknown, unknown]>([
  ['text', 'hello', 'hello'],
  ['number', '-12.50', -12.5],
  ['number', 0.000_000_1, undefined],
  ['number', 999_999_999_999_999, 999_999_999_999_999],
  ['number', '0.00000123', 0.000_001_23],
  ['date', '2028-02-29', '2028-02-29'],
  ['boolean', false, false],
  ['choice', 'b', 'b'],
  ['multi_choice', ['b', 'a', 'b'], ['a', 'b']],
  ['url', 'https://example.com/a', 'https://example.com/a'],
])('a %s takes %j and stores %j', (type, given, stored) => {
  if (stored === undefined) expect(refused(() => checkValue(field('k', type), given, 'k'))).toBe('k');
  else expect(checkValue(field('k', type), given, 'k')).toEqual(stored);
});

test.each<[CustomField['type'], unknown]>([
  ['text', ' '],
  ['text', 1],
  ['text', 'x'.repeat(1_001)],
  ['number', 'NaN'],
  ['number', '1e5'],
  ['number', '1234567890123456'],
  ['number', Number.POSITIVE_INFINITY],
  ['date', '2027-02-29'],
  ['date', '2027-2-1'],
  ['boolean', 'true'],
  ['choice', 'c'],
  ['multi_choice', ['a', 'c']],
  ['multi_choice', 'a'],
  ['url', 'javascript:alert(1)'],
])('a %s refuses %j', (type, given) => {
  expect(refused(() => checkValues([field('k', type)], { k: given }, 'input.custom'))).toBe('input.custom.k');
});

test('what is required has to be there for a new customer and cannot be cleared; what is unknown is refused', () => {
  const fields = [field('must', 'text', { required: true }), field('may', 'text')];
  expect(refused(() => checkNewValues(fields, null, 'input.custom'))).toBe('input.custom.must');
  expect(refused(() => checkNewValues(fields, { must: null }, 'input.custom'))).toBe('input.custom.must');
  expect(checkNewValues(fields, { must: 'x' }, 'input.custom')).toEqual({ must: 'x' });
  expect(checkValues(fields, { may: null }, 'input.custom')).toEqual({ may: null });
  expect(refused(() => checkValues(fields, { must: null }, 'input.custom'))).toBe('input.custom.must');
  expect(refused(() => checkValues(fields, { other: 1 }, 'input.custom'))).toBe('input.custom.other');
});

test('personal values stand in a column of their own, cleared ones nowhere, and a change is named by its keys', () => {
  const fields = [field('seats', 'number'), field('hobby', 'text', { personal: true }), field('gone', 'text')];
  const empty = { custom: null, customPersonal: null };
  const first = withValues(fields, empty, { seats: 4, hobby: 'chess', gone: 'x' }, 'custom');
  expect(first).toEqual({ custom: { seats: 4, gone: 'x' }, customPersonal: { hobby: 'chess' } });
  const second = withValues(fields, first, { hobby: null, seats: 5 }, 'custom');
  expect(second).toEqual({ custom: { seats: 5, gone: 'x' }, customPersonal: null });
  expect(changedCustomNames(first, second)).toEqual(['custom.seats', 'custom.hobby']);
  expect(changedCustomNames(first, withValues(fields, first, { seats: 4 }, 'custom'))).toEqual([]);
  expect(shownValues(fields.slice(0, 2), first)).toEqual({ seats: 4, hobby: 'chess' });
  expect(foldValues([empty, first])).toEqual(first);
  expect(foldValues([second, first, empty])).toEqual({ custom: { seats: 5, gone: 'x' }, customPersonal: { hobby: 'chess' } });
  expect(JSON.stringify(foldValues([second, { custom: { gone: 'y' }, customPersonal: null }]))).toBe(JSON.stringify(second));
  const texts = Array.from({ length: 20 }, (_, n) => field(`t${n}`, 'text'));
  expect(
    refused(() => withValues(texts, empty, Object.fromEntries(texts.map(({ key }) => [key, 'x'.repeat(1_000)])), 'input.custom')),
  ).toBe('input.custom');
});
