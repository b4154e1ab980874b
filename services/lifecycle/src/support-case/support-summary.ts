// [360 support] Open tickets, mean response time and satisfaction of one customer, as one JSON column of the section statement (load-sections.ts).
import { sql } from '@customer360/kernel/sql';
import { instant, type Section } from '../section.ts';

interface Raw {
  openTickets: number;
  avgResponseTimeMinutes: string | null;
  satisfactionScore: string | null;
  asOf: string | null;
}

export interface SupportSummary extends Omit<Raw, 'asOf'> {
  asOf: Date | null;
}

export const supportSection: Section<SupportSummary> = {
  column: () => sql`(
    select jsonb_build_object('openTickets', count(*) filter (where c.status in ('open', 'pending')),
      'avgResponseTimeMinutes', round(avg(extract(epoch from c.first_responded_at - c.opened_at) / 60) filter (where c.first_responded_at >= c.opened_at), 1)::text,
      'satisfactionScore', round(avg(c.satisfaction_score), 2)::text,
      'asOf', max(c.event_time))
    from support_case c where c.customer_id = parent.id)`,
  read: (json: Raw) => ({ ...json, asOf: instant(json.asOf) }),
};
