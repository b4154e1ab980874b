// The eight lives that a customer of the demo can have, as data: stages passed, when it was talked to and about what, when it bought. Days
// count back from the day on which the demo was first loaded. Every stage path follows the catalogue's transition rules. [WF-LC-001]

/** What a stretch of conversation is about; lines in conversation.ts. */
export type Theme = 'courting' | 'onboarding' | 'steady' | 'trouble' | 'leaving' | 'returning';

/** A stretch of days, from the earlier to the later one. */
export interface Stretch {
  from: number;
  to: number;
}

export interface Archetype {
  /** Share of all customers, in hundredths. */
  share: number;
  /** Stages in order: the first at creation, the others by `changeStage`. */
  stages: readonly [string, ...string[]];
  /** Instead of a last `changeStage`, a won deal moves the customer to Customer. [Sales to CRM: Deal closed] */
  closesDeal?: boolean;
  talks: ReadonlyArray<Stretch & { theme: Theme; count: number }>;
  /** When it bought, and every how many days. */
  buys: ReadonlyArray<Stretch & { everyDays: number }>;
  /** Its last invoice is left unpaid. */
  owes?: boolean;
  opportunities: ReadonlyArray<'open' | 'won' | 'lost'>;
  /** Support cases, at most. */
  cases: number;
  escalates?: boolean;
  /** Milestones recorded by hand, with the day. */
  milestones: ReadonlyArray<readonly [type: string, daysAgo: number]>;
  /** How likely it once agreed to marketing, and how likely that agreement was withdrawn later. */
  agrees: number;
  withdraws: number;
  mood: 'POSITIVE' | 'NEUTRAL' | 'NEGATIVE';
}

export const ARCHETYPES = {
  loyal: {
    share: 29,
    stages: ['Customer'],
    talks: [
      { from: 720, to: 690, theme: 'onboarding', count: 1 },
      { from: 600, to: 3, theme: 'steady', count: 2 },
    ],
    buys: [{ from: 700, to: 8, everyDays: 110 }],
    opportunities: ['won', 'open'],
    cases: 2,
    milestones: [
      ['ONBOARDING_COMPLETE', 660],
      ['RENEWAL', 330],
      ['UPSELL', 150],
    ],
    agrees: 0.8,
    withdraws: 0.08,
    mood: 'POSITIVE',
  },
  newLead: {
    share: 15,
    stages: ['Lead'],
    talks: [{ from: 25, to: 1, theme: 'courting', count: 1 }],
    buys: [],
    opportunities: [],
    cases: 0,
    milestones: [],
    agrees: 0.5,
    withdraws: 0.05,
    mood: 'NEUTRAL',
  },
  inTalks: {
    share: 14,
    stages: ['Lead', 'Prospect', 'Opportunity'],
    talks: [{ from: 90, to: 1, theme: 'courting', count: 3 }],
    buys: [],
    opportunities: ['open'],
    cases: 0,
    milestones: [],
    agrees: 0.6,
    withdraws: 0.05,
    mood: 'NEUTRAL',
  },
  newCustomer: {
    share: 12,
    stages: ['Lead', 'Prospect', 'Opportunity'],
    closesDeal: true,
    talks: [
      { from: 150, to: 60, theme: 'courting', count: 2 },
      { from: 50, to: 2, theme: 'onboarding', count: 1 },
    ],
    buys: [{ from: 55, to: 4, everyDays: 25 }],
    opportunities: ['won'],
    cases: 1,
    milestones: [['ONBOARDING_COMPLETE', 3]],
    agrees: 0.75,
    withdraws: 0.03,
    mood: 'POSITIVE',
  },
  atRisk: {
    share: 11,
    stages: ['Customer', 'At Risk'],
    talks: [
      { from: 640, to: 200, theme: 'steady', count: 1 },
      { from: 120, to: 4, theme: 'trouble', count: 2 },
    ],
    buys: [{ from: 680, to: 150, everyDays: 80 }],
    owes: true,
    opportunities: ['lost'],
    cases: 3,
    escalates: true,
    milestones: [['ONBOARDING_COMPLETE', 640]],
    agrees: 0.6,
    withdraws: 0.4,
    mood: 'NEGATIVE',
  },
  churned: {
    share: 9,
    stages: ['Customer', 'At Risk', 'Churned'],
    talks: [
      { from: 690, to: 420, theme: 'steady', count: 1 },
      { from: 400, to: 250, theme: 'trouble', count: 1 },
      { from: 245, to: 225, theme: 'leaving', count: 1 },
    ],
    buys: [{ from: 710, to: 330, everyDays: 95 }],
    opportunities: ['lost'],
    cases: 2,
    escalates: true,
    milestones: [],
    agrees: 0.5,
    withdraws: 0.7,
    mood: 'NEGATIVE',
  },
  wonBack: {
    share: 6,
    stages: ['Customer', 'At Risk', 'Churned', 'Won Back'],
    talks: [
      { from: 680, to: 460, theme: 'steady', count: 1 },
      { from: 440, to: 380, theme: 'leaving', count: 1 },
      { from: 110, to: 50, theme: 'returning', count: 2 },
      { from: 40, to: 2, theme: 'onboarding', count: 1 },
    ],
    buys: [
      { from: 715, to: 450, everyDays: 90 },
      { from: 48, to: 6, everyDays: 20 },
    ],
    opportunities: ['lost', 'open'],
    cases: 1,
    milestones: [['REFERRAL_MADE', 20]],
    agrees: 0.7,
    withdraws: 0.1,
    mood: 'NEUTRAL',
  },
  dormant: {
    share: 4,
    stages: ['Customer'],
    talks: [{ from: 700, to: 560, theme: 'steady', count: 1 }],
    buys: [{ from: 705, to: 560, everyDays: 70 }],
    opportunities: [],
    cases: 0,
    milestones: [],
    agrees: 0.4,
    withdraws: 0.2,
    mood: 'NEUTRAL',
  },
} as const satisfies Record<string, Archetype>;

export type ArchetypeName = keyof typeof ARCHETYPES;

export const archetype = (name: ArchetypeName): Archetype => ARCHETYPES[name];
