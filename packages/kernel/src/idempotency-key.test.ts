// The header `Idempotency-Key`: one string, quoted as structured fields have it or bare, and never longer than a key may be.
import { expect, test } from '@jest/globals';
import { readIdempotencyKey } from './idempotency-key.ts';

test('a key is read quoted or bare, and absent without the header', () => {
  expect(readIdempotencyKey(undefined)).toBeUndefined();
  expect(readIdempotencyKey('8e03978e-40d5-43dd-bc93-6894a57f9324')).toBe('8e03978e-40d5-43dd-bc93-6894a57f9324');
  expect(readIdempotencyKey(' "8e03978e" ')).toBe('8e03978e');
  expect(readIdempotencyKey('"a \\"b\\" \\\\ c, d"')).toBe('a "b" \\ c, d');
  expect(readIdempotencyKey('a'.repeat(100))).toHaveLength(100);
});

test.each(['', '""', '"a', 'a"', '"a" "b"', '"a", "b"', 'a, b', 'a b', '"\\a"', 'ü', '"ü"', ['a', 'b']])(
  '%j is refused naming the header',
  (header) => {
    expect(() => readIdempotencyKey(header)).toThrow(/^Idempotency-Key: must be one string/);
  },
);

test('101 characters are refused with the limit and what was asked', () => {
  expect(() => readIdempotencyKey(`"${'a'.repeat(101)}"`)).toThrow(
    expect.objectContaining({
      extensions: expect.objectContaining({ code: 'BAD_USER_INPUT', field: 'Idempotency-Key', max: 100, asked: 101 }),
    }),
  );
});
