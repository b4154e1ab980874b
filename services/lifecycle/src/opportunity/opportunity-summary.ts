// [360 opportunities] Open deals, pipeline value and win rate of one customer, as one JSON column of the section statement (load-sections.ts).
import { sql } from '@customer360/kernel/sql';
import { type Money, money, moneys } from '../money.ts';
import { instant, type Section } from '../section.ts';

interface Raw {
  open: number;
  winRate: string | null;
  asOf: string | null;
  currency: string;
  pipeline: Money[] | null;
  list: Array<{
    opportunityId: string;
    name: string;
    stage: string;
    amount: string | null;
    currency: string | null;
    expectedCloseDate: string | null;
  }> | null;
}

export interface OpportunitySummary {
  open: number;
  openOpportunities: Array<{ opportunityId: string; name: string; stage: string; amount: Money | null; expectedCloseDate: string | null }>;
  pipelineValue: Money;
  otherPipelineValues: Money[];
  winRate: string | null;
  asOf: Date | null;
}

export const opportunitySection: Section<OpportunitySummary> = {
  column: ({ reportingCurrency }) => sql`(
    select jsonb_build_object('currency', ${reportingCurrency}::text, 'open', count(*) filter (where o.status = 'open'),
      'winRate', round(count(*) filter (where o.status = 'won')::numeric / nullif(count(*) filter (where o.status <> 'open'), 0), 4)::text,
      'asOf', max(o.event_time),
      'pipeline', (select jsonb_agg(jsonb_build_object('amount', amount::text, 'currency', currency)) from (
        select sum(p.amount) as amount, p.currency from opportunity p
        where p.customer_id = parent.id and p.status = 'open' and p.amount is not null and p.currency is not null group by p.currency) pipeline),
      'list', (select jsonb_agg(to_jsonb(next) order by next."expectedCloseDate" nulls last, next."opportunityId") from (
        select n.opportunity_id as "opportunityId", n.name, n.stage, n.amount::text as amount, n.currency, n.expected_close_date as "expectedCloseDate"
        from opportunity n where n.customer_id = parent.id and n.status = 'open' order by n.expected_close_date nulls last, n.opportunity_id limit 20) next))
    from opportunity o where o.customer_id = parent.id)`,
  read: (json: Raw) => {
    const own = json.pipeline?.find((amount) => amount.currency === json.currency);
    return {
      open: json.open,
      winRate: json.winRate,
      asOf: instant(json.asOf),
      pipelineValue: money(own?.amount ?? '0', json.currency),
      otherPipelineValues: moneys((json.pipeline ?? []).filter((amount) => amount !== own)),
      openOpportunities: (json.list ?? []).map(({ amount, currency, ...rest }) => ({
        ...rest,
        amount: amount && currency ? money(amount, currency) : null,
      })),
    };
  },
};
