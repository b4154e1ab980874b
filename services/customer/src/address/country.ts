// Does this country code exist? [Address AC-2] ISO 3166-1 alpha-2 by the library i18n-iso-countries, without its names.
import countries from 'i18n-iso-countries';

/** True for an assigned ISO 3166-1 alpha-2 code in upper case. */
export const isCountry = (code: string): boolean => /^[A-Z]{2}$/.test(code) && countries.isValid(code);
