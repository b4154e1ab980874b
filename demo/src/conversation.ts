// What is talked about: subjects, outcomes and notes of a company that sells heat pumps, solar roofs and their upkeep. Bounded templates with
// one blank, the product, so that a timeline reads like a life and not like a generator.
import type { Theme } from './archetypes.ts';
import type { Random } from './random.ts';

export const PRODUCTS = {
  ORGANIZATION: [
    'rooftop solar plant',
    'industrial heat pump',
    'battery storage',
    'charging park',
    'energy monitoring',
    'full service plan',
  ],
  INDIVIDUAL: ['heat pump', 'solar roof', 'home battery', 'wall box', 'smart thermostat', 'service plan'],
} as const;

export interface Talk {
  interactionType: 'EMAIL' | 'CALL' | 'MEETING' | 'CHAT' | 'SMS' | 'SOCIAL' | 'IN_PERSON' | 'OTHER';
  direction: 'INBOUND' | 'OUTBOUND';
  subject: string;
  outcome: 'SUCCESSFUL' | 'NO_ANSWER' | 'LEFT_MESSAGE' | 'FOLLOW_UP_NEEDED' | 'COMPLETED';
  minutes?: number;
  description?: string;
}

const talk = (
  interactionType: Talk['interactionType'],
  direction: Talk['direction'],
  subject: string,
  outcome: Talk['outcome'],
  minutes?: number,
  description?: string,
): Talk => ({ interactionType, direction, subject, outcome, minutes, description });

const LINES: Record<Theme, readonly Talk[]> = {
  courting: [
    talk(
      'CALL',
      'INBOUND',
      'Interested in a {product}',
      'FOLLOW_UP_NEEDED',
      12,
      'Saw our installation at a neighbour. Wants a rough price and the time it takes.',
    ),
    talk('EMAIL', 'OUTBOUND', 'Brochure and price list for the {product}', 'COMPLETED'),
    talk(
      'MEETING',
      'OUTBOUND',
      'Site survey for the {product}',
      'SUCCESSFUL',
      75,
      'Roof and meter cabinet inspected, photographs taken. Access is easy.',
    ),
    talk('EMAIL', 'OUTBOUND', 'Quote for the {product}', 'COMPLETED'),
    talk('CALL', 'OUTBOUND', 'Questions about subsidies', 'SUCCESSFUL', 18),
    talk('CALL', 'OUTBOUND', 'Follow-up on the quote', 'LEFT_MESSAGE', 2),
    talk('SOCIAL', 'INBOUND', 'Asked for references', 'FOLLOW_UP_NEEDED'),
    talk(
      'MEETING',
      'OUTBOUND',
      'Terms for the {product} discussed',
      'FOLLOW_UP_NEEDED',
      60,
      'Price is fine. They ask for a later first instalment and a shorter notice period.',
    ),
  ],
  onboarding: [
    talk(
      'MEETING',
      'OUTBOUND',
      'Kick-off for the {product}',
      'SUCCESSFUL',
      60,
      'Plan agreed: delivery in two weeks, two days on site, hand-over on the third.',
    ),
    talk('CALL', 'OUTBOUND', 'Date of installation confirmed', 'SUCCESSFUL', 6),
    talk('EMAIL', 'OUTBOUND', 'Hand-over documents for the {product}', 'COMPLETED'),
    talk(
      'CALL',
      'OUTBOUND',
      'Is everything running as it should?',
      'SUCCESSFUL',
      9,
      'Very content. Asked how to share the read-out with the accountant.',
    ),
    talk('CHAT', 'INBOUND', 'First log-in to the app', 'COMPLETED', 11),
  ],
  steady: [
    talk('CALL', 'OUTBOUND', 'Yearly review', 'SUCCESSFUL', 25, 'Savings are above the forecast. Would speak as a reference.'),
    talk('EMAIL', 'OUTBOUND', 'Invitation to the customer day', 'COMPLETED'),
    talk('SMS', 'OUTBOUND', 'Reminder: maintenance of the {product}', 'COMPLETED'),
    talk('CHAT', 'INBOUND', 'How to read the monthly report', 'COMPLETED', 8),
    talk(
      'MEETING',
      'OUTBOUND',
      'Savings report presented',
      'SUCCESSFUL',
      50,
      'Eleven percent below last year. They think about extending to the second building.',
    ),
    talk('CALL', 'INBOUND', 'Would like to add a {product}', 'FOLLOW_UP_NEEDED', 14),
    talk('EMAIL', 'INBOUND', 'New address for invoices', 'COMPLETED'),
    talk('IN_PERSON', 'OUTBOUND', 'Met at the trade fair', 'SUCCESSFUL', 15),
  ],
  trouble: [
    talk(
      'CALL',
      'INBOUND',
      'The {product} stopped again',
      'FOLLOW_UP_NEEDED',
      17,
      'Third time this quarter. Expects a visit this week, and a word from the management.',
    ),
    talk('EMAIL', 'INBOUND', 'Complaint about the response time', 'FOLLOW_UP_NEEDED'),
    talk('CALL', 'INBOUND', 'Does not accept the last invoice', 'FOLLOW_UP_NEEDED', 21),
    talk('CALL', 'OUTBOUND', 'Calling back about the complaint', 'NO_ANSWER'),
    talk(
      'MEETING',
      'OUTBOUND',
      'Talk about the way forward',
      'FOLLOW_UP_NEEDED',
      45,
      'A competitor has made an offer. They want a discount on the {product} or an exit.',
    ),
    talk('EMAIL', 'OUTBOUND', 'Apology and plan for the repair', 'COMPLETED'),
  ],
  leaving: [
    talk('EMAIL', 'INBOUND', 'Notice of termination', 'COMPLETED'),
    talk('CALL', 'OUTBOUND', 'Why are you leaving?', 'SUCCESSFUL', 19, 'Price and two slow repairs. Not angry: the door stays open.'),
  ],
  returning: [
    talk('CALL', 'OUTBOUND', 'A new start with the {product}?', 'SUCCESSFUL', 16, 'Not happy with the new supplier either.'),
    talk('EMAIL', 'OUTBOUND', 'Offer without a set-up fee', 'COMPLETED'),
    talk('MEETING', 'OUTBOUND', 'Back on board', 'SUCCESSFUL', 40, 'Signed for two years, with a named technician.'),
  ],
};

