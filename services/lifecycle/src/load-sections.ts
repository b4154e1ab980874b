// [Customer 360] The sections that other modules feed (financial, sales, support, field service): one statement answers all the sections that a
// request asks for, for all its customers, so that neither the number of sections nor the length of a list changes the number of statements.
import type { Reader } from '@customer360/kernel/database';
import { join, raw, sql } from '@customer360/kernel/sql';
import DataLoader from 'dataloader';
import { fieldServiceSection } from './field-service/field-service-summary.ts';
import { opportunitySection } from './opportunity/opportunity-summary.ts';
import { financialSection } from './purchase/financial-summary.ts';
import { supportSection } from './support-case/support-summary.ts';

const SECTIONS = {
  financial: financialSection,
  opportunities: opportunitySection,
  support: supportSection,
  fieldService: fieldServiceSection,
};
type Name = keyof typeof SECTIONS;
type Shown<N extends Name> = ReturnType<(typeof SECTIONS)[N]['read']>;

interface Wanted {
  name: Name;
  customerId: string;
}

/** Per request, the function that answers a customer's section; null for a customer that has no lifecycle here yet. */
export function loadSections(db: Reader, reportingCurrency: string) {
  const loader = new DataLoader<Wanted, object | null, string>(
    async (wanted) => {
      const names = [...new Set(wanted.map(({ name }) => name))];
      const ids = [...new Set(wanted.map(({ customerId }) => customerId))];
      const columns = names.map((name) => sql`${SECTIONS[name].column({ reportingCurrency })} as ${raw(`"${name}"`)}`);
      const rows = await db.query<{ id: string } & Record<Name, object | null>>(
        'loadSections',
        sql`select parent.id, ${join(columns)} from unnest(${ids}::uuid[]) as parent(id)`,
      );
      const byId = new Map(rows.map((row) => [row.id, row]));
      return wanted.map(({ name, customerId }) => {
        const json = byId.get(customerId)?.[name];
        return json ? SECTIONS[name].read(json) : null;
      });
    },
    { cacheKeyFn: ({ name, customerId }) => `${name} ${customerId}`, maxBatchSize: 1_000 },
  );
  return <N extends Name>(name: N, customerId: string) => loader.load({ name, customerId }) as Promise<Shown<N> | null>;
}
