// Stages and milestones: every customer walks its path along the catalogue's transitions, one allowed step after the other, from wherever a load
// that was broken off had left it. [WF-LC-001] [Journey]
import { archetype } from './archetypes.ts';
import type { GraphDoor } from './graph-door.ts';
import { SAMPLE_KEY } from './group.ts';
import { random } from './random.ts';
import { moment, speaker, type Wish, type World } from './world.ts';

const REASONS: Record<string, readonly string[]> = {
  Prospect: ['Budget and decision maker are known', 'Asked for a site survey'],
  Opportunity: ['Quote sent', 'Terms are being negotiated'],
  'At Risk': ['Open complaints and no order for months', 'Does not accept the last invoice'],
  Churned: ['Terminated the contract', 'Moved to a competitor'],
  'Won Back': ['Signed again for two years', 'Came back after the new offer'],
};

const STAGES = `query DemoStages($ids: [ID!]!) { customersByIds(ids: $ids) { id lifecycle { currentStage { name } } } }`;
const IDS = 200;
const WAIT_MS = 30_000;

/** Steps that are still to be taken, round by round: within a round, one step a customer. */
export async function stageSteps(world: World, door: GraphDoor, token: string): Promise<Wish[][]> {
  const walking = world.cast.filter((customer) => customer.stages.length > 1);
  const current = await currentStages(
    door,
    token,
    walking.map((customer) => world.idOf(customer.key)),
  );
  const rounds: Wish[][] = [];
  for (const customer of walking) {
    const chance = random(`steps ${customer.key}`);
    const customerId = world.idOf(customer.key);
    const at = customer.stages.indexOf(current.get(customerId)!);
    if (at === -1) continue; // a won deal has led it on
    for (const [round, toStage] of customer.stages.slice(at + 1).entries()) {
      const input = { customerId, toStage, reason: chance.pick(REASONS[toStage]!) };
      rounds[round] ??= [];
      rounds[round].push({ actor: speaker(customer, world.crew), item: { input } });
    }
  }
  return rounds;
}

/** Stage by customer id; waits until lifecycle has heard of all of them. */
export async function currentStages(door: GraphDoor, token: string, ids: readonly string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const deadline = Date.now() + WAIT_MS; ; ) {
    const missing = ids.filter((id) => !found.has(id));
    for (let at = 0; at < missing.length; at += IDS) {
      type Row = { id: string; lifecycle: { currentStage: { name: string } } | null } | null;
      const { customersByIds } = await door.query<{ customersByIds: Row[] }>(token, STAGES, { ids: missing.slice(at, at + IDS) });
      for (const row of customersByIds) if (row?.lifecycle) found.set(row.id, row.lifecycle.currentStage.name);
    }
    if (found.size === new Set(ids).size) return found;
    if (Date.now() > deadline)
      throw new Error(`demo data: lifecycle has not heard of ${ids.length - found.size} customers within ${WAIT_MS / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Milestones that people record; the system records the others from facts. */
export function milestones(world: World): Wish[] {
  return world.cast.flatMap((customer) => {
    const chance = random(`milestones ${customer.key}`);
    const sample = customer.key === SAMPLE_KEY;
    const more = sample
      ? ([
          ['UPSELL', 62],
          ['REFERRAL_MADE', 33],
          ['RENEWAL', 14],
        ] as const)
      : [];
    return [...archetype(customer.archetype).milestones, ...more]
      .filter(() => sample || chance.chance(0.35))
      .map(([milestoneType, daysAgo], n) => ({
        actor: speaker(customer, world.crew),
        item: {
          input: {
            customerId: world.idOf(customer.key),
            milestoneType,
            occurredAt: moment(world.today, daysAgo, chance).toISOString(),
            details: { product: customer.product },
            idempotencyKey: `demo-milestone-${customer.key}-${n}`,
          },
        },
      }));
  });
}
