// The timeline's lines: which words, icon and instant each of the catalogue's seven sources shows [Customer 360 View Patterns, timeline_sources].
// Pure; words are the catalogue's templates with the sources' own values, so that an independent computation arrives at the same text.
import type { Interaction } from '../interaction/interaction.ts';
import type { Note } from '../note/note.ts';

export const TIMELINE_KINDS = ['interaction', 'note', 'journey', 'invoice', 'order', 'work_order', 'case'] as const;
export type TimelineKind = (typeof TIMELINE_KINDS)[number];

/** One line as it is stored. */
export interface TimelineLine {
  kind: TimelineKind;
  sourceId: string;
  customerId: string;
  originCustomerId: string;
  occurredAt: Date;
  display: string;
  icon: string;
  highlight: boolean;
  pinned: boolean;
  status: string | null;
  actorKind: string | null;
  actorId: string | null;
  /** Notes only: who may see it. */
  visibility: string | null;
  /** Grows with every state of the source; an older one never replaces a newer one. */
  revision: number;
}

const MAX_DISPLAY = 600;
const EXCERPT = 80;

/** Icons of the catalogue; the types that it does not name show a comment. */
const ICON_BY_TYPE: Readonly<Record<string, string>> = { email: 'envelope', call: 'phone', meeting: 'calendar' };
export const iconOf = (interactionType: string): string => ICON_BY_TYPE[interactionType] ?? 'comment';

/** Cuts by code points, so that no character is halved. */
export const cut = (text: string, max: number): string => (text.length <= max ? text : `${[...text].slice(0, max - 1).join('')}…`);

const line = (
  given: Pick<TimelineLine, 'kind' | 'sourceId' | 'customerId' | 'occurredAt' | 'display' | 'icon' | 'revision'> & Partial<TimelineLine>,
): TimelineLine => ({
  originCustomerId: given.customerId,
  highlight: false,
  pinned: false,
  status: null,
  actorKind: null,
  actorId: null,
  visibility: null,
  ...given,
  display: cut(given.display, MAX_DISPLAY),
});

/** `{{ type }} - {{ subject }}`; the type alone where there is no subject. [Timeline Interaction] */
export const lineOfInteraction = (row: Interaction): TimelineLine =>
  line({
    kind: 'interaction',
    sourceId: row.id,
    customerId: row.customerId,
    originCustomerId: row.originCustomerId,
    occurredAt: row.occurredAt,
    display: row.subject ? `${row.interactionType} - ${row.subject}` : row.interactionType,
    icon: iconOf(row.interactionType),
    actorKind: row.createdByKind,
    actorId: row.createdById,
    revision: row.version,
  });

/** `Note: {{ title }}`; the beginning of the note where there is no title. [Timeline Note] */
export const lineOfNote = (row: Note & { customerId: string; originCustomerId: string }): TimelineLine =>
  line({
    kind: 'note',
    sourceId: row.id,
    customerId: row.customerId,
    originCustomerId: row.originCustomerId,
    occurredAt: row.createdAt,
    display: `Note: ${row.title ?? cut(row.content.trim().replaceAll(/\s+/g, ' '), EXCERPT)}`,
    icon: 'sticky-note',
    pinned: row.isPinned,
    actorKind: row.createdByKind,
    actorId: row.createdById,
    visibility: row.visibility,
    revision: row.version,
  });

/** What an event of another module is about, and who sent it. */
export interface Origin {
  customerId: string;
  /** Where the source was born; a merge re-points `customerId` only. */
  originCustomerId: string;
  /** When the event says it happened. */
  time: Date;
  actorKind?: string | null;
  actorId?: string | null;
}

const foreign = (origin: Origin) => ({
  customerId: origin.customerId,
  originCustomerId: origin.originCustomerId,
  actorKind: origin.actorKind ?? null,
  actorId: origin.actorId ?? null,
});

/** `Milestone: {{ milestone_type }}`, highlighted. [Timeline Journey] [Journey AC-1] */
export const lineOfMilestone = (data: { milestoneId: string; milestoneType: string; occurredAt: string }, origin: Origin): TimelineLine =>
  line({
    ...foreign(origin),
    kind: 'journey',
    sourceId: data.milestoneId,
    occurredAt: new Date(data.occurredAt),
    display: `Milestone: ${data.milestoneType}`,
    icon: 'flag',
    highlight: true,
    revision: origin.time.getTime(),
  });

/** `Invoice {{ number }} - {{ amount }}`. [Timeline Invoice] */
export const lineOfInvoice = (
  data: { invoiceId: string; number: string; amount: string; currency: string; issuedAt: string },
  origin: Origin,
): TimelineLine =>
  line({
    ...foreign(origin),
    kind: 'invoice',
    sourceId: data.invoiceId,
    occurredAt: new Date(data.issuedAt),
    display: `Invoice ${data.number} - ${data.amount} ${data.currency}`,
    icon: 'file-invoice',
    status: 'issued',
    revision: origin.time.getTime(),
  });

/** `Order {{ number }} - {{ status }}`. [Timeline Order] */
export const lineOfOrder = (
  data: { orderId: string; number: string; status: string; placedAt: string; revision: number },
  origin: Origin,
): TimelineLine =>
  line({
    ...foreign(origin),
    kind: 'order',
    sourceId: data.orderId,
    occurredAt: new Date(data.placedAt),
    display: `Order ${data.number} - ${data.status}`,
    icon: 'shopping-cart',
    status: data.status,
    revision: data.revision,
  });

/** `Service: {{ description }}`, at the time it was done, else is scheduled. [Timeline WorkOrder] */
export const lineOfWorkOrder = (
  data: {
    workOrderId: string;
    description: string;
    status: string;
    scheduledAt?: string | null;
    completedAt?: string | null;
    revision: number;
  },
  origin: Origin,
): TimelineLine =>
  line({
    ...foreign(origin),
    kind: 'work_order',
    sourceId: data.workOrderId,
    occurredAt: new Date(data.completedAt ?? data.scheduledAt ?? origin.time),
    display: `Service: ${data.description}`,
    icon: 'wrench',
    status: data.status,
    revision: data.revision,
  });

/** `Ticket #{{ number }}: {{ subject }}`, at the time it was opened. [Timeline Case] */
export const lineOfCase = (
  data: { caseId: string; number: string; subject: string; status: string; openedAt: string; revision: number },
  origin: Origin,
): TimelineLine =>
  line({
    ...foreign(origin),
    kind: 'case',
    sourceId: data.caseId,
    occurredAt: new Date(data.openedAt),
    display: `Ticket #${data.number}: ${data.subject}`,
    icon: 'ticket',
    status: data.status,
    revision: data.revision,
  });
