// Days of an IANA time zone. All times are stored in UTC; a day exists only in somebody's zone [Timezone mismatch].
import { badInput } from '@customer360/kernel/problem';

const formats = new Map<string, Intl.DateTimeFormat>();
const MAX_FORMATS = 500;

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (!format) {
    try {
      if (timeZone.length > 64) throw new RangeError();
      format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit', calendar: 'iso8601' });
    } catch {
      throw badInput('timeZone', 'is not an IANA time zone, for example Europe/Berlin');
    }
    if (formats.size >= MAX_FORMATS) formats.clear();
    formats.set(timeZone, format);
  }
  return format;
}

/** The calendar day, `YYYY-MM-DD`, of an instant in a zone. Throws BAD_USER_INPUT naming `timeZone` for an unknown one. */
export function dayOf(instant: Date, timeZone: string): string {
  const parts = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, value]),
  );
  return `${parts.year!.padStart(4, '0')}-${parts.month}-${parts.day}`;
}

/** The first instant of the next day in a zone: found by halving, because a day has 23 to 25 hours, and some midnights do not exist. */
export function endOfDay(instant: Date, timeZone: string): Date {
  const today = dayOf(instant, timeZone);
  let inside = instant.getTime();
  let outside = inside + 26 * 3_600_000;
  while (outside - inside > 1) {
    const middle = Math.floor((inside + outside) / 2);
    if (dayOf(new Date(middle), timeZone) === today) inside = middle;
    else outside = middle;
  }
  return new Date(outside);
}
