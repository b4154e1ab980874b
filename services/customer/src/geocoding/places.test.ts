// The offline tables as they are packaged: names in any language, states, postal codes, and what is not known.
import { expect, test } from '@jest/globals';
import type { Place } from '../address/coordinates.ts';
import { offlinePlaces } from './places.ts';

const place = (country: string, city: string, more: Partial<Place> = {}): Place => ({
  streetLine1: 'Weg 1',
  city,
  stateProvince: null,
  postalCode: null,
  country,
  ...more,
});

/** Latitude and longitude in tenths of a degree, and the precision. */
async function located(...places: Place[]): Promise<unknown[]> {
  const answers = await offlinePlaces.geocode(places);
  return answers.map((a) => (typeof a === 'string' ? a : [Number(a.latitude).toFixed(1), Number(a.longitude).toFixed(1), a.precision]));
}

test('[Address AC-3] a city is found under any of its names, however it is written', async () => {
  const munich = ['48.1', '11.6', 'city'];
  expect(await located(...['München', 'MUENCHEN', 'Munich', ' munchen '].map((city) => place('DE', city)))).toEqual(Array(4).fill(munich));
  expect(await located(place('AT', 'Wien'), place('IT', 'Milano'), place('RU', 'Москва'), place('JP', '東京'))).toEqual([
    ['48.2', '16.4', 'city'],
    ['45.5', '9.2', 'city'],
    ['55.8', '37.6', 'city'],
    ['35.7', '139.7', 'city'],
  ]);
  // Kehl is called Kiel by some, and the Rhine is far from the Baltic.
  expect(await located(place('DE', 'Kiel'), place('DE', 'Kehl'))).toEqual([
    ['54.3', '10.1', 'city'],
    ['48.6', '7.8', 'city'],
  ]);
  expect(await located(place('US', 'Chicago, IL'), place('DE', 'Berlin (Mitte)'))).toEqual([
    ['41.9', '-87.7', 'city'],
    ['52.5', '13.4', 'city'],
  ]);
});

test('[Address AC-3] of several places of one name the state decides, else the most populous is taken and said to be a guess', async () => {
  expect(
    await located(
      place('US', 'Springfield', { stateProvince: 'IL' }),
      place('US', 'Springfield', { stateProvince: 'Massachusetts' }),
      place('US', 'Springfield'),
      place('US', 'Springfield', { stateProvince: 'Bavaria' }),
      place('DE', 'Frankfurt'),
    ),
  ).toEqual([
    ['39.8', '-89.6', 'city'],
    ['42.1', '-72.6', 'city'],
    ['37.2', '-93.3', 'largest_city'],
    ['37.2', '-93.3', 'largest_city'],
    ['50.1', '8.7', 'largest_city'],
  ]);
});

test('[Address AC-3] a postal code of the US is more exact than its city; one that is not known leaves the city', async () => {
  expect(
    await located(
      place('US', 'Beverly Hills', { postalCode: '90210-1234' }),
      place('US', 'Chicago', { postalCode: '00000' }),
      place('DE', 'Berlin', { postalCode: '90210' }),
    ),
  ).toEqual([
    ['34.1', '-118.4', 'postal_code'],
    ['41.9', '-87.7', 'city'],
    ['52.5', '13.4', 'city'],
  ]);
});

test('[Address AC-3] what is not in the country is not found', async () => {
  expect(await located(place('DE', 'Nowhere at All'), place('AT', 'Chicago'), place('DE', '???'), place('AQ', 'Berlin'))).toEqual(
    Array(4).fill('not_found'),
  );
});
