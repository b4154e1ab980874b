// The rows of the matrix, made through the graph: one customer per relation to a sales rep (own, team, other, pool), a deleted and a restricted
// one, each with something of every noun; and a hub in the pool that is parent, partner and neighbour of them all.
import { randomUUID } from 'node:crypto';
import { accountOf, addressOf, contactOf, create, organisation, remove, staff } from '../../support/customers.ts';
import { createActivity, createNote, logInteraction } from '../../support/interactions.ts';
import { type Caller, eventually, must, type Role, subgraph, type TokenSpec } from '../../support/stack.ts';

export const ROWS = ['own', 'team', 'other', 'pool', 'restricted', 'deleted'] as const;
export type Row = (typeof ROWS)[number];

export interface MatrixRow {
  readonly id: string;
  readonly contact: string;
  readonly interaction: string;
  readonly note: string;
  readonly activity: string;
  readonly consentRecord: string;
  readonly deletionRequest: string;
  /** A customer in the pool whose parent is this row. */
  readonly child: string;
}
export interface MatrixWorld {
  readonly rows: Readonly<Record<Row, MatrixRow>>;
  readonly hub: string;
  /** Who asks for each role: the sales rep that owns, the portal user that is the row `own`, and the stack's own people. */
  readonly caller: (role: Role) => Caller;
  readonly rep: string;
}

export async function makeRows(): Promise<MatrixWorld> {
  const [one, two] = [`Team ${randomUUID()}`, `Team ${randomUUID()}`];
  const [rep, mate, stranger] = await Promise.all([
    staff('sales_rep', { team: one }),
    staff('sales_rep', { team: one }),
    staff('sales_rep', { team: two }),
  ]);
  const owners: Record<Row, string | null> = {
    own: rep.sub,
    team: mate.sub,
    other: stranger.sub,
    pool: null,
    restricted: rep.sub,
    deleted: rep.sub,
  };
  const hub = (await organisation({ displayName: `Hub ${randomUUID()}` })).id;
  const rows = Object.fromEntries(await Promise.all(ROWS.map(async (row) => [row, await makeRow(hub, owners[row])]))) as Record<
    Row,
    MatrixRow
  >;
  const restrict =
    'mutation($c: ID!) { setProcessingRestriction(customerId: $c, restricted: true, reason: "Accuracy contested") { __typename } }';
  await must('dpo', restrict, { c: rows.restricted.id });
  await remove('admin', 'Customer', rows.deleted.id);
  await settled(rows, rep);
  const portal: TokenSpec = { kind: 'portal', customer_id: rows.own.id };
  return { rows, hub, rep: rep.sub, caller: (role) => (role === 'sales_rep' ? rep : role === 'customer' ? portal : role) };
}

async function makeRow(hub: string, ownerId: string | null): Promise<MatrixRow> {
  const { id } = await organisation({ ownerId, parentId: hub }, 'admin');
  const [contact, child] = await Promise.all([
    contactOf(id),
    organisation({ parentId: id }),
    addressOf(id),
    accountOf(id),
    create('admin', 'Relationship', { fromCustomerId: hub, toCustomerId: id, relationshipType: 'PARTNER' }),
  ]);
  const row = async (field: string, type: string, noun: string, input: object): Promise<string> => {
    const { made } = await must(
      'admin',
      `mutation($input: ${type}!) { made: ${field}(input: $input) { __typename ... on ${noun} { id } } }`,
      {
        input: { customerId: id, ...input },
      },
    );
    if (!made.id) throw new Error(`no ${noun}: ${made.__typename}`);
    return made.id;
  };
  const deletion = { requestType: 'ANONYMIZATION', requestedVia: 'EMAIL', verificationMethod: 'EMAIL_CONFIRMED' };
  const [interaction, note, activity, consentRecord, deletionRequest] = await Promise.all([
    logInteraction('admin', { customerId: id, subject: 'Seen by whom' }),
    createNote('admin', { customerId: id, visibility: 'ALL', isPinned: true }),
    createActivity('admin', { customerId: id }),
    row('recordConsent', 'RecordConsentInput', 'ConsentRecord', { consentType: 'ANALYTICS', granted: true, source: 'PHONE' }),
    row('requestDeletion', 'RequestDeletionInput', 'DeletionRequest', deletion),
    row('recordMilestone', 'RecordMilestoneInput', 'Milestone', { milestoneType: 'RENEWAL', occurredAt: '2026-01-01T00:00:00Z' }),
    row('placeLegalHold', 'PlaceLegalHoldInput', 'LegalHold', { reference: 'M-1', reason: 'matrix' }),
  ]);
  return {
    id,
    contact: contact.id,
    child: child.id,
    interaction: interaction.id,
    note: note.id,
    activity: activity.id,
    consentRecord,
    deletionRequest,
  };
}

/** Every service has heard of the deletion, the restriction and the rep's team. */
async function settled(rows: Record<Row, MatrixRow>, rep: TokenSpec & { sub: string }): Promise<void> {
  const query = 'query($r: [_Any!]!) { _entities(representations: $r) { ... on Customer { id } } }';
  const sees = async (service: 'interaction' | 'lifecycle' | 'compliance', who: { sub: string; roles: Role[] }, row: Row) =>
    (await subgraph(service, { kind: 'STAFF', ...who }, query, { r: [{ __typename: 'Customer', id: rows[row].id }] })).data?._entities[0] !=
    null;
  const manager = { sub: randomUUID(), roles: ['sales_manager' as const] };
  const marketing = { sub: randomUUID(), roles: ['marketing' as const] };
  for (const service of ['interaction', 'lifecycle', 'compliance'] as const) {
    await eventually(
      async () =>
        (await sees(service, manager, 'other')) &&
        !(await sees(service, manager, 'deleted')) &&
        !(await sees(service, marketing, 'restricted')) &&
        (await sees(service, { sub: rep.sub, roles: ['sales_rep'] }, 'team')),
      { withinMs: 30_000 },
    );
  }
  const flagged = async () =>
    (await must('admin', 'query($id: ID!) { customer(id: $id) { processingRestricted } }', { id: rows.restricted.id })).customer
      .processingRestricted;
  await eventually(flagged, { withinMs: 30_000 });
}
