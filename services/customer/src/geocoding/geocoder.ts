// The seam of geocoding [Address AC-3]: whoever knows where places lie. Two do: the offline tables, which always answer, and a provider on the network,
// which may know the very house, may be slow, and may fail.
import { type CoordinatePrecision, degrees, type Place } from '../address/coordinates.ts';

export interface Position {
  /** Degrees with 6 decimals, on the globe. */
  readonly latitude: string;
  readonly longitude: string;
  readonly precision: Exclude<CoordinatePrecision, 'provided' | 'not_found'>;
}

export const position = (latitude: number, longitude: number, precision: Position['precision']): Position => ({
  latitude: degrees(String(latitude))!,
  longitude: degrees(String(longitude))!,
  precision,
});

/** `failed` is worth another try later. */
export type Answer = Position | 'not_found' | 'failed';

export interface Geocoder {
  /** Stands beside the coordinates, at most 100 characters. */
  readonly source: string;
  /** One answer for each place, in their order; never rejects for a place. */
  geocode(places: readonly Place[]): Promise<Answer[]>;
}
