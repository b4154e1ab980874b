// [LifecycleStage] The stages a customer goes through, as data: what a stage is, what a valid one looks like, and where a new customer starts.
// The seven defaults have fixed ids, so that the system finds "Customer" or "At Risk" after an administrator has renamed it.
import type { Row } from '@customer360/kernel/entity';
import { badInput, checkText } from '@customer360/kernel/problem';

export const CATEGORIES = ['pre_customer', 'customer', 'post_customer'] as const;
export type Category = (typeof CATEGORIES)[number];

/** A stage; see LifecycleStage in the SDL. */
export interface LifecycleStage extends Row {
  name: string;
  displayOrder: number;
  category: Category;
  /** `#rrggbb`. */
  color: string | null;
  description: string | null;
  isActive: boolean;
}

/** Bounds every list of stages and every walk over the rules. */
export const MAX_STAGES = 50;

const defaultId = (n: number): string => `00000000-0000-4000-8000-00000000000${n}`;

/** Ids of the default stages, whatever they are called today. */
export const STAGE = {
  lead: defaultId(1),
  prospect: defaultId(2),
  opportunity: defaultId(3),
  customer: defaultId(4),
  atRisk: defaultId(5),
  churned: defaultId(6),
  wonBack: defaultId(7),
} as const;

/** The catalogue's seven stages, in order. */
export const DEFAULT_STAGES: ReadonlyArray<{ id: string; name: string; category: Category; color: string; description: string }> = [
  { id: STAGE.lead, name: 'Lead', category: 'pre_customer', color: '#9aa5b1', description: 'Known to us, nothing said yet.' },
  { id: STAGE.prospect, name: 'Prospect', category: 'pre_customer', color: '#52a3d9', description: 'Interested and qualified.' },
  { id: STAGE.opportunity, name: 'Opportunity', category: 'pre_customer', color: '#2f6fb3', description: 'A deal is being negotiated.' },
  { id: STAGE.customer, name: 'Customer', category: 'customer', color: '#2e9e5b', description: 'Buys from us.' },
  { id: STAGE.atRisk, name: 'At Risk', category: 'customer', color: '#e0a100', description: 'Shows signs of leaving.' },
  { id: STAGE.churned, name: 'Churned', category: 'post_customer', color: '#c0392b', description: 'Has left.' },
  { id: STAGE.wonBack, name: 'Won Back', category: 'customer', color: '#7d4fc3', description: 'Came back after having left.' },
];

/** By display order; ties by id, so that every list shows the same order. */
export const inOrder = (a: LifecycleStage, b: LifecycleStage): number => a.displayOrder - b.displayOrder || (a.id < b.id ? -1 : 1);

const open = (stage: LifecycleStage): boolean => stage.isActive && stage.deletedAt === null;

function firstOf(stages: readonly LifecycleStage[], preferredId: string, category: Category): LifecycleStage | undefined {
  const candidates = stages.filter((stage) => open(stage) && stage.category === category).sort(inOrder);
  return candidates.find((stage) => stage.id === preferredId) ?? candidates[0];
}

/**
 * Where a new customer starts: the named stage if it may be entered, else by status (decisions page): prospect and inactive → Lead,
 * active → Customer, churned → Churned; the first stage of the same category where the default one is gone. Undefined only without stages.
 */
export function initialStage(stages: readonly LifecycleStage[], status: string, named?: string | null): LifecycleStage | undefined {
  const wanted = named?.trim().toLowerCase();
  const chosen = wanted ? stages.find((stage) => open(stage) && (stage.name.toLowerCase() === wanted || stage.id === wanted)) : undefined;
  if (chosen) return chosen;
  const byStatus =
    status === 'active'
      ? firstOf(stages, STAGE.customer, 'customer')
      : status === 'churned'
        ? firstOf(stages, STAGE.churned, 'post_customer')
        : firstOf(stages, STAGE.lead, 'pre_customer');
  return byStatus ?? [...stages].filter((stage) => stage.deletedAt === null).sort(inOrder)[0];
}

/** The stages that `initialStage` chooses by status: where every path begins. */
export const startStages = (stages: readonly LifecycleStage[]): LifecycleStage[] =>
  ['prospect', 'active', 'churned'].flatMap((status) => initialStage(stages, status) ?? []);

/** What a closed deal makes of a customer: the default stage Customer, or the first active one of its category. */
export const closedDealStage = (stages: readonly LifecycleStage[]): LifecycleStage | undefined =>
  firstOf(stages, STAGE.customer, 'customer');

/** The fields that a caller may set. */
export interface StageFields {
  name?: string | null;
  displayOrder?: number | null;
  category?: Category | null;
  color?: string | null;
  description?: string | null;
  isActive?: boolean | null;
}

/** Throws BAD_USER_INPUT for the first field that is malformed; absent fields are fine, null only where a field may be cleared. */
export function checkStageFields(input: StageFields): void {
  for (const field of ['name', 'displayOrder', 'category', 'isActive'] as const) {
    if (input[field] === null) throw badInput(`input.${field}`, 'cannot be cleared');
  }
  if (input.name !== undefined) checkText('input.name', input.name, { max: 100, required: true });
  checkText('input.description', input.description, { max: 5_000 });
  if (input.color != null && !/^#[0-9a-f]{6}$/i.test(input.color)) throw badInput('input.color', 'expected #rrggbb');
}
