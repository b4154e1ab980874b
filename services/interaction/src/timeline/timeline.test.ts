// The words, icons and instants of the seven timeline sources, and pages cut into days.
import { expect, test } from '@jest/globals';
import type { Interaction } from '../interaction/interaction.ts';
import type { Note } from '../note/note.ts';
import {
  cut,
  iconOf,
  lineOfCase,
  lineOfInteraction,
  lineOfInvoice,
  lineOfMilestone,
  lineOfNote,
  lineOfOrder,
  lineOfWorkOrder,
} from './timeline.ts';
import { groupByDay } from './timeline-groups.ts';

const origin = { customerId: 'survivor', originCustomerId: 'retired', time: new Date('2026-03-01T09:30:00Z') };
const at = '2026-02-01T08:00:00.000Z';
const interaction = { id: 'i', interactionType: 'call', subject: 'Renewal', occurredAt: new Date(at), version: 3 } as Interaction;
const note = {
  id: 'n',
  customerId: 'c',
  originCustomerId: 'c',
  title: 'Preferences',
  content: 'Likes tea',
  isPinned: true,
  visibility: 'team',
  createdAt: new Date(at),
  version: 1,
} as Note & {
  customerId: string;
  originCustomerId: string;
};

test('[Timeline Interaction] the line is type and subject, the icon goes by type', () => {
  expect(lineOfInteraction(interaction)).toMatchObject({
    kind: 'interaction',
    display: 'call - Renewal',
    icon: 'phone',
    highlight: false,
    revision: 3,
  });
  expect(lineOfInteraction({ ...interaction, subject: null })).toMatchObject({ display: 'call' });
  expect(['email', 'call', 'meeting', 'sms'].map(iconOf)).toEqual(['envelope', 'phone', 'calendar', 'comment']);
});

test('[Timeline Note] the line is the title, or the beginning of the note without one', () => {
  expect(lineOfNote(note)).toMatchObject({
    kind: 'note',
    display: 'Note: Preferences',
    icon: 'sticky-note',
    pinned: true,
    visibility: 'team',
  });
  expect(lineOfNote({ ...note, title: null }).display).toBe('Note: Likes tea');
  expect(lineOfNote({ ...note, title: null, content: `a\n\n  ${'x'.repeat(100)}` }).display).toBe(`Note: a ${'x'.repeat(77)}…`);
});

test('[Timeline Journey] a milestone is highlighted', () => {
  expect(lineOfMilestone({ milestoneId: 'm', milestoneType: 'first_purchase', occurredAt: at }, origin)).toMatchObject({
    kind: 'journey',
    display: 'Milestone: first_purchase',
    icon: 'flag',
    highlight: true,
    customerId: 'survivor',
    originCustomerId: 'retired',
  });
});

test('[Timeline Invoice] the line is number and amount', () => {
  expect(lineOfInvoice({ invoiceId: '1', number: '2026-17', amount: '120.00', currency: 'EUR', issuedAt: at }, origin)).toMatchObject({
    kind: 'invoice',
    display: 'Invoice 2026-17 - 120.00 EUR',
    icon: 'file-invoice',
    status: 'issued',
    occurredAt: new Date(at),
  });
});

test('[Timeline Order] the line is number and status', () => {
  expect(lineOfOrder({ orderId: '1', number: 'O-9', status: 'shipped', placedAt: at, revision: 4 }, origin)).toMatchObject({
    kind: 'order',
    display: 'Order O-9 - shipped',
    icon: 'shopping-cart',
    revision: 4,
  });
});

test('[Timeline WorkOrder] the line is the description, at the time the job was done, else is planned, else was heard of', () => {
  const job = { workOrderId: '1', description: 'Replace filter', status: 'scheduled', scheduledAt: at, completedAt: null, revision: 1 };
  expect(lineOfWorkOrder(job, origin)).toMatchObject({
    kind: 'work_order',
    display: 'Service: Replace filter',
    icon: 'wrench',
    occurredAt: new Date(at),
  });
  expect(lineOfWorkOrder({ ...job, completedAt: '2026-02-03T08:00:00Z' }, origin).occurredAt).toEqual(new Date('2026-02-03T08:00:00Z'));
  expect(lineOfWorkOrder({ ...job, scheduledAt: null }, origin).occurredAt).toEqual(origin.time);
});

test('[Timeline Case] the line is number and subject, at the time it was opened', () => {
  expect(lineOfCase({ caseId: '1', number: '77', subject: 'Leak', status: 'open', openedAt: at, revision: 1 }, origin)).toMatchObject({
    kind: 'case',
    display: 'Ticket #77: Leak',
    icon: 'ticket',
    occurredAt: new Date(at),
  });
});

test('a line that is too long is cut between characters', () => {
  expect(cut('short', 10)).toBe('short');
  expect(cut('😀'.repeat(10), 5)).toBe(`${'😀'.repeat(4)}…`);
});

test('[Timeline Interaction] a page is cut into days of a time zone, and a day that two pages share is marked on both', () => {
  const line = (instant: string, pinned = false) => ({ pinned, occurredAt: new Date(instant) });
  const pages = [
    [line('2026-01-01T10:00:00Z', true), line('2026-03-02T08:00:00Z'), line('2026-03-01T23:30:00Z')],
    [line('2026-03-01T10:00:00Z'), line('2026-03-01T09:00:00Z')],
    [line('2026-02-28T09:00:00Z')],
  ] as const;
  const groups = (zone: string) =>
    pages.map((page, i) =>
      groupByDay(page, zone, { before: pages[i - 1]?.at(-1), behind: pages[i + 1]?.[0] }).map((g) => [
        g.day,
        g.nodes.length,
        g.continued,
        g.continues,
      ]),
    );
  expect(groups('UTC')).toEqual([
    [
      [null, 1, false, false],
      ['2026-03-02', 1, false, false],
      ['2026-03-01', 1, false, true],
    ],
    [['2026-03-01', 2, true, false]],
    [['2026-02-28', 1, false, false]],
  ]);
  expect(groups('Europe/Berlin')).toEqual([
    [
      [null, 1, false, false],
      ['2026-03-02', 2, false, false],
    ],
    [['2026-03-01', 2, false, false]],
    [['2026-02-28', 1, false, false]],
  ]);
  expect(groupByDay([], 'UTC', {})).toEqual([]);
});
