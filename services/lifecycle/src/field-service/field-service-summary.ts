// [360 field_service] Visits, jobs and equipment of one customer, as one JSON column of the section statement (load-sections.ts).
import { sql } from '@customer360/kernel/sql';
import { instant, type Section } from '../section.ts';

interface Raw {
  scheduledVisits: number;
  nextVisitAt: string | null;
  completedJobs: number;
  asOf: string | null;
  equipment: Array<{ equipmentId: string; name: string; serialNumber: string | null; installedAt: string | null }> | null;
}

export interface FieldServiceSummary {
  scheduledVisits: number;
  nextVisitAt: Date | null;
  completedJobs: number;
  equipment: Array<{ equipmentId: string; name: string; serialNumber: string | null; installedAt: Date | null }>;
  asOf: Date | null;
}

export const fieldServiceSection: Section<FieldServiceSummary> = {
  column: () => sql`(
    select jsonb_build_object('scheduledVisits', count(*) filter (where w.status in ('scheduled', 'in_progress')),
      'nextVisitAt', min(w.scheduled_at) filter (where w.status = 'scheduled' and w.scheduled_at >= now()),
      'completedJobs', count(*) filter (where w.status = 'completed'),
      'asOf', greatest(max(w.event_time), (select max(e.event_time) from equipment e where e.customer_id = parent.id)),
      'equipment', (select jsonb_agg(to_jsonb(there) order by there.name, there."equipmentId") from (
        select e.equipment_id as "equipmentId", e.name, e.serial_number as "serialNumber", e.installed_at as "installedAt"
        from equipment e where e.customer_id = parent.id and e.removed_at is null order by e.name, e.equipment_id limit 50) there))
    from work_order w where w.customer_id = parent.id)`,
  read: (json: Raw) => ({
    ...json,
    nextVisitAt: instant(json.nextVisitAt),
    asOf: instant(json.asOf),
    equipment: (json.equipment ?? []).map((piece) => ({ ...piece, installedAt: instant(piece.installedAt) })),
  }),
};
