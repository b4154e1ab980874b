// A change that looked its customer up before a merge, or its undoing, was applied in its service, and got its lock afterwards [WF-CM-002]: it must not
// write to where the customer led before. The lock that both wait for is held until both do; now and then other news of the customer stands before the merge,
// then they are let in again.
import { expect, test } from '@jest/globals';
import { contactOf, person } from '../support/customers.ts';
import { followed, merged, unmerged } from '../support/merges.ts';
import { database, eventually, gql, must, readTopic, type ServiceName } from '../support/stack.ts';

const ATTEMPTS = 5;

/** Runs `late` so that it looks before `first` is applied in this service, and as a rule writes after. */
async function overtaken<T>(service: ServiceName, customerId: string, first: () => Promise<unknown>, late: () => Promise<T>): Promise<T> {
  const db = await database(service);
  const waiting = async (atLeast: number): Promise<number> => {
    const { rows } = await db.query(
      `select count(*)::int as n from pg_locks where locktype = 'advisory' and not granted
         and (classid::bigint << 32 | objid::bigint) = hashtextextended($1, 0) and database = (select oid from pg_database where datname = current_database())`,
      [customerId],
    );
    expect(rows[0].n).toBeGreaterThanOrEqual(atLeast);
    return rows[0].n;
  };
  await heard(service, customerId);
  await db.query('begin');
  try {
    await db.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [customerId]);
    await first();
    const before = await eventually(() => waiting(1));
    const answer = late();
    await eventually(() => waiting(before + 1));
    await db.query('commit');
    return await answer;
  } finally {
    await db.query('rollback');
  }
}

/** The service knows what was told of the customer last, so that the next news is what this test makes. */
const heard = (service: ServiceName, customerId: string): Promise<void> =>
  eventually(async () => {
    const told = (await readTopic('crm.customer.state.v1', { key: customerId, untilCount: 1 })).at(-1)!;
    const { rows } = await (await database(service)).query('select version from directory_customer where customer_id = $1', [customerId]);
    expect(String(rows[0]?.version)).toBe(told.headers.ce_sequence);
  });

/** Tries until the change was overtaken, and was refused for it. */
async function conflict(attempt: () => Promise<any>): Promise<void> {
  for (let n = 1; ; n++) {
    const { errors } = await attempt();
    if (errors === undefined && n < ATTEMPTS) continue;
    return expect(errors?.[0]?.extensions).toMatchObject({ code: 'CONFLICT', retryable: true });
  }
}

const living = async (): Promise<string> => (await person({ ownerId: null })).id;
const known = (id: string) =>
  eventually(async () =>
    expect(
      (await must('admin', 'query($id: ID!) { customer(id: $id) { lifecycle { version } } }', { id })).customer.lifecycle,
    ).toBeTruthy(),
  );

const LOG = 'mutation($input: LogInteractionInput!) { result: logInteraction(input: $input) { __typename ... on Interaction { id } } }';
const NOTE = 'mutation($input: CreateNoteInput!) { result: createNote(input: $input) { __typename ... on Note { id } } }';
const ACTIVITY = 'mutation($input: CreateActivityInput!) { result: createActivity(input: $input) { __typename ... on Activity { id } } }';
const CONSENT = 'mutation($input: RecordConsentInput!) { result: recordConsent(input: $input) { __typename ... on ConsentRecord { id } } }';

const WITH_CONTACT: Array<[string, string, string, (contactId: string) => object]> = [
  ['logInteraction', 'interaction', LOG, (contactId) => ({ contactId, interactionType: 'CALL', direction: 'INBOUND', subject: 'late' })],
  ['createNote', 'note', NOTE, (relatedId) => ({ relatedType: 'contact', relatedId, content: 'late' })],
  [
    'createActivity',
    'activity',
    ACTIVITY,
    (contactId) => ({ contactId, activityType: 'TASK', subject: 'late', dueDate: '2030-01-01T00:00:00Z' }),
  ],
];

for (const [name, table, mutation, inputOf] of WITH_CONTACT) {
  test(`[WF-CM-002] ${name} with a contact that an un-merge gives back meanwhile is a conflict, and leaves nothing with the survivor`, async () => {
    const [survivor, retired] = [await living(), await living()];
    await known(retired);
    const contact = await contactOf(retired);
    await conflict(async () => {
      const merge = await merged(survivor, [retired]);
      await followed(merge.id);
      const write = () => gql('admin', mutation, { input: { customerId: survivor, ...inputOf(contact.id) } });
      const late = await overtaken('interaction', survivor, () => unmerged(merge), write);
      await followed(merge.id);
      const { rows } = await (await database('interaction')).query(`select id from ${table} where customer_id = $1`, [survivor]);
      expect(rows).toEqual([]);
      return late;
    });
  }, 120_000);
}

test('[WF-CM-002] a withdrawal that a merge overtakes is a conflict, and stands in the state of the survivor when it is tried again', async () => {
  await conflict(async () => {
    const [survivor, retired] = [await living(), await living()];
    await known(retired);
    await known(survivor);
    const write = (granted: boolean) =>
      gql('admin', CONSENT, { input: { customerId: retired, consentType: 'MARKETING_EMAIL', granted, source: 'WEB_FORM' } });
    expect((await write(true)).errors).toBeUndefined();
    let merge: any;
    const first = async () => {
      merge = await merged(survivor, [retired]);
    };
    const late = await overtaken('compliance', retired, first, () => write(false));
    await followed(merge.id);
    if (late.errors) expect((await write(false)).errors).toBeUndefined();
    await eventually(async () => {
      const state = (await readTopic('crm.compliance.state.v1', { key: survivor, untilCount: 1 })).at(-1)!;
      expect(state.data.consents).toMatchObject([{ consentType: 'marketing_email', granted: false }]);
    });
    return late;
  });
}, 120_000);
