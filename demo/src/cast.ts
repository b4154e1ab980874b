// Who the customers are: about 500 people and organisations in eight countries, each with a life (archetypes.ts), an owner, contacts and
// addresses. Pure: the same staff gives the same cast, which is what makes a repeated load find everything by its idempotency key. [Customer]
import { ARCHETYPES, type ArchetypeName } from './archetypes.ts';
import { group, SAMPLE_KEY } from './group.ts';
import { createRegistry, organisation, type PlannedCustomer, person } from './members.ts';
import { random } from './random.ts';
import type { Crew } from './staff.ts';

/** The person who may use the portal. */
export const PORTAL_KEY = 'portal';
const TOTAL = 480;
const ORGANISATIONS_OF_100 = 30;

/** The whole cast; parents stand before their children. */
export function castOf(crew: Crew): PlannedCustomer[] {
  const registry = createRegistry();
  const cast = group(crew, registry);
  const lives = livesInTurn();
  cast.push(person('portal', 'loyal', crew, registry, ['Hanna', 'Lindqvist']));
  for (let n = 0; cast.length < TOTAL; n++) {
    const chance = random(`kind ${n}`);
    const life = lives[n % lives.length]!;
    if (!chance.chance(ORGANISATIONS_OF_100 / 100)) {
      cast.push(person(`p${n}`, life, crew, registry));
      continue;
    }
    const parent = organisation(`o${n}`, life, crew, registry);
    cast.push(parent);
    if (n % 9 !== 0) continue;
    for (const [at, part] of ['Logistics', 'Services'].entries()) {
      if (cast.length < TOTAL) cast.push({ ...organisation(`o${n}-${at}`, life, crew, registry, parent, part), parentKey: parent.key });
    }
  }
  return cast.map(halfway).map(imported);
}

/** Some talks have not come to an offer yet. */
function halfway(planned: PlannedCustomer): PlannedCustomer {
  const early = planned.archetype === 'inTalks' && random(`halfway ${planned.key}`).chance(0.45);
  return early ? { ...planned, stages: planned.stages.slice(0, 2) } : planned;
}

const STATUS_OF: Record<string, string> = { Prospect: 'PROSPECT', 'At Risk': 'ACTIVE', Churned: 'CHURNED' };

/** Who was entered by the integration came with an import, which names the stage: only the last step is still to be taken. */
function imported(planned: PlannedCustomer): PlannedCustomer {
  const [initialStage, last] = planned.stages.slice(-2);
  if (planned.creator !== 'integration' || planned.stages.length < 3 || planned.key === SAMPLE_KEY) return planned;
  const input = { ...planned.input, source: 'IMPORT', status: STATUS_OF[initialStage!], initialStage };
  return { ...planned, stages: [initialStage!, last!], input };
}

/** A hundred lives in the shares of the archetypes, well mixed. */
function livesInTurn(): ArchetypeName[] {
  const names = Object.keys(ARCHETYPES) as ArchetypeName[];
  const all = names.flatMap((name) => Array<ArchetypeName>(ARCHETYPES[name].share).fill(name));
  return random('lives').some(all, all.length);
}
