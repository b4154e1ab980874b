// What customers allow and want undone: grants and withdrawals over two years, one objection, one restriction, two deletion requests of which a
// legal hold stops one. [WF-PRIV-001] [Right to Object] [Right to Restriction] [DeletionRequest AC-1] [DeletionRequest AC-3]
import { archetype } from './archetypes.ts';
import { PORTAL_KEY } from './cast.ts';
import { SAMPLE_KEY } from './group.ts';
import type { PlannedCustomer } from './members.ts';
import { random } from './random.ts';
import { moment, type Wish, type World } from './world.ts';

const PURPOSES = ['MARKETING_EMAIL', 'MARKETING_SMS', 'PROFILING', 'ANALYTICS', 'THIRD_PARTY_SHARING'] as const;
const POLICY = '2024-05';

const record = (world: World, customer: PlannedCustomer, key: string, statement: Record<string, unknown>) => ({
  input: {
    customerId: world.idOf(customer.key),
    privacyPolicyVersion: POLICY,
    ...statement,
    idempotencyKey: `demo-consent-${customer.key}-${key}`,
  },
});

/** What was agreed or refused when the customer came, several choices at once. */
export function firstChoices(world: World): Wish[] {
  return world.cast.flatMap((customer) => {
    const chance = random(`choices ${customer.key}`);
    const life = archetype(customer.archetype);
    const all = customer.key === SAMPLE_KEY || customer.key === PORTAL_KEY;
    if (!all && chance.chance(0.5)) return [];
    const choices = (all ? PURPOSES : chance.some(PURPOSES, chance.int(1, 3))).map((consentType) => ({
      consentType,
      granted: chance.chance(life.agrees),
    }));
    if (all) for (const choice of choices) choice.granted = choice.consentType !== 'THIRD_PARTY_SHARING';
    const day = firstDay(customer);
    return [
      {
        actor: chance.chance(0.5) ? keeper(customer) : 'integration',
        item: record(world, customer, 'first', {
          choices,
          source: chance.pick(['WEB_FORM', 'EMAIL_LINK', 'PHONE', 'IN_PERSON', 'IMPORT']),
          occurredAt: moment(world.today, day, chance).toISOString(),
          jurisdiction: customer.country.code,
        }),
      },
    ];
  });
}

/** What was said later, one at a time: withdrawals, and the contract as a basis for essential messages. */
export function laterStatements(world: World): Wish[] {
  return world.cast.flatMap((customer) => {
    const chance = random(`statements ${customer.key}`);
    const life = archetype(customer.archetype);
    const wishes: Wish[] = [];
    const day = firstDay(customer);
    if (customer.key === SAMPLE_KEY || (life.buys.length > 0 && chance.chance(0.12))) {
      const statement = { consentType: 'ESSENTIAL_COMMUNICATIONS', granted: true, source: 'IN_PERSON', legalBasis: 'CONTRACT' };
      wishes.push({
        actor: 'integration',
        item: record(world, customer, 'contract', { ...statement, occurredAt: moment(world.today, day, chance).toISOString() }),
      });
    }
    if (customer.key === SAMPLE_KEY || chance.chance(life.withdraws * 0.6)) {
      const statement = {
        consentType: customer.key === SAMPLE_KEY ? 'PROFILING' : 'MARKETING_EMAIL',
        granted: false,
        source: 'EMAIL_LINK',
      };
      const later = Math.max(1, Math.round(day * 0.3));
      wishes.push({
        actor: keeper(customer),
        item: record(world, customer, 'withdrawn', { ...statement, occurredAt: moment(world.today, later, chance).toISOString() }),
      });
    }
    if (customer.key === PORTAL_KEY) {
      const statement = { consentType: 'MARKETING_SMS', granted: false, source: 'WEB_FORM', language: 'sv' };
      wishes.push({
        actor: 'portal',
        item: record(world, customer, 'portal', { ...statement, occurredAt: moment(world.today, 12, chance).toISOString() }),
      });
    }
    return wishes;
  });
}

/** Who writes it down: those who left may object or be restricted, and are then out of marketing's sight when a load is run again. */
const keeper = (customer: PlannedCustomer): string => (customer.archetype === 'churned' ? 'dpo' : 'marketing');

const firstDay = (customer: PlannedCustomer): number => Math.max(1, ...archetype(customer.archetype).talks.map((talk) => talk.from - 1));

/** Persons who left, in the order of the cast; each right is used by one of them. */
export function rightsUsed(world: World) {
  const left = world.cast.filter(
    (customer) => customer.archetype === 'churned' && customer.input.type === 'INDIVIDUAL' && customer.contacts.length === 0,
  );
  const [objects, restricted, leaves, held] = left;
  if (!objects || !restricted || !leaves || !held) throw new Error('demo data: the cast has fewer than four persons who left');
  const chance = random('rights');
  const deletion = (customer: PlannedCustomer, daysAgo: number) => ({
    input: {
      customerId: world.idOf(customer.key),
      requestType: 'FULL_DELETION',
      requestedVia: 'EMAIL',
      verificationMethod: 'EMAIL_CONFIRMED',
      requestedAt: moment(world.today, daysAgo, chance).toISOString(),
      idempotencyKey: `demo-deletion-${customer.key}`,
    },
  });
  return {
    objection: { customerId: world.idOf(objects.key), doNotProcess: true, reason: 'Wrote that no data shall be used for advertising.' },
    restriction: {
      customerId: world.idOf(restricted.key),
      restricted: true,
      reason: 'Disputes that the address is right; restricted until it is checked.',
    },
    hold: {
      input: {
        customerId: world.idOf(held.key),
        reference: 'Case 14 C 208/25',
        reason: 'Claim about the last invoice before the district court.',
        idempotencyKey: `demo-hold-${held.key}`,
      },
    },
    /** The first waits for verification, the second is verified and stopped by the hold. */
    deletions: [deletion(leaves, 6), deletion(held, 11)] as const,
  };
}
