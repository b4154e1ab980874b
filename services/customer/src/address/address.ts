// A postal address of a customer [Address]: one default per type [Address AC-1], a country that exists [Address AC-2], and where it lies
// (coordinates.ts).
import type { CustomerChild, Row } from '@customer360/kernel/entity';
import { badInput } from '@customer360/kernel/problem';
import type { Coordinates } from './coordinates.ts';
import { isCountry } from './country.ts';

export const ADDRESS_TYPES = ['billing', 'shipping', 'service', 'headquarters', 'other'] as const;

export interface Address extends Row, CustomerChild, Coordinates {
  addressType: (typeof ADDRESS_TYPES)[number];
  isDefault: boolean;
  streetLine1: string;
  streetLine2: string | null;
  city: string;
  stateProvince: string | null;
  postalCode: string | null;
  country: string;
  deletionId: string | null;
}

/** What a caller may set. */
export interface AddressFields {
  addressType: Address['addressType'];
  isDefault?: boolean | null;
  streetLine1: string;
  streetLine2?: string | null;
  city: string;
  stateProvince?: string | null;
  postalCode?: string | null;
  country: string;
  latitude?: string | null;
  longitude?: string | null;
}

/** A country code must be one of ISO 3166-1. */
export function checkCountry(field: string, country: string | null | undefined): void {
  if (country != null && !isCountry(country)) throw badInput(field, 'is not a country code of ISO 3166-1');
}

/** Latitude and longitude come together and lie on the globe. */
export function checkPosition(latitude: string | null | undefined, longitude: string | null | undefined): void {
  if ((latitude == null) !== (longitude == null)) {
    throw badInput(latitude == null ? 'input.latitude' : 'input.longitude', 'latitude and longitude come together');
  }
  if (latitude != null && Math.abs(Number(latitude)) > 90) throw badInput('input.latitude', 'lies between -90 and 90 degrees');
  if (longitude != null && Math.abs(Number(longitude)) > 180) throw badInput('input.longitude', 'lies between -180 and 180 degrees');
}
