// [Customer 360] What a section is that another module feeds: SQL that makes one JSON object of a customer, and how to read it.
import type { Sql } from '@customer360/kernel/sql';

export interface Section<S extends object> {
  /** A scalar subquery over `parent.id` that answers one JSON object; amounts and decimals as text. */
  column(at: { reportingCurrency: string }): Sql;
  /** The JSON object as the graph shows it. */
  read(json: any): S;
}

/** An instant from JSON. */
export const instant = (text: string | null): Date | null => (text === null ? null : new Date(text));
