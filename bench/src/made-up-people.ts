// People and organisations for benchmarks: names, cities and streets as unevenly common as real ones (a few very common, many rare), and repeats of earlier
// ones with the mistakes that people make. Deterministic.
import { random } from './figures.ts';

export interface MadeUp {
  readonly type: 'individual' | 'organization';
  readonly name: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly street: string;
  readonly city: string;
  readonly postcode: string;
}

const START = ['b', 'br', 'd', 'f', 'g', 'gr', 'h', 'j', 'k', 'kl', 'l', 'm', 'n', 'p', 'r', 's', 'sch', 'st', 't', 'w', 'z'];
const MIDDLE = ['a', 'e', 'i', 'o', 'u', 'ei', 'au', 'ie'];
const END = ['ck', 'l', 'm', 'n', 'nd', 'ng', 'r', 'rt', 's', 'ss', 't', 'tz', ''];
const KEPT = 20_000;

/** `next` makes another one, `again` repeats one of the last 20,000 with one or two mistakes. */
export function people(seed: number): { next(): MadeUp; again(): MadeUp } {
  const draw = random(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(draw() * list.length)]!;
  const word = (syllables: number): string => Array.from({ length: syllables }, () => pick(START) + pick(MIDDLE) + pick(END)).join('');
  const lexicon = (size: number, syllables: (n: number) => number) => Array.from({ length: size }, (_, n) => word(syllables(n)));
  const given = lexicon(1_500, (n) => 1 + (n % 2));
  const family = lexicon(60_000, (n) => 1 + (n % 3));
  const trade = lexicon(40_000, () => 2);
  const city = lexicon(3_000, () => 2);
  const street = lexicon(20_000, () => 2);
  /** Zipf-like: the first ones are common. */
  const common = <T>(list: readonly T[]): T => list[Math.floor(list.length ** draw()) - 1]!;
  const digits = (n: number): string => Array.from({ length: n }, () => Math.floor(draw() * 10)).join('');
  const made: MadeUp[] = [];
  const capital = (text: string): string => text[0]!.toUpperCase() + text.slice(1);

  const next = (): MadeUp => {
    const organisation = draw() < 0.3;
    const [first, last] = [common(given), common(family)];
    const firm = [pick(trade), common(trade)];
    const place = Math.floor(city.length ** draw()) - 1;
    const one: MadeUp = {
      type: organisation ? 'organization' : 'individual',
      name: organisation ? `${firm.map(capital).join(' ')} ${pick(['GmbH', 'AG', 'KG', 'Ltd'])}` : `${capital(first)} ${capital(last)}`,
      email:
        draw() < 0.15
          ? null
          : organisation
            ? `office@${firm.join('-')}.example`
            : `${first}.${last}${digits(2)}@${pick(['gmail.com', 'web.de', `${word(2)}.example`])}`,
      phone: draw() < 0.2 ? null : `0${pick(['30', '40', '89', '221', '341'])} ${digits(8)}`,
      street: `${capital(common(street))}straße ${1 + Math.floor(draw() * 150)}`,
      city: capital(city[place]!),
      postcode: String(10_000 + place * 25 + Math.floor(draw() * 25)),
    };
    made[made.length < KEPT ? made.length : Math.floor(draw() * KEPT)] = one;
    return one;
  };
  const slip = (text: string): string => {
    const at = 1 + Math.floor(draw() * (text.length - 2));
    return draw() < 0.5 ? text.slice(0, at) + text.slice(at + 1) : text.slice(0, at) + text[at + 1] + text[at] + text.slice(at + 2);
  };
  const again = (): MadeUp => {
    const one = pick(made);
    const kind = draw();
    if (kind < 0.4) return { ...one, name: slip(one.name), phone: null };
    if (kind < 0.7) return { ...one, name: slip(one.name), email: null };
    return { ...one, name: one.name.toUpperCase(), email: one.email && slip(one.email) };
  };
  return { next, again };
}
