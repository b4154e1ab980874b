// Notes: who sees them through every route there is, full-text search, pins, and their life.
import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { change, createNote, footprint, newContact, newCustomer, newStaff, ON, timeline, UPDATE } from '../support/interactions.ts';
import { type Caller, eventually, gql, must, readTopic } from '../support/stack.ts';

/** Through which routes the caller sees the note. */
async function routes(who: Caller, note: { id: string; title: string }, customerId: string): Promise<boolean[]> {
  const answer = await must(
    who,
    `query($id: ID!, $c: ID!, $search: String) {
      note(id: $id) { id } notes(filter: { id: { eq: $id } }) { totalCount nodes { id } } found: notes(search: $search) { nodes { id } }
      customer(id: $c) { notes { totalCount nodes { id } } timeline { totalCount nodes { sourceId note { id } } } } }`,
    { id: note.id, c: customerId, search: note.title },
  );
  const has = (rows: any[]) => rows.some((row) => row.id === note.id || row.sourceId === note.id);
  return [
    answer.note !== null,
    answer.notes.totalCount === 1,
    has(answer.notes.nodes),
    has(answer.found.nodes),
    answer.customer.notes.totalCount === 1,
    has(answer.customer.notes.nodes),
    answer.customer.timeline.totalCount === 1,
    has(answer.customer.timeline.nodes),
  ];
}

test('[Note AC-2] every route shows a note to exactly those whom its visibility allows', async () => {
  const author = await newStaff('support_rep', `Team ${randomUUID()}`);
  const team = (await must('admin', `query($id: ID!) { staffMember(id: $id) { team } }`, { id: author.sub })).staffMember.team;
  const people = { author, mate: await newStaff('support_rep', team), stranger: await newStaff('support_rep', `Team ${randomUUID()}`) };
  const callers: Record<string, Caller> = { ...people, admin: 'admin', dpo: 'dpo', auditor: 'auditor', integration: 'integration' };
  const expected: Record<string, string[]> = {
    PRIVATE: ['author', 'dpo', 'auditor'],
    TEAM: ['author', 'mate', 'admin', 'dpo', 'auditor'],
    ALL: ['author', 'mate', 'stranger', 'admin', 'dpo', 'auditor', 'integration'],
  };
  for (const [visibility, allowed] of Object.entries(expected)) {
    const customerId = await newCustomer();
    const note = await createNote(author, { customerId, visibility, title: `t${randomUUID().replaceAll('-', '')}`, content: 'Words' });
    expect(note).toMatchObject({ __typename: 'Note', visibility });
    for (const [name, who] of Object.entries(callers)) {
      const seen = await routes(who, note, customerId);
      expect({ visibility, name, seen }).toEqual({ visibility, name, seen: seen.map(() => allowed.includes(name)) });
    }
  }
});

test('[Note AC-2] what one does not see one cannot change, a reader of everything included', async () => {
  const author = await newStaff('support_rep', `Team ${randomUUID()}`);
  const customerId = await newCustomer();
  const note = await createNote(author, { customerId, visibility: 'PRIVATE' });
  const before = await footprint(customerId);
  for (const who of ['admin', 'dpo', 'sales_manager'] as const) {
    for (const [text, variables] of [
      [UPDATE('Note'), { id: note.id, version: 1, input: { title: 'Mine now' } }],
      [ON('delete', 'Note'), { id: note.id }],
      [ON('restore', 'Note'), { id: note.id }],
    ] as const) {
      const { errors } = await gql(who, text, variables);
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'NOT_FOUND', field: 'id' });
    }
  }
  expect(await footprint(customerId)).toEqual(before);
});

test('[Note AC-2] only the author changes who sees a note', async () => {
  const customerId = await newCustomer();
  const note = await createNote('sales_manager', { customerId, visibility: 'ALL' });
  const { errors } = await gql('support_rep', UPDATE('Note'), { id: note.id, version: 1, input: { visibility: 'PRIVATE' } });
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', field: 'input.visibility' });
  expect(await change('sales_manager', UPDATE('Note'), { id: note.id, version: 1, input: { visibility: 'PRIVATE' } })).toMatchObject({
    visibility: 'PRIVATE',
  });
  expect((await timeline('support_rep', customerId)).totalCount).toBe(0);
});

