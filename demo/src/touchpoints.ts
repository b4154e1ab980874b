// What was said, noted and planned: interactions over two years, notes of which some are pinned, activities that are overdue, due today, ahead or
// done. [WF-IT-001] [Note AC-3] [Activity AC-1] [Activity AC-2]
import { type Archetype, archetype } from './archetypes.ts';
import { note, type Talk, talks, task } from './conversation.ts';
import { SAMPLE_KEY } from './group.ts';
import type { PlannedCustomer } from './members.ts';
import { type Random, random } from './random.ts';
import { moment, speaker, type Wish, type World } from './world.ts';

/** Not every talk is written down. */
const NOT_LOGGED = 0.6;

type Stretch = Archetype['talks'][number] & { product?: string };

/** How a talk reaches us when nobody types it in. */
const SYNCED: Partial<Record<Talk['interactionType'], string>> = {
  EMAIL: 'EMAIL_SYNC',
  CALL: 'PHONE_INTEGRATION',
  MEETING: 'CALENDAR_SYNC',
};

export function interactions(world: World): Wish[] {
  return world.cast.flatMap((customer) => {
    const chance = random(`talks ${customer.key}`);
    const life = archetype(customer.archetype);
    const stretches: readonly Stretch[] = customer.key === SAMPLE_KEY ? [...life.talks, ...SAMPLE_TALKS] : life.talks;
    const wishes: Wish[] = [];
    for (const { theme, count, from, to, product = customer.product } of stretches) {
      for (const [at, said] of talks(theme, product, count, chance).entries()) {
        if (customer.key !== SAMPLE_KEY && chance.chance(NOT_LOGGED)) continue;
        const daysAgo = Math.max(1, Math.round(from - ((from - to) * (at + chance.float() * 0.6)) / count));
        const mood = theme === 'trouble' || theme === 'leaving' ? 'NEGATIVE' : chance.chance(0.6) ? life.mood : 'NEUTRAL';
        wishes.push(interaction(world, customer, said, moment(world.today, daysAgo, chance), mood, chance, wishes.length));
      }
    }
    return wishes;
  });
}

/** The sample customer has been talked to a lot lately. */
const SAMPLE_TALKS = [
  { from: 85, to: 2, theme: 'steady', count: 14 },
  { from: 70, to: 20, theme: 'trouble', count: 3 },
  { from: 60, to: 6, theme: 'courting', count: 6, product: 'charging park' },
] as const;

function interaction(
  world: World,
  customer: PlannedCustomer,
  said: Talk,
  occurredAt: Date,
  sentiment: string,
  chance: Random,
  n: number,
): Wish {
  const source = chance.chance(0.4) ? SYNCED[said.interactionType] : undefined;
  const serves = said.interactionType === 'CHAT' || (said.direction === 'INBOUND' && sentiment === 'NEGATIVE');
  const contacts = world.contactsOf(customer.key);
  return {
    actor: source ? 'integration' : serves ? chance.pick(world.crew.support) : speaker(customer, world.crew),
    item: {
      input: {
        interactionType: said.interactionType,
        customerId: world.idOf(customer.key),
        contactId: contacts.length > 0 && chance.chance(0.8) ? chance.pick(contacts) : null,
        direction: said.direction,
        occurredAt: occurredAt.toISOString(),
        durationMinutes: said.minutes,
        subject: said.subject,
        description: said.description,
        outcome: said.outcome,
        sentiment,
        source,
        externalId: source ? `${source.toLowerCase()}-${customer.key}-${n}` : null,
        idempotencyKey: `demo-talk-${customer.key}-${n}`,
      },
    },
  };
}

export function notes(world: World): Wish[] {
  return world.cast.flatMap((customer) => {
    const chance = random(`notes ${customer.key}`);
    const count = customer.key === SAMPLE_KEY ? 4 : chance.chance(0.25) ? 1 : 0;
    const written = new Set<string>();
    return Array.from({ length: count }, (_, n) => {
      let { title, content } = note(customer.key === SAMPLE_KEY && n > 1 ? 'NEUTRAL' : archetype(customer.archetype).mood, chance);
      if (written.has(title)) title = `${title}, continued`;
      written.add(title);
      return {
        actor: speaker(customer, world.crew),
        item: {
          input: {
            customerId: world.idOf(customer.key),
            title,
            content,
            isPinned: n === 0 && (customer.key === SAMPLE_KEY || chance.chance(0.3)),
            visibility: n === 0 ? 'ALL' : chance.pick(['TEAM', 'ALL', 'PRIVATE']),
            idempotencyKey: `demo-note-${customer.key}-${n}`,
          },
        },
      };
    });
  });
}

/** In three hours, or before the day ends. */
const laterToday = (today: Date): Date => new Date(Math.min(today.getTime() + 3 * 3_600_000, new Date(today).setUTCHours(23, 55, 0, 0)));

/** Activities to create; those with `completion` are to be completed afterwards. */
export function activities(world: World): Array<Wish & { completion?: Record<string, unknown> }> {
  return world.cast.flatMap((customer) => {
    const chance = random(`tasks ${customer.key}`);
    const gone = customer.archetype === 'churned' || customer.archetype === 'dormant';
    const count = customer.key === SAMPLE_KEY ? 5 : !gone && chance.chance(0.3) ? 1 : 0;
    return Array.from({ length: count }, (_, n) => {
      const { activityType, subject } = task(customer.product, chance);
      // Of five: one overdue, one due today, two ahead, one done.
      const turn = customer.key === SAMPLE_KEY ? n : chance.int(0, 4);
      const dueDate =
        turn === 1
          ? laterToday(world.today)
          : moment(world.today, [chance.int(2, 9), 0, -chance.int(1, 6), -chance.int(7, 25), 4][turn]!, chance);
      const actor = speaker(customer, world.crew);
      return {
        actor,
        item: {
          input: {
            customerId: world.idOf(customer.key),
            contactId: world.contactsOf(customer.key)[0] ?? null,
            activityType,
            subject,
            dueDate: dueDate.toISOString(),
            reminderAt: chance.chance(0.5) ? new Date(dueDate.getTime() - 3_600_000).toISOString() : null,
            priority: chance.pick(['LOW', 'NORMAL', 'NORMAL', 'HIGH', 'URGENT']),
            assignedToId: actor,
            idempotencyKey: `demo-task-${customer.key}-${n}`,
          },
        },
        completion:
          turn === 4
            ? {
                completedAt: moment(world.today, 1, chance).toISOString(),
                outcome: 'SUCCESSFUL',
                durationMinutes: 15,
                sentiment: 'POSITIVE',
              }
            : undefined,
      };
    });
  });
}
