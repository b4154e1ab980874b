// The big group of the demo, three levels deep: a holding, its national companies, their hotels. Its company in Austria is the sample customer,
// in the middle of the tree, so that its 360 shows a parent, children and everything else. [360 core_profile]

import { countryOf } from './countries.ts';
import { type CompanyWish, company, type PlannedCustomer, type Registry } from './members.ts';
import { random } from './random.ts';
import type { Crew } from './staff.ts';

export const SAMPLE_KEY = 'aurora-alpine';

const TREE = [
  { key: 'aurora', name: 'Aurora Hospitality Group', country: 'DE', parts: 5 },
  { key: SAMPLE_KEY, name: 'Aurora Hotels Alpine', country: 'AT', parent: 'aurora', parts: 5 },
  { key: 'aurora-nordic', name: 'Aurora Hotels Nordic', country: 'SE', parent: 'aurora', parts: 3 },
  { key: 'aurora-residences', name: 'Aurora Résidences', country: 'FR', parent: 'aurora', parts: 3 },
  { key: 'aurora-edelweiss', name: 'Hotel Edelweiss Salzburg', country: 'AT', parent: SAMPLE_KEY, parts: 2 },
  { key: 'aurora-seehof', name: 'Seehof am Traunsee', country: 'AT', parent: SAMPLE_KEY, parts: 2 },
  { key: 'aurora-stadtpark', name: 'Stadthotel am Park Graz', country: 'AT', parent: SAMPLE_KEY, parts: 1 },
  { key: 'aurora-fjall', name: 'Fjällhotellet Umeå', country: 'SE', parent: 'aurora-nordic', parts: 2 },
  { key: 'aurora-hamn', name: 'Hamnhotellet Göteborg', country: 'SE', parent: 'aurora-nordic', parts: 2 },
  { key: 'aurora-loire', name: 'Résidence des Quais Nantes', country: 'FR', parent: 'aurora-residences', parts: 1 },
  { key: 'aurora-vosges', name: 'Résidence des Vosges', country: 'FR', parent: 'aurora-residences', parts: 2 },
] as const;

/** How members of the group, and others, are tied beyond parent and child. */
export const TIES = [
  { from: SAMPLE_KEY, to: 'aurora-nordic', relationshipType: 'PARTNER', notes: 'Shared purchasing of energy.', startDate: '2024-04-01' },
  {
    from: 'aurora-residences',
    to: 'aurora-loire',
    relationshipType: 'RESELLER',
    notes: 'Sells our service plan to its tenants.',
    startDate: '2024-09-15',
  },
] as const;

/** How large the holding, a national company and a hotel are. */
const SIZES = [
  { employeeCount: 'EMPLOYEES_OVER_1000', annualRevenue: 'REVENUE_OVER_100M' },
  { employeeCount: 'EMPLOYEES_201_500', annualRevenue: 'REVENUE_10M_100M' },
  { employeeCount: 'EMPLOYEES_51_200', annualRevenue: 'REVENUE_1M_10M' },
] as const;

const depthOf = (key: string): number => {
  const member = TREE.find((one) => one.key === key)!;
  return 'parent' in member ? depthOf(member.parent) + 1 : 0;
};

/** The group, parents first; all of it is a loyal customer with one owner. */
export function group(crew: Crew, registry: Registry): PlannedCustomer[] {
  const made = new Map<string, PlannedCustomer>();
  const ownerId = crew.reps.south[0]!;
  for (const member of TREE) {
    const wish: CompanyWish = {
      key: member.key,
      archetype: 'loyal',
      crew,
      registry,
      chance: random(`group ${member.key}`),
      country: countryOf(member.country),
      industry: 'Hospitality',
      name: member.name,
      parts: member.parts,
    };
    const planned = { ...company(wish), ownerId, creator: 'integration', parentKey: 'parent' in member ? member.parent : undefined };
    Object.assign(planned.input.account as object, SIZES[depthOf(member.key)]);
    if (member.key === SAMPLE_KEY) {
      planned.stages = ['Lead', 'Prospect', 'Opportunity']; // a won deal of long ago does the rest
      planned.input.status = 'PROSPECT';
    }
    made.set(member.key, planned);
  }
  return [...made.values()];
}