const NOTES: Record<'POSITIVE' | 'NEUTRAL' | 'NEGATIVE', ReadonlyArray<readonly [title: string, content: string]>> = {
  POSITIVE: [
    ['Reference customer', 'Happy to be called by prospects; ask a day before.'],
    ['Decision path', 'Up to 10,000 the site decides alone, above that the board meets on the first Monday of the month.'],
    ['Second building', 'Plans to extend in spring, budget is set aside.'],
  ],
  NEUTRAL: [
    ['How to reach them', 'Best in the morning; prefers a short mail before a call.'],
    ['Budget', 'New budget is decided in autumn; stay in touch until then.'],
    ['Met on site', 'Friendly, well prepared, compares three suppliers.'],
  ],
  NEGATIVE: [
    ['Handle with care', 'Two open complaints: no campaign mail until they are solved.'],
    ['Competitor', 'Has an offer that is eight percent lower; ours includes the service, say so.'],
    ['Promise', 'We promised a named technician. Make sure that it happens.'],
  ],
};

const TASKS: ReadonlyArray<readonly [activityType: string, subject: string]> = [
  ['CALL', 'Ask how the {product} is doing'],
  ['EMAIL', 'Send the revised quote for the {product}'],
  ['MEETING', 'Yearly review on site'],
  ['TASK', 'Check the address for invoices'],
  ['FOLLOW_UP', 'Follow up on the last talk'],
  ['DEMO', 'Show the {product} in the showroom'],
];

const filled = (text: string, product: string) => text.replaceAll('{product}', product);

/** `count` talks of a theme, in the order of the theme. */
export function talks(theme: Theme, product: string, count: number, chance: Random): Talk[] {
  const lines = LINES[theme];
  const start = theme === 'courting' || theme === 'returning' || theme === 'leaving' ? 0 : chance.int(0, lines.length - 1);
  return Array.from({ length: count }, (_, at) => {
    const line = lines[(start + at) % lines.length]!;
    return { ...line, subject: filled(line.subject, product), description: line.description && filled(line.description, product) };
  });
}

export const note = (mood: keyof typeof NOTES, chance: Random) => {
  const [title, content] = chance.pick(NOTES[mood]);
  return { title, content };
};

export const task = (product: string, chance: Random) => {
  const [activityType, subject] = chance.pick(TASKS);
  return { activityType, subject: filled(subject, product) };
};