test('[Note AC-1] notes are found by words of title and content', async () => {
  const customerId = await newCustomer();
  const word = `w${randomUUID().slice(0, 8)}`;
  await createNote('sales_manager', { customerId, title: `Größe ${word}`, content: 'Prefers mornings' });
  await createNote('sales_manager', { customerId, content: `Allergic to nuts; ${word}` });
  const found = async (search: string) =>
    (await must('sales_manager', `query($s: String) { notes(search: $s) { totalCount } }`, { s: search })).notes.totalCount;
  expect([await found(word), await found(`grosse ${word}`), await found(`${word} allerg`), await found(`${word} evenings`)]).toEqual([
    2, 1, 1, 0,
  ]);
});

test('[Note AC-3] pinned notes come first, in the list and in the timeline, however old', async () => {
  const customerId = await newCustomer();
  const pinned = await createNote('sales_manager', { customerId, title: 'Pinned', isPinned: true });
  const plain = await createNote('sales_manager', { customerId, title: 'Plain' });
  const order = async () => {
    const { customer } = await must('sales_manager', `query($c: ID!) { customer(id: $c) { notes { nodes { title } } } }`, {
      c: customerId,
    });
    const { nodes } = await timeline('sales_manager', customerId);
    return [customer.notes.nodes.map((n: any) => n.title), nodes.map((n: any) => [n.display, n.pinned])];
  };
  expect(await order()).toEqual([
    ['Pinned', 'Plain'],
    [
      ['Note: Pinned', true],
      ['Note: Plain', false],
    ],
  ]);
  await change('sales_manager', UPDATE('Note'), { id: pinned.id, version: 1, input: { isPinned: false } });
  await change('sales_manager', UPDATE('Note'), { id: plain.id, version: 1, input: { isPinned: true } });
  expect(await order()).toEqual([
    ['Plain', 'Pinned'],
    [
      ['Note: Plain', true],
      ['Note: Pinned', false],
    ],
  ]);
});

test('[Timeline Note] a note lives, changes, goes and comes back, in the timeline too, and tells of it without its words', async () => {
  const customerId = await newCustomer();
  const note = await createNote('sales_manager', { customerId, content: 'Secret words' });
  expect((await timeline('sales_manager', customerId)).nodes).toEqual([
    expect.objectContaining({ kind: 'NOTE', display: 'Note: Secret words', icon: 'sticky-note' }),
  ]);
  const changed = await change('sales_manager', UPDATE('Note'), { id: note.id, version: 1, input: { title: 'Secret title' } });
  expect(changed).toMatchObject({ title: 'Secret title', content: 'Secret words', version: 2 });
  expect((await timeline('sales_manager', customerId)).nodes[0].display).toBe('Note: Secret title');
  await change('sales_manager', ON('delete', 'Note'), { id: note.id, version: 2 });
  expect((await timeline('sales_manager', customerId)).nodes).toEqual([]);
  expect(await change('sales_manager', ON('restore', 'Note'), { id: note.id })).toMatchObject({ version: 4, deletedAt: null });
  expect((await timeline('sales_manager', customerId)).totalCount).toBe(1);
  const facts = await eventually(async () => {
    const read = await readTopic('crm.interaction.events.v1', { key: customerId });
    expect(read.map(({ headers }) => headers.ce_type)).toEqual(
      ['created', 'updated', 'deleted', 'restored'].map((verb) => `crm.interaction.note-${verb}.v1`),
    );
    return read;
  });
  expect(JSON.stringify(facts)).not.toContain('Secret');
});

test('a note about a related record alone belongs to no customer, and one about a contact to the contact’s', async () => {
  const relatedId = randomUUID();
  const note = await createNote('sales_manager', { relatedType: 'opportunity', relatedId, visibility: 'ALL' });
  expect(note).toMatchObject({ customer: null, relatedType: 'opportunity', relatedId });
  const { notes } = await must(
    'support_rep',
    `query($id: ID!) { notes(filter: { relatedId: { eq: $id }, relatedType: { eq: "opportunity" } }) { nodes { id } } }`,
    { id: relatedId },
  );
  expect(notes.nodes).toEqual([{ id: note.id }]);
  const customerId = await newCustomer();
  const contactId = await newContact(customerId);
  expect(await createNote('sales_manager', { customerId, relatedType: 'Contact', relatedId: contactId })).toMatchObject({
    __typename: 'Note',
  });
});
