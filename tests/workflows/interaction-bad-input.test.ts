// Bad input for every mutation of the interaction service: a typed error that names the field, nothing written, no event.
import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from '@jest/globals';
import { createActivity, createNote, footprint, logInteraction, newContact, newCustomer } from '../support/interactions.ts';
import { eventually, gql, must, type Role } from '../support/stack.ts';

interface Bad {
  readonly why: string;
  readonly input?: object;
  /** Instead of the row's own. */
  readonly id?: string;
  readonly version?: number | null;
  readonly who?: Role;
  readonly code?: string;
  readonly field: string;
}

const NUL = String.fromCharCode(0);
const long = (count: number) => 'x'.repeat(count);
const tomorrow = () => new Date(Date.now() + 86_400_000).toISOString();

/** Everything that the tables below refer to. */
async function world() {
  const [customerId, other, deleted] = [await newCustomer(), await newCustomer(), await newCustomer()];
  const [contactId, foreignContact] = [await newContact(customerId), await newContact(other)];
  const goneRow = await logInteraction('sales_manager', { customerId: deleted });
  const goneNote = await createNote('sales_manager', { customerId: deleted, visibility: 'ALL' });
  const goneActivity = await createActivity('sales_manager', { customerId: deleted });
  await must('admin', `mutation($id: ID!) { deleteCustomer(id: $id) { __typename } }`, { id: deleted });
  await eventually(async () =>
    expect((await must('sales_manager', `query($id: ID!) { interaction(id: $id) { id } }`, { id: goneRow.id })).interaction).toBeNull(),
  );
  return {
    customerId,
    other,
    deleted,
    contactId,
    foreignContact,
    goneRow: goneRow.id as string,
    goneNote: goneNote.id as string,
    goneActivity: goneActivity.id as string,
    interaction: (await logInteraction('sales_manager', { customerId, subject: 'Fine' })).id as string,
    note: (await createNote('sales_manager', { customerId, visibility: 'ALL' })).id as string,
    activity: (await createActivity('sales_manager', { customerId })).id as string,
  };
}

type World = Awaited<ReturnType<typeof world>>;
let w: World;

beforeAll(async () => {
  w = await world();
});

async function refuse(text: string, variables: object, { why, who, code, field }: Bad): Promise<void> {
  const { customerId, other } = w;
  const before = [await footprint(customerId), await footprint(other)];
  const { data, errors } = await gql(who ?? 'sales_manager', text, variables);
  const [error] = errors ?? [];
  expect({ why, data: data?.result ?? null, code: error?.extensions.code, field: error?.extensions.field, errors: errors?.length }).toEqual(
    {
      why,
      data: null,
      code: code ?? 'BAD_USER_INPUT',
      field,
      errors: 1,
    },
  );
  expect([await footprint(customerId), await footprint(other)]).toEqual(before);
}

const creating = (field: string, type: string, base: () => object, table: () => Bad[]) =>
  test(`${field} refuses bad input and names the field`, async () => {
    const text = `mutation($input: ${type}!) { result: ${field}(input: $input) { __typename } }`;
    for (const bad of table()) await refuse(text, { input: { ...base(), ...bad.input } }, bad);
  });

const changing = (field: string, type: string | null, noun: 'interaction' | 'note' | 'activity', good: object, table: () => Bad[]) =>
  test(`${field} refuses bad input and names the field`, async () => {
    const required = field.startsWith('update') ? '!' : '';
    const versioned = !field.startsWith('restore');
    const text = `mutation($id: ID!${versioned ? `, $version: Int${required}` : ''}${type ? `, $input: ${type}` : ''}) {
      result: ${field}(id: $id${versioned ? ', expectedVersion: $version' : ''}${type ? ', input: $input' : ''}) { __typename } }`;
    for (const bad of table()) {
      await refuse(
        text,
        {
          id: bad.id ?? w[noun],
          ...(versioned && { version: bad.version === undefined ? 1 : bad.version }),
          ...(type && { input: bad.input ?? good }),
        },
        bad,
      );
    }
  });

