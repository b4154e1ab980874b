// Values for arguments and variables: mostly what the type wants, sometimes what an attacker or a broken client sends. None of the hostile
// texts looks like what the oracle (findings.ts) takes for a leak, so that a value which is stored and read back is no finding.
import { type GraphQLInputType, isEnumType, isInputObjectType, isListType, isNonNullType } from 'graphql';
import type { Random } from './random.ts';

/** Ids of rows that exist, by noun in lower case (`customer`, `contact`, …). */
export type Ids = Readonly<Record<string, readonly string[]>>;

export interface Source {
  readonly random: Random;
  readonly ids: Ids;
  /** Cursors seen in answers. */
  readonly cursors: readonly string[];
  /** Chance that a value is hostile. */
  readonly hostility: number;
}

const deep = (levels: number): object => JSON.parse(`${'{"a":['.repeat(levels)}1${']}'.repeat(levels)}`);
const cursor = (content: unknown): string =>
  Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)).toString('base64url');

// biome-ignore format: a table of values
export const TEXTS: readonly string[] = [
  '', ' ', '\0', 'a\0b', '\ud800', 'x\udfffy', '👩‍👩‍👧‍👦', '\u202eabc', 'ﷺ'.repeat(50), 'Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤', '\ufeff', '\u2028', 'İIıi', '\r\n\t\u000b', '\u007f',
  "'; drop table customer; --", "' or '1'='1", "1) or (1=1", '"; truncate note; --', "\\'; vacuum; --", "' union all values (null) --", '$1', '%s', '%', '_', '\\', '\\%', '{}', '[',
  '$'.concat('{7*7}'), '{{7*7}}', '<script>alert(1)</script>', '../../../../etc/passwd', '; cat /etc/passwd', '%00', '%n%n', 'javascript:alert(1)', 'null', 'undefined', 'NaN', 'true', '0', '-1',
  '__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '9'.repeat(400), '1e309', '0x10', 'a'.repeat(201), 'b'.repeat(5_001), 'é'.repeat(70_000),
  '2026-02-30', '00000000-0000-0000-0000-000000000000', 'GGGGGGGG-0000-4000-8000-000000000000', '#', '"""', '\\u0000', 'a@b', 'file:///etc/passwd', 'http://169.254.169.254/latest',
];
// biome-ignore format: a table of values
const CURSORS: readonly string[] = [
  cursor([]), cursor([null]), cursor(['CREATED_AT DESC,id DESC', null, null]), cursor(['CREATED_AT DESC,id DESC', '2026-13-01 00:00:00+00', 'x']),
  cursor(['CREATED_AT DESC,id DESC', "2026-01-01 00:00:00+00'; drop table customer; --", '00000000-0000-4000-8000-000000000000']),
  cursor(['CREATED_AT DESC,id DESC', '9999-12-31 23:59:59.999999+00', '00000000-0000-4000-8000-000000000000']),
  cursor(['CREATED_AT DESC,id DESC', '275760-09-13 00:00:00+00', '00000000-0000-4000-8000-000000000000']),
  cursor(['DISPLAY_NAME ASC,id ASC', '\ud800', '00000000-0000-4000-8000-000000000000']), cursor(['DISPLAY_NAME ASC,id ASC', 'x', 5]), cursor({}), cursor('not json'),
  cursor('{"__proto__":[]}'), cursor('['.repeat(5_000)), cursor(['', '', '']), cursor([[[]]]), '====', '%%%', 'a'.repeat(20_000), '',
];
const NUMBERS: readonly unknown[] = [
  0,
  -1,
  1,
  200,
  201,
  2_147_483_647,
  2_147_483_648,
  -2_147_483_648,
  1e308,
  1.5,
  -0,
  '1',
  true,
  [],
  {},
  9_007_199_254_740_991,
];
const WRONG: readonly unknown[] = [null, 0, 1.5, true, '', 'x', [], [[]], {}, [null], { length: 5 }, deep(3)];

// biome-ignore format: a table of values
const SCALARS: Record<string, { good: (random: Random) => unknown; bad: readonly unknown[] }> = {
  Boolean: { good: (r) => r.chance(0.5), bad: ['true', 0, 1, null, []] },
  Int: { good: (r) => r.below(6), bad: NUMBERS },
  Float: { good: (r) => r.next(), bad: NUMBERS },
  DateTime: {
    good: (r) => new Date(1_780_000_000_000 + r.below(2_000_000_000) * (r.chance(0.5) ? 1 : -100)).toISOString(),
    bad: [
      '0001-01-01T00:00:00Z', '0001-01-01T00:00:00+14:00', '0000-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59-12:00', '2026-02-30T00:00:00Z', '2026-01-01',
      '2026-01-01T24:00:00Z', '2026-01-01T23:59:60Z', '2026-01-01T00:00:00+99:99', '+275760-09-13T00:00:00Z', '-infinity', 'infinity', 'now', 'epoch', '2026-01-01T00:00:00.999999999Z', 0, 1e15,
    ],
  },
  Date: { good: (r) => `20${10 + r.below(40)}-0${1 + r.below(9)}-1${r.below(10)}`, bad: ['0001-01-01', '9999-12-31', '0000-00-00', '2026-02-29', 'infinity', 'today', '10000-01-01', '2026-1-1', 20_260_101] },
  EmailAddress: { good: (r) => `f${r.below(1e9)}@example.com`, bad: ['a@b', '@', 'a@b.c', `${'a'.repeat(300)}@x.de`, 'a b@c.de', 'ü@ü.de', 'a@[127.0.0.1]', "'@x.de", 'a\0@b.de'] },
  URL: { good: () => 'https://example.com/x', bad: ['javascript:alert(1)', 'http://', 'https://[', `https://x.de/${'a'.repeat(2_001)}`, 'https://x.de/\0', 'https://x.de/\ud800', 'http:// x'] },
  CountryCode: { good: (r) => r.pick(['DE', 'US', 'FR', 'GB', 'JP']), bad: ['ZZ', 'de', 'DEU', '', 'D\0', 'ßß', 'XX'] },
  CurrencyCode: { good: (r) => r.pick(['EUR', 'USD']), bad: ['eur', 'EURO', '', 'XXX'] },
  Decimal: { good: (r) => `${r.below(100_000)}.${r.below(100)}`, bad: ['-0', '999999999999999999.999999', '-999999999999999999', '1e5', 'NaN', 'Infinity', '.5', '5.', '0.0000001', '9'.repeat(30), 5] },
  JSONObject: {
    good: (r) => ({ reason: `r${r.below(100)}` }),
    bad: [
      {}, JSON.parse('{"__proto__":{"admin":true},"constructor":{"prototype":{"x":1}}}'), { a: '\0' }, { '\0': 1 }, { a: '\ud800' }, { '\udfff': 'x' }, deep(8), deep(40), [], 'x', 5,
      { a: 'x'.repeat(20_000) }, { a: 1e308 }, { '': '' }, { a: '\\u0000' }, Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`k${i}`, i])),
    ],
  },
};

