// A geocoder on the network, spoken to as Nominatim is [Address AC-3]: `GET <url>?format=jsonv2&street=…&city=…`. It gets the place and nothing else of the
// customer. Each call has a deadline and a limit on what is read; whatever goes wrong is `failed`, and never shows an address in the log.
import { z } from 'zod';
import type { Place } from '../address/coordinates.ts';
import { type Answer, type Geocoder, type Position, position } from './geocoder.ts';

const AT_ONCE = 8;
const MAX_ANSWER_BYTES = 65_536;

const answer = z
  .array(
    z.object({
      lat: z.coerce.number().min(-90).max(90),
      lon: z.coerce.number().min(-180).max(180),
      place_rank: z.number().optional(),
      addresstype: z.string().optional(),
    }),
  )
  .max(50);

/** Asks the endpoint for each place, at most 8 at once. */
export function openProvider(options: { url: string; key?: string | undefined; timeoutMs: number }): Geocoder {
  const source = new URL(options.url).host.slice(0, 100);
  return {
    source,
    async geocode(places) {
      const answers: Answer[] = [];
      for (let at = 0; at < places.length; at += AT_ONCE)
        answers.push(...(await Promise.all(places.slice(at, at + AT_ONCE).map((place) => ask(options, place)))));
      return answers;
    },
  };
}

async function ask({ url, key, timeoutMs }: Parameters<typeof openProvider>[0], place: Place): Promise<Answer> {
  const asked = new URL(url);
  const query = {
    format: 'jsonv2',
    limit: '1',
    street: place.streetLine1,
    city: place.city,
    state: place.stateProvince,
    postalcode: place.postalCode,
    countrycodes: place.country.toLowerCase(),
    key,
  };
  for (const [name, value] of Object.entries(query)) if (value) asked.searchParams.set(name, value);
  try {
    const response = await fetch(asked, {
      headers: { accept: 'application/json', 'user-agent': 'customer360' },
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await read(response);
    if (!response.ok) return 'failed';
    const [best] = answer.parse(JSON.parse(text));
    const precision = best && precisionOf(best);
    return precision ? position(best.lat, best.lon, precision) : 'not_found';
  } catch {
    return 'failed';
  }
}

async function read(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new Error('the answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** By Nominatim's ranks: 30 is a house, 26 a street, 13 to 25 a place; what is wider, such as a whole region, says nothing. */
function precisionOf({ place_rank: rank, addresstype }: z.infer<typeof answer>[number]): Position['precision'] | undefined {
  if (addresstype === 'postcode') return 'postal_code';
  if (rank === undefined) return 'city';
  if (rank >= 30) return 'address';
  if (rank >= 26) return 'street';
  return rank >= 13 ? 'city' : undefined;
}
