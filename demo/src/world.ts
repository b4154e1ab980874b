// What every part of the story needs to know once the customers exist: their ids, their contacts' ids, and what day it is. The story's today is
// the day on which the first load began, read back from the graph, so that a repeated load sends the very same inputs.
import type { PlannedCustomer } from './members.ts';
import type { Random } from './random.ts';
import type { Crew } from './staff.ts';

/** A mutation's arguments and who makes it: a staff id, `integration`, `admin`, `dpo`, `marketing` or `portal`. */
export interface Wish {
  actor: string;
  item: Record<string, unknown>;
}

export interface World {
  cast: readonly PlannedCustomer[];
  crew: Crew;
  today: Date;
  /** ISO 4217 code in which the installation reports. */
  reportingCurrency: string;
  idOf(key: string): string;
  /** Ids of the customer's contacts, the primary one first. */
  contactsOf(key: string): readonly string[];
}

const DAY_MS = 86_400_000;

/** A moment in working hours so many days before today; negative days lie ahead. From one day on it lies before `today` itself. */
export function moment(today: Date, daysAgo: number, chance: Random): Date {
  const day = new Date(today.getTime() - daysAgo * DAY_MS);
  day.setUTCHours(7 + chance.int(0, 9), chance.int(0, 11) * 5, 0, 0);
  return day;
}

/** Who speaks for us to this customer: its owner, or the pool's first representative. */
export const speaker = (customer: PlannedCustomer, crew: Crew): string => customer.ownerId ?? crew.reps[customer.country.region][0]!;
