// What an update changes: present values that differ; absent ones stay, null clears.
import { expect, test } from '@jest/globals';
import { changesOf } from './rows.ts';

const row = { name: 'Ann' as string | null, born: new Date('2000-01-01T00:00:00Z'), roles: ['user'], note: null as string | null };

test('an absent field is untouched, null clears, an equal value is no change', () => {
  expect(changesOf(row, {})).toEqual({});
  expect(changesOf(row, { name: undefined })).toEqual({});
  expect(changesOf(row, { name: null })).toEqual({ name: null });
  expect(changesOf(row, { name: 'Ann', note: null })).toEqual({});
  expect(changesOf(row, { name: 'Bob', note: 'x' })).toEqual({ name: 'Bob', note: 'x' });
});

test('instants and lists are compared by what they say', () => {
  expect(changesOf(row, { born: new Date(row.born), roles: ['user'] })).toEqual({});
  const changed = { born: new Date('2000-01-02T00:00:00Z'), roles: ['user', 'champion'] };
  expect(changesOf(row, changed)).toEqual(changed);
});
