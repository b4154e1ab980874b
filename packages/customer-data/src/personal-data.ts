// What should not stand in a free text [PII in notes field]: payment cards (issuer, length and Luhn, ISO/IEC 7812), US social security numbers (the
// ranges that were ever issued; without separators only beside a word that says so) and IBANs (length by country and mod-97, ISO 13616). Pure.
// Found texts are flagged for a person to review and never blocked, and the value itself is never repeated.

export const PERSONAL_DATA_KINDS = ['payment_card', 'social_security_number', 'iban'] as const;
export type PersonalDataKind = (typeof PERSONAL_DATA_KINDS)[number];

/** Which kinds occur in the text, in the order of PERSONAL_DATA_KINDS. */
export function findPersonalData(text: string | null | undefined): PersonalDataKind[] {
  if (!text) return [];
  const found: Record<PersonalDataKind, boolean> = {
    payment_card: hasCard(text),
    social_security_number: hasSocialSecurityNumber(text),
    iban: hasIban(text),
  };
  return PERSONAL_DATA_KINDS.filter((kind) => found[kind]);
}

/** Digits in groups as people write them: spaces or hyphens between, no letter or digit at either end. Other numbers may stand beside a card's. */
const DIGITS = /(?<![\p{L}\p{N}])\d(?:[ -]?\d){12,}(?![\p{L}\p{N}])/gu;
const LONGEST_CARD = 19;
/** Visa, Mastercard (5 and 2-series), American Express, Discover, Diners, JCB, Maestro. */
const ISSUERS: ReadonlyArray<readonly [RegExp, readonly number[]]> = [
  [/^4/, [13, 16, 19]],
  [/^(5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]],
  [/^3[47]/, [15]],
  [/^(6011|64[4-9]|65)/, [16, 19]],
  [/^(30[0-5]|36|38|39)/, [14, 16]],
  [/^35(2[89]|[3-8])/, [16]],
  [/^(50|5[6-9]|6[0-9])/, [13, 14, 15, 16, 17, 18, 19]],
];

function hasCard(text: string): boolean {
  for (const [match] of text.matchAll(DIGITS)) {
    const groups = match.split(/[ -]/);
    for (const first of groups.keys()) {
      let digits = '';
      for (let next = first; next < groups.length && digits.length <= LONGEST_CARD; next++) {
        digits += groups[next];
        if (isCard(digits)) return true;
      }
    }
  }
  return false;
}

const isCard = (digits: string): boolean =>
  ISSUERS.some(([prefix, lengths]) => prefix.test(digits) && lengths.includes(digits.length)) && luhn(digits);

function luhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const twice = digit * 2;
    sum += i % 2 === 0 ? digit : twice > 9 ? twice - 9 : twice;
  }
  return sum % 10 === 0;
}

const SSN = /(?<![\p{L}\p{N}-])(\d{3})([ -]?)(\d{2})\2(\d{4})(?![\p{L}\p{N}-])/gu;
const SSN_CONTEXT = /\b(ssn|social\s+security|soc\.?\s*sec)/i;

function hasSocialSecurityNumber(text: string): boolean {
  for (const match of text.matchAll(SSN)) {
    const [, area, separator, group, serial] = match;
    const possible = area !== '000' && area !== '666' && area! < '900' && group !== '00' && serial !== '0000';
    const told = SSN_CONTEXT.test(text.slice(Math.max(0, match.index - 40), match.index));
    if (possible && (separator === '-' || told)) return true;
  }
  return false;
}

/** Lengths of the SWIFT registry. */
const IBAN_LENGTHS: Readonly<Record<string, number>> = Object.fromEntries(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 ' +
    'GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 ' +
    'PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);
const IBAN = /(?<![\p{L}\p{N}])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}/giu;

function hasIban(text: string): boolean {
  for (const [match] of text.matchAll(IBAN)) {
    const compact = match.replaceAll(' ', '').toUpperCase();
    const length = IBAN_LENGTHS[compact.slice(0, 2)];
    // Words that follow may have been taken along.
    if (length && compact.length >= length && mod97(compact.slice(0, length)) === 1) return true;
  }
  return false;
}

function mod97(iban: string): number {
  let rest = 0;
  for (const char of iban.slice(4) + iban.slice(0, 4))
    for (const digit of Number.parseInt(char, 36).toString()) rest = (rest * 10 + Number(digit)) % 97;
  return rest;
}
