// Tax ids that hold up under the checks of their country, made from a serial number; none is meant to belong to anybody. [Account AC-2]
// Each function computes the country's check digits, which is why a made-up number passes where a random one would not.

const digits = (serial: number, length: number): number[] => [...String(serial).padStart(length, '0').slice(-length)].map(Number);
const weighted = (number: number[], weights: number[]): number => number.reduce((sum, digit, at) => sum + digit * weights[at]!, 0);

/** Sum of digits where every second one, counted from the right end of the full number, is doubled. */
function luhn(number: number[]): number {
  const sum = number.reduceRight((total, digit, at) => {
    const doubled = (number.length - at) % 2 === 1 ? digit * 2 : digit;
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return (10 - (sum % 10)) % 10;
}

const byCountry: Record<string, (serial: number) => string | undefined> = {
  /** ISO 7064 mod 11,10. */
  DE(serial) {
    const number = digits(12_000_000 + serial, 8);
    let product = 10;
    for (const digit of number) product = (((product + digit) % 10 || 10) * 2) % 11;
    return `DE${number.join('')}${(11 - product) % 10}`;
  },
  AT(serial) {
    const number = digits(3_100_000 + serial, 7);
    const sum = number.reduce((total, digit, at) => total + (at % 2 === 0 ? digit : Math.floor(digit / 5) + ((digit * 2) % 10)), 0);
    return `ATU${number.join('')}${(10 - ((sum + 4) % 10)) % 10}`;
  },
  CH(serial) {
    const number = digits(10_020_000 + serial, 8);
    const check = (11 - (weighted(number, [5, 4, 3, 2, 7, 6, 5, 4]) % 11)) % 11;
    if (check === 10) return undefined;
    const all = [...number, check].join('');
    return `CHE-${all.slice(0, 3)}.${all.slice(3, 6)}.${all.slice(6)}`;
  },
  FR(serial) {
    const body = digits(41_200_000 + serial, 8);
    const siren = [...body, luhn(body)].join('');
    return `FR${String((12 + 3 * (Number(siren) % 97)) % 97).padStart(2, '0')}${siren}`;
  },
  NL(serial) {
    const number = digits(81_300_000 + serial, 8);
    const check = weighted(number, [9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    return check === 10 ? undefined : `NL${number.join('')}${check}B01`;
  },
  GB(serial) {
    const number = digits(4_360_000 + serial, 7);
    const rest = weighted(number, [8, 7, 6, 5, 4, 3, 2]) % 97;
    return `GB${number.join('')}${String(97 - rest).padStart(2, '0')}`;
  },
  US(serial) {
    return `${['20', '26', '27', '45', '46', '47'][serial % 6]}-${String(4_100_000 + serial).padStart(7, '0')}`;
  },
  SE(serial) {
    const number = digits(556_700_000 + serial, 9);
    return `SE${number.join('')}${luhn(number)}01`;
  },
};

/** A tax id of this country, different for every serial below 10,000. */
export function taxId(country: string, serial: number): string {
  const make = byCountry[country];
  if (!make) throw new Error(`no tax id is made for ${country}`);
  // A serial without a check digit (ten of eleven have one) moves on to a number that no other serial uses.
  for (let attempt = 0; attempt < 20; attempt++) {
    const made = make(serial * 20 + attempt);
    if (made) return made;
  }
  throw new Error(`no tax id for ${country} ${serial}`);
}
