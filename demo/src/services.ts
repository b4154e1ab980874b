// What support and field service tell us: cases with response times and ratings, some escalated; installations, yearly visits and the equipment
// that stands at the customer. [360 support] [360 field_service] [Field Service to CRM: Job completed]
import { archetype } from './archetypes.ts';
import { SAMPLE_KEY } from './group.ts';
import { random } from './random.ts';
import type { ModuleEvent } from './topic-door.ts';
import { moment, type World } from './world.ts';

const SUBJECTS = [
  'The app shows no data',
  'Noise at start-up',
  'Error code E42',
  'Meter reads differently',
  'Remote control does not answer',
  'Leaking valve',
];
const HOUR_MS = 3_600_000;

export function cases(world: World): ModuleEvent[] {
  let serial = 4_000;
  return world.cast.flatMap((customer) => {
    const chance = random(`cases ${customer.key}`);
    const life = archetype(customer.archetype);
    const sample = customer.key === SAMPLE_KEY;
    const count = sample ? 5 : chance.int(0, life.cases);
    return Array.from({ length: count }, (_, n): ModuleEvent => {
      serial += 1;
      const day = sample ? [70, 48, 31, 12, 2][n]! : Math.max(1, chance.int(Math.min(...life.talks.map((talk) => talk.to)), 500));
      const openedAt = moment(world.today, day, chance);
      const open = day < 15 && (sample ? n >= 3 : chance.chance(0.6));
      const firstRespondedAt = new Date(openedAt.getTime() + chance.int(8, life.mood === 'NEGATIVE' ? 900 : 180) * 60_000);
      const closedAt = new Date(openedAt.getTime() + chance.int(4, 9 * 24) * HOUR_MS);
      const settled = !open && closedAt < world.today;
      const data = {
        caseId: `case-${customer.key}-${n}`,
        number: String(serial),
        customerId: world.idOf(customer.key),
        subject: chance.pick(SUBJECTS),
        status: settled ? chance.pick(['resolved', 'closed']) : chance.pick(['open', 'pending']),
        priority: life.escalates && n === 0 ? 'urgent' : chance.pick(['low', 'normal', 'normal', 'high']),
        escalated: (Boolean(life.escalates) && n === 0) || (sample && n === 2),
        openedAt: openedAt.toISOString(),
        firstRespondedAt: firstRespondedAt < world.today ? firstRespondedAt.toISOString() : null,
        closedAt: settled ? closedAt.toISOString() : null,
        satisfactionScore:
          settled && (sample || chance.chance(0.7)) ? (life.mood === 'NEGATIVE' ? chance.int(1, 3) : chance.int(3, 5)) : null,
        revision: 1,
      };
      return { topic: 'support.events.v1', type: 'support.case-changed.v1', id: data.caseId, time: openedAt, data };
    });
  });
}

export function fieldService(world: World): ModuleEvent[] {
  let serial = 700;
  return world.cast.flatMap((customer) => {
    const chance = random(`visits ${customer.key}`);
    const first = Math.max(0, ...archetype(customer.archetype).buys.map((stretch) => stretch.from));
    const sample = customer.key === SAMPLE_KEY;
    if (first === 0 || (!sample && chance.chance(0.45))) return [];
    const customerId = world.idOf(customer.key);
    const equipment = `${customer.product[0]!.toUpperCase()}${customer.product.slice(1)}`;
    const events: ModuleEvent[] = [];
    const visit = (day: number, description: string) => {
      serial += 1;
      const scheduledAt = moment(world.today, day, chance);
      const done = day > 0;
      const id = `visit-${customer.key}-${events.length}`;
      const completedAt = done ? new Date(scheduledAt.getTime() + 2 * HOUR_MS).toISOString() : null;
      const status = done ? 'completed' : 'scheduled';
      const data = {
        workOrderId: id,
        number: `WO-${serial}`,
        customerId,
        description,
        status,
        scheduledAt: scheduledAt.toISOString(),
        completedAt,
        equipment,
        revision: 1,
      };
      events.push({ topic: 'field-service.events.v1', type: 'field-service.work-order-changed.v1', id, time: scheduledAt, data });
    };
    const gone = customer.archetype === 'churned';
    const install = (n: number, name: string, day: number) => {
      const installedAt = moment(world.today, day, chance);
      const id = `equipment-${customer.key}-${n}`;
      const removedAt = gone ? moment(world.today, 210, chance).toISOString() : null;
      const data = {
        equipmentId: id,
        customerId,
        name,
        serialNumber: `SN-${customer.country.code}-${serial}${n}`,
        installedAt: installedAt.toISOString(),
        removedAt,
        revision: 1,
      };
      events.push({ topic: 'field-service.events.v1', type: 'field-service.equipment-changed.v1', id, time: installedAt, data });
    };
    visit(Math.max(1, first - 12), `Installation: ${customer.product}`);
    install(0, equipment, Math.max(1, first - 12));
    if (first > 400 && !gone) visit(chance.int(300, 380), 'Yearly inspection');
    if (sample) {
      install(1, 'Battery storage, cellar', 300);
      for (const [day, description] of [
        [75, 'Valve replaced'],
        [40, 'Yearly inspection'],
        [9, 'Firmware update on site'],
      ] as const)
        visit(day, description);
    }
    if (sample || (!gone && chance.chance(0.4))) visit(-chance.int(3, 40), 'Inspection before winter');
    return events;
  });
}
