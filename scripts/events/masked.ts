// Payloads as an operator may see them: structure, numbers, ids, dates and words of the catalogue; any other text only by its length.

const PLAIN = /^[0-9a-f-]{36}$|^\d{4}-\d\d-\d\d([T ][\d:.]+Z?)?$|^-?\d{1,18}(\.\d+)?$|^[a-z_]{1,40}$|^[A-Z]{2,3}$/;

function mask(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(mask);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mask(inner)]));
  return typeof value === 'string' && !PLAIN.test(value) ? `… ${value.length} characters` : value;
}

/** The payload with the values of its free text hidden; null is a tombstone. */
export function masked(payload: string | null): unknown {
  if (payload === null) return null;
  try {
    return mask(JSON.parse(payload));
  } catch {
    return `not JSON, ${payload.length} characters`;
  }
}
