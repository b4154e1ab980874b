// Any phone format is accepted and kept as it was entered; beside it stands E.164 where the number can be read
// [International phone format]. A national number needs a region: the address's or the account's country.
import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js';

/** At most this many characters are kept of a phone number as entered. */
export const MAX_PHONE = 50;

/** The number in E.164, or null where it cannot be read (no region for a national number, or no number at all). */
export function phoneE164(phone: string | null | undefined, region?: string | null): string | null {
  if (phone == null) return null;
  const country = region && isSupportedCountry(region) ? (region as CountryCode) : undefined;
  // 00 is how most of the world dials abroad; without a region the library would not know.
  const international = phone.trim().replace(/^00(?=[\s\d])/, '+');
  const parsed = parsePhoneNumberFromString(country ? phone : international, country) ?? parsePhoneNumberFromString(international);
  return parsed?.isPossible() ? parsed.number : null;
}