/** What every mutation that takes an id refuses. */
const badIds = (gone: string): Bad[] => [
  { why: 'an id that is none', id: 'nonsense', field: 'id' },
  { why: 'an id that nobody has', id: randomUUID(), code: 'NOT_FOUND', field: 'id' },
  { why: 'a row of a deleted customer', id: gone, code: 'NOT_FOUND', field: 'id' },
];
const stale: Bad = { why: 'a version that is not the present one', version: 7, code: 'CONFLICT', field: 'expectedVersion' };
const badCustomers = (): Bad[] => [
  { why: 'a customer id that is none', input: { customerId: 'nonsense' }, field: 'input.customerId' },
  { why: 'a deleted customer', input: { customerId: w.deleted }, code: 'NOT_FOUND', field: 'input.customerId' },
];
const badContacts = (): Bad[] => [
  { why: "another customer's contact", input: { contactId: w.foreignContact }, field: 'input.contactId' },
  { why: 'a contact id that is none', input: { contactId: '42' }, field: 'input.contactId' },
];
const badTexts: Bad[] = [
  { why: 'a description that is too long', input: { description: long(20_001) }, field: 'input.description' },
  { why: 'a description that cannot be stored', input: { description: `a${NUL}b` }, field: 'input.description' },
];
const badContent = (): Bad[] => [
  ...badContacts(),
  ...badTexts,
  { why: 'a subject that is too long', input: { subject: long(501) }, field: 'input.subject' },
  { why: 'an unknown type', input: { interactionType: 'TELEPATHY' }, field: 'input.interactionType' },
  { why: 'an unknown outcome', input: { outcome: 'SHRUG' }, field: 'input.outcome' },
  { why: 'an unknown sentiment', input: { sentiment: 'MEH' }, field: 'input.sentiment' },
  { why: 'the future', input: { occurredAt: tomorrow() }, field: 'input.occurredAt' },
  { why: 'long before telephones', input: { occurredAt: '1799-01-01T00:00:00Z' }, field: 'input.occurredAt' },
  { why: 'a time that is none', input: { occurredAt: 'yesterday' }, field: 'input.occurredAt' },
  { why: 'a day that does not exist', input: { occurredAt: '2026-02-30T00:00:00Z' }, field: 'input.occurredAt' },
  { why: 'a negative duration', input: { durationMinutes: -1 }, field: 'input.durationMinutes' },
  { why: 'a duration of more than a week', input: { durationMinutes: 10_081 }, field: 'input.durationMinutes' },
  { why: 'a duration that is no number', input: { durationMinutes: 'long' }, field: 'input.durationMinutes' },
  {
    why: 'a related record twice',
    input: { relatedRecords: [1, 2].map(() => ({ type: 'CASE', id: 'c' })) },
    field: 'input.relatedRecords',
  },
  {
    why: 'a related record of an unknown type',
    input: { relatedRecords: [{ type: 'PLANET', id: 'c' }] },
    field: 'input.relatedRecords.0.type',
  },
  { why: 'a related record without an id', input: { relatedRecords: [{ type: 'CASE', id: ' ' }] }, field: 'input.relatedRecords.0.id' },
  {
    why: 'too many related records',
    input: { relatedRecords: Array.from({ length: 21 }, (_, i) => ({ type: 'CASE', id: `${i}` })) },
    field: 'input.relatedRecords',
  },
];

creating(
  'logInteraction',
  'LogInteractionInput',
  () => ({ customerId: w.customerId, interactionType: 'CALL' }),
  () => [
    ...badCustomers(),
    ...badContent(),
    { why: 'an end without a begin', input: { endedAt: '2026-01-01T00:00:00Z' }, field: 'input.startedAt' },
    {
      why: 'an end before the begin',
      input: { startedAt: '2026-01-02T00:00:00Z', endedAt: '2026-01-01T00:00:00Z' },
      field: 'input.endedAt',
    },
    { why: 'an end in the future', input: { startedAt: '2026-01-02T00:00:00Z', endedAt: tomorrow() }, field: 'input.endedAt' },
    { why: 'a begin in the future', input: { startedAt: tomorrow() }, field: 'input.startedAt' },
    { why: 'an external id that is too long', input: { externalId: long(201) }, field: 'input.externalId' },
    { why: 'an idempotency key that is too long', input: { idempotencyKey: long(101) }, field: 'idempotencyKey' },
    { why: 'an unknown source', input: { source: 'PIGEON' }, field: 'input.source' },
    { why: 'an unknown direction', input: { direction: 'SIDEWAYS' }, field: 'input.direction' },
  ],
);

creating(
  'logCallCompleted',
  'LogCallCompletedInput',
  () => ({ customerId: w.customerId }),
  () => [
    ...badCustomers(),
    ...badContacts(),
    ...badTexts,
    { why: 'a begin in the future', input: { startedAt: tomorrow() }, field: 'input.startedAt' },
    { why: 'a call of more than a week', input: { startedAt: '2020-01-01T00:00:00Z' }, field: 'input.endedAt' },
    { why: 'an unknown outcome', input: { outcome: 'SHRUG' }, field: 'input.outcome' },
  ],
);

changing('updateInteraction', 'UpdateInteractionInput!', 'interaction', { subject: 'New' }, () => [
  ...badIds(w.goneRow),
  stale,
  ...badContent(),
  { why: 'clearing the type', input: { interactionType: null }, field: 'input.interactionType' },
  { why: 'clearing the direction', input: { direction: null }, field: 'input.direction' },
  { why: 'clearing the time', input: { occurredAt: null }, field: 'input.occurredAt' },
]);
changing('deleteInteraction', null, 'interaction', {}, () => [...badIds(w.goneRow), stale]);
changing('restoreInteraction', null, 'interaction', {}, () => badIds(w.goneRow));

