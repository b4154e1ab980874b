// Where the customers start in the lifecycle and which deals they close, by their place: enough to see every way that a won deal takes, and the
// stages that they must have passed in the end. The rules are the catalogue's text, walked here by code of the test's own. [WF-LC-001]
import type { ModuleEvent } from './purchases.ts';

/** Catalogue, stage_transition_rules. */
const RULES: Record<string, string[]> = {
  Lead: ['Prospect', 'Churned'],
  Prospect: ['Opportunity', 'Lead', 'Churned'],
  Opportunity: ['Customer', 'Prospect', 'Churned'],
  Customer: ['At Risk', 'Churned'],
  'At Risk': ['Customer', 'Churned'],
  Churned: ['Won Back'],
  'Won Back': ['Customer', 'Churned'],
};
const STATUS: Record<string, string> = { Lead: 'PROSPECT', Prospect: 'PROSPECT', Opportunity: 'PROSPECT', Churned: 'CHURNED' };

export interface Start {
  /** Status at creation; undefined = the default. */
  status: 'ACTIVE' | 'CHURNED' | undefined;
  deal: 'won' | 'lost' | null;
}

const STARTS: readonly Start[] = [
  { status: 'ACTIVE', deal: null },
  { status: undefined, deal: null },
  { status: undefined, deal: 'won' },
  { status: 'CHURNED', deal: 'won' },
  { status: 'ACTIVE', deal: 'lost' },
];

export const startOf = (place: number): Start => STARTS[place % STARTS.length]!;

/** The stages from the first to the last, by breadth-first search over the rules. */
export function stagesOf({ status, deal }: Start): string[] {
  const first = status === 'ACTIVE' ? 'Customer' : status === 'CHURNED' ? 'Churned' : 'Lead';
  if (deal !== 'won') return [first];
  const paths = [[first]];
  for (const path of paths) {
    const last = path.at(-1)!;
    if (last === 'Customer') return path;
    for (const next of RULES[last]!) if (!paths.some((known) => known.includes(next))) paths.push([...path, next]);
  }
  throw new Error(`no path leads from ${first} to Customer`);
}

export const statusOf = (stage: string): string => STATUS[stage] ?? 'ACTIVE';

/** Two revisions of each deal, open and then closed; which of them arrives first must not matter. */
export function dealEvents(customerIds: readonly string[], run: string, currency: string): ModuleEvent[] {
  return customerIds.flatMap((customerId, place) => {
    const { deal } = startOf(place);
    if (!deal) return [];
    const opportunityId = `deal-${run}-${place}`;
    return (['open', deal] as const).map((status, at): ModuleEvent => {
      const changedAt = new Date(Date.UTC(1997, 9, 1 + at, 9));
      const closedAt = status === 'open' ? null : changedAt.toISOString();
      const stage = status === 'open' ? 'Negotiation' : 'Closed';
      const data = {
        opportunityId,
        customerId,
        name: 'Subscription',
        stage,
        status,
        amount: '120.00',
        currency,
        expectedCloseDate: '1997-10-31',
        closedAt,
      };
      const time = { revision: at + 1, changedAt: changedAt.toISOString() };
      return {
        id: `${opportunityId}-${at}`,
        topic: 'sales.events.v1',
        type: 'sales.opportunity-changed.v1',
        time: changedAt,
        data: { ...data, ...time },
      };
    });
  });
}