/** A value for `type`; `undefined` = leave it out. `name` is the argument's or field's, `noun` what the field around it is about. */
export function valueFor(source: Source, type: GraphQLInputType, name: string, noun: string, depth = 0): unknown {
  const { random, hostility } = source;
  if (isNonNullType(type)) {
    if (random.chance(hostility / 6)) return random.pick([undefined, null]);
    const value = valueFor(source, type.ofType, name, noun, depth);
    return value ?? (random.chance(hostility / 2) ? value : plainest(source, type.ofType, name, noun, depth));
  }
  if (random.chance(hostility / 8)) return random.pick(WRONG);
  if (isListType(type)) return listFor(source, type.ofType, name, noun, depth);
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    const bulk = depth > 3 ? 0.05 : depth > 1 ? 0.15 : fields.length > 10 ? 0.35 : 0.5;
    const value: Record<string, unknown> = {};
    for (const field of fields) {
      const required = isNonNullType(field.type) && field.defaultValue === undefined;
      if (!required && (depth > 6 || !random.chance(bulk))) continue;
      const inner = valueFor(source, field.type, field.name, noun, depth + 1);
      if (inner !== undefined) value[field.name] = inner;
    }
    if (random.chance(hostility / 6))
      Object.defineProperty(value, random.pick(['__proto__', 'constructor', 'nope', 'a b']), { value: { x: 1 }, enumerable: true });
    return value;
  }
  if (isEnumType(type)) {
    const values = type.getValues().map((one) => one.name);
    return random.chance(hostility / 3) ? random.pick([values[0]!.toLowerCase(), 'NOPE', 0, '', '__proto__']) : random.pick(values);
  }
  return scalarFor(source, type.name, name, noun);
}

/** For a required place that chance left empty: without hostility, so that more operations get to run. */
const plainest = (source: Source, type: GraphQLInputType, name: string, noun: string, depth: number): unknown =>
  valueFor({ ...source, hostility: 0 }, type, name, noun, depth);

function listFor(source: Source, type: GraphQLInputType, name: string, noun: string, depth: number): unknown {
  const { random, hostility } = source;
  if (random.chance(hostility / 6)) {
    const one = valueFor(source, type, name, noun, depth + 1);
    return random.pick([[], [null], one, Array.from({ length: random.pick([201, 1_001]) }, () => one), [[one]]]);
  }
  return Array.from({ length: 1 + random.below(depth > 3 ? 1 : 3) }, () => valueFor(source, type, name, noun, depth + 1)).filter(
    (value) => value !== undefined,
  );
}

function scalarFor({ random, ids, cursors, hostility }: Source, scalar: string, name: string, noun: string): unknown {
  const hostile = random.chance(hostility);
  if (name === 'after' || name === 'overrideToken') {
    if (cursors.length > 0 && random.chance(0.5)) {
      const known = random.pick(cursors);
      return random.chance(0.3) ? known.slice(0, random.below(known.length)) : known;
    }
    return hostile ? random.pick(CURSORS) : undefined;
  }
  if (scalar === 'ID' || /Id$/.test(name)) {
    if (hostile) return random.pick([random.uuid(), random.uuid().toUpperCase(), 'nope', '', 1, random.pick(TEXTS), {}]);
    const wanted = /^(\w+?)Ids?$/.exec(name)?.[1] ?? noun;
    const alike = Object.keys(ids).filter(
      (key) =>
        wanted.toLowerCase().endsWith(key) ||
        (key === 'customer' && /^(parent|customer|from|to)/.test(wanted)) ||
        (key === 'staffmember' && /owner|manager|assigned|created|changed|actor/i.test(wanted)),
    );
    return random.pick(ids[random.pick(alike.length > 0 ? alike : Object.keys(ids))]!);
  }
  const known = SCALARS[scalar];
  if (known) return hostile ? random.pick(random.chance(0.1) ? WRONG : known.bad) : known.good(random);
  if (hostile) return random.pick(random.chance(0.1) ? WRONG : TEXTS);
  if (/zone/i.test(name)) return random.pick(['UTC', 'Europe/Berlin']);
  if (/phone/i.test(name)) return `+4930${random.below(1e7)}`;
  return `fuzz ${random.below(1e6)}`;
}
