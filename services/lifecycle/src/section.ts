// [Customer 360] The sections that other modules feed (financial, sales, support, field service): one statement answers all the sections that a
// request asks for, for all its customers, so that neither the number of sections nor the length of a list changes the number of statements.
import type { Database } from '@customer360/kernel/database';
import { join, raw, type Sql, sql } from '@customer360/kernel/sql';
import DataLoader from 'dataloader';
import { fieldServiceSection } from './field-service/field-service-summary.ts';
import { opportunitySection } from './opportunity/opportunity-summary.ts';
import { financialSection } from './purchase/financial-summary.ts';
import { supportSection } from './support-case/support-summary.ts';

export interface Section {
  readonly name: string;
  /** A scalar subquery over `parent.id` that answers one JSON object; amounts and decimals as text. */
  column(at: { reportingCurrency: string }): Sql;
  /** The JSON object as the graph shows it. */
  read(json: any): object;
}

const SECTIONS = {
  financial: financialSection,
  opportunities: opportunitySection,
  support: supportSection,
  fieldService: fieldServiceSection,
};
export type SectionName = keyof typeof SECTIONS;

interface Wanted {
  section: SectionName;
  customerId: string;
}

/** Loads sections; null for a customer that has no lifecycle here yet. */
export function sectionLoader(db: Pick<Database, 'query'>, reportingCurrency: string) {
  return new DataLoader<Wanted, object | null, string>(
    async (wanted) => {
      const names = [...new Set(wanted.map(({ section }) => section))];
      const ids = [...new Set(wanted.map(({ customerId }) => customerId))];
      const rows = await db.query<{ id: string } & Record<SectionName, object | null>>(
        'loadSections',
        sql`select parent.id, ${join(names.map((name) => sql`${SECTIONS[name].column({ reportingCurrency })} as ${raw(`"${name}"`)}`))}
            from unnest(${ids}::uuid[]) as parent(id)`,
      );
      const byId = new Map(rows.map((row) => [row.id, row]));
      return wanted.map(({ section, customerId }) => {
        const json = byId.get(customerId)?.[section];
        return json ? SECTIONS[section].read(json) : null;
      });
    },
    { cacheKeyFn: ({ section, customerId }) => `${section} ${customerId}`, maxBatchSize: 1_000 },
  );
}