const badNote: Bad[] = [
  { why: 'a title that is too long', input: { title: long(201) }, field: 'input.title' },
  { why: 'a note that is too long', input: { content: long(20_001) }, field: 'input.content' },
  { why: 'a note of blanks', input: { content: ' \n' }, field: 'input.content' },
  { why: 'a text with half a character', input: { content: `a\ud800` }, field: 'input.content' },
  { why: 'an unknown visibility', input: { visibility: 'FRIENDS' }, field: 'input.visibility' },
  { why: 'a pin that is no boolean', input: { isPinned: 'yes' }, field: 'input.isPinned' },
];

creating(
  'createNote',
  'CreateNoteInput',
  () => ({ customerId: w.customerId, content: 'Words' }),
  () => [
    ...badCustomers(),
    ...badNote,
    { why: 'neither customer nor related record', input: { customerId: null }, field: 'input.customerId' },
    { why: 'a related record without its type', input: { relatedId: randomUUID() }, field: 'input.relatedType' },
    { why: 'a related type without its record', input: { relatedType: 'case' }, field: 'input.relatedId' },
    { why: 'a related type that is no word', input: { relatedType: 'a b', relatedId: randomUUID() }, field: 'input.relatedType' },
    { why: "another customer's contact", input: { relatedType: 'contact', relatedId: w.foreignContact }, field: 'input.relatedId' },
    {
      why: 'a contact without its customer',
      input: { customerId: null, relatedType: 'contact', relatedId: w.contactId },
      field: 'input.customerId',
    },
  ],
);
changing('updateNote', 'UpdateNoteInput!', 'note', { title: 'New' }, () => [
  ...badIds(w.goneNote),
  stale,
  ...badNote,
  { why: 'clearing the content', input: { content: null }, field: 'input.content' },
  { why: 'clearing the pin', input: { isPinned: null }, field: 'input.isPinned' },
  { why: 'clearing the visibility', input: { visibility: null }, field: 'input.visibility' },
]);
changing('deleteNote', null, 'note', {}, () => [...badIds(w.goneNote), stale]);
changing('restoreNote', null, 'note', {}, () => badIds(w.goneNote));

const badActivity = (): Bad[] => [
  ...badContacts(),
  ...badTexts,
  { why: 'a subject that is too long', input: { subject: long(301) }, field: 'input.subject' },
  { why: 'a blank subject', input: { subject: ' ' }, field: 'input.subject' },
  { why: 'an unknown type', input: { activityType: 'NAP' }, field: 'input.activityType' },
  { why: 'an unknown priority', input: { priority: 'ASAP' }, field: 'input.priority' },
  { why: 'a due date that is none', input: { dueDate: 'soon' }, field: 'input.dueDate' },
  {
    why: 'a reminder after the due date',
    input: { dueDate: '2030-01-01T00:00:00Z', reminderAt: '2030-01-02T00:00:00Z' },
    field: 'input.reminderAt',
  },
  { why: 'nobody to do it', input: { assignedToId: randomUUID() }, field: 'input.assignedToId' },
];

creating(
  'createActivity',
  'CreateActivityInput',
  () => ({ customerId: w.customerId, activityType: 'TASK', subject: 'Do', dueDate: tomorrow() }),
  () => [
    ...badCustomers(),
    ...badActivity(),
    { why: 'a contact without a customer', input: { customerId: null, contactId: w.contactId }, field: 'input.customerId' },
  ],
);
changing('updateActivity', 'UpdateActivityInput!', 'activity', { subject: 'New' }, () => [
  ...badIds(w.goneActivity),
  stale,
  ...badActivity(),
  { why: 'completing by the back door', input: { status: 'COMPLETED' }, field: 'input.status' },
  ...['activityType', 'subject', 'dueDate', 'priority', 'status', 'assignedToId'].map((name) => ({
    why: `clearing ${name}`,
    input: { [name]: null },
    field: `input.${name}`,
  })),
]);
changing('completeActivity', 'CompleteActivityInput', 'activity', {}, () => [
  ...badIds(w.goneActivity),
  stale,
  { why: 'the future', input: { completedAt: tomorrow() }, field: 'input.completedAt' },
  { why: 'a description that is too long', input: { description: long(20_001) }, field: 'input.description' },
  { why: 'an unknown outcome', input: { outcome: 'SHRUG' }, field: 'input.outcome' },
  { why: 'a negative duration', input: { durationMinutes: -5 }, field: 'input.durationMinutes' },
]);
changing('cancelActivity', null, 'activity', {}, () => [...badIds(w.goneActivity), stale]);
changing('deleteActivity', null, 'activity', {}, () => [...badIds(w.goneActivity), stale]);
changing('restoreActivity', null, 'activity', {}, () => badIds(w.goneActivity));

test('who may not write at all is refused before anything is looked at', async () => {
  for (const who of ['auditor', 'customer'] as const) {
    const text = `mutation($input: LogInteractionInput!) { result: logInteraction(input: $input) { __typename } }`;
    const { data, errors } = await gql(who, text, { input: { customerId: w.customerId, interactionType: 'CALL' } });
    expect([data?.result ?? null, errors?.[0]?.extensions.code]).toEqual([null, 'FORBIDDEN']);
  }
});
