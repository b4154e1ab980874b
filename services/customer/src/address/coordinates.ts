// Where an address lies, how exactly that is known, and when it is looked up [Address AC-3]: in the background, so that no save waits. Coordinates that a
// caller gave are never overwritten; those that were looked up go as soon as the place they belong to changes. Pure.
import type { Address, AddressFields } from './address.ts';

/** From the most to the least exact. */
export const COORDINATE_PRECISIONS = ['provided', 'address', 'street', 'postal_code', 'city', 'largest_city', 'not_found'] as const;
export type CoordinatePrecision = (typeof COORDINATE_PRECISIONS)[number];

export interface Coordinates {
  latitude: string | null;
  longitude: string | null;
  /** Null while they are still to be looked up. */
  coordinatePrecision: CoordinatePrecision | null;
  /** Who knew them; null where the caller did. */
  coordinateSource: string | null;
  coordinatesAt: Date | null;
  /** When the next look-up is due; null is never. */
  geocodeDueAt: Date | null;
  geocodeAttempts: number;
}

/** What is looked up; the second line of a street says nothing about where it lies. */
export const PLACE = ['streetLine1', 'city', 'stateProvince', 'postalCode', 'country'] as const;
export type Place = Pick<Address, (typeof PLACE)[number]>;

/** Degrees as the columns keep them, 6 decimals. */
export const degrees = (value: string | null | undefined): string | null => (value == null ? null : Number(value).toFixed(6));

const lookUp = (now: Date): Coordinates => ({
  latitude: null,
  longitude: null,
  coordinatePrecision: null,
  coordinateSource: null,
  coordinatesAt: null,
  geocodeDueAt: now,
  geocodeAttempts: 0,
});

const provided = (latitude: string, longitude: string, now: Date): Coordinates => ({
  ...lookUp(now),
  latitude,
  longitude,
  coordinatePrecision: 'provided',
  coordinatesAt: now,
  geocodeDueAt: null,
});

/** Those of a new address: the caller's, else looked up. */
export function newCoordinates({ latitude, longitude }: Pick<AddressFields, 'latitude' | 'longitude'>, now: Date): Coordinates {
  return latitude == null || longitude == null ? lookUp(now) : provided(degrees(latitude)!, degrees(longitude)!, now);
}

/** What a change of an address does to them; nothing where neither they nor the place change. */
export function coordinatesAfter(address: Address, changes: Partial<Address>, now: Date): Partial<Coordinates> {
  const { latitude, longitude } = { ...address, ...changes };
  if ('latitude' in changes || 'longitude' in changes)
    return latitude === null || longitude === null ? lookUp(now) : provided(latitude, longitude, now);
  const moved = PLACE.some((field) => field in changes);
  return moved && address.coordinatePrecision !== 'provided' ? lookUp(now) : {};
}
