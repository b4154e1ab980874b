// The six faults that a chaos run must catch: each is the product's own source with a few words replaced, so what is wrong is exactly this. A text
// that is not there any more throws, so that no refactoring can disarm a plant in silence. [issue 5, section 2]
export interface Plant {
  readonly name: string;
  readonly edits: ReadonlyArray<{ readonly file: string; readonly find: string; readonly put: string }>;
}

/** Opens the log line of a process that runs with a planted fault. */
export const PLANTED = 'planted:';

const RELAY = 'packages/kernel/src/relay.ts';
const TRANSACT = 'packages/kernel/src/transact.ts';
const CONSUMER = 'packages/kernel/src/consumer.ts';
const PAYMENTS = 'services/lifecycle/src/purchase/purchase.table.ts';

export const PLANTS: readonly Plant[] = [
  {
    name: 'relay reads by cursor',
    edits: [
      {
        file: RELAY,
        find: "select position, topic, key, headers, payload from outbox order by position limit $1',\n    [options.batch ?? MAX_BATCH]",
        put: "select position, topic, key, headers, payload from outbox where position > $2 order by position limit $1',\n    [options.batch ?? MAX_BATCH, cursor]",
      },
      { file: RELAY, find: 'options.published?.(batch.length);', put: 'cursor = batch.at(-1)!.position;' },
      { file: RELAY, find: 'const MAX_BATCH = 500;', put: "const MAX_BATCH = 500;\nlet cursor = '0';" },
    ],
  },
  {
    name: 'two relays with SKIP LOCKED',
    edits: [
      { file: RELAY, find: 'if (!rows[0].mine) return;', put: '' },
      { file: RELAY, find: 'const loop = (async () => {', put: 'const one = async () => {' },
      {
        file: RELAY,
        find: '  })();\n\n  return {',
        put: '  };\n  const loop = Promise.all([one(), one()]).then(() => {});\n\n  return {',
      },
      {
        file: RELAY,
        find: 'const { rows } = await client.query<OutboxRow>(',
        put: "await client.query('begin');\n  const { rows } = await client.query<OutboxRow>(",
      },
      { file: RELAY, find: 'order by position limit $1', put: 'order by position limit $1 for update skip locked' },
      { file: RELAY, find: '[options.batch ?? MAX_BATCH]', put: '[5]' },
      {
        file: RELAY,
        find: 'if (batch.length === 0) return 0;',
        put: "if (batch.length === 0) {\n    await client.query('commit');\n    return 0;\n  }\n  await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));",
      },
      { file: RELAY, find: 'options.published?.(batch.length);', put: "await client.query('commit');" },
    ],
  },
  {
    name: 'version guard removed',
    edits: [
      {
        file: 'packages/kernel/src/problem.ts',
        find: 'export function expectVersion(noun: string, row: { id: string; version: number }, expected: number | null | undefined): void {',
        put: 'export function expectVersion(noun: string, row: { id: string; version: number }, expected: number | null | undefined): void {\n  return;',
      },
    ],
  },
  {
    name: 'inbox check removed',
    edits: [
      {
        file: CONSUMER,
        find: 'return ready.filter(({ event }) => fresh.delete(',
        put: 'return ready.filter(({ event }) => event.id || fresh.delete(',
      },
      // Payments are known by their own id too: that check goes with it, a second row gets an id of its own.
      {
        file: PAYMENTS,
        find: "rowsOf(events, 'paymentId')",
        put: 'JSON.stringify(events.map(({ event, customer }) => ({ ...event.data, customerId: customer.id, originCustomerId: customer.requestedId })))',
      },
      {
        file: PAYMENTS,
        find: 'select "paymentId", "customerId", "originCustomerId", "invoiceId", amount',
        put: `select case when exists (select from payment p where p.payment_id = "paymentId") or row_number() over (partition by "paymentId") > 1
            then gen_random_uuid()::text else "paymentId" end, "customerId", "originCustomerId", "invoiceId", amount`,
      },
    ],
  },
  {
    name: 'outbox written outside the transaction',
    edits: [
      {
        file: TRANSACT,
        find: 'if (facts.length > 0 || states.size > 0) await writeOutbox(ctx, tx, facts, [...states.values()]);\n    return () => {\n      ctx.wake();',
        put: `return () => {
      const write = (other: EntityManager) =>
        writeOutbox(ctx, { ...tx, query: (name, statement) => queryIn(other, name, statement) }, facts, [...states.values()]);
      if (facts.length > 0 || states.size > 0) setTimeout(() => void ctx.db.dataSource.transaction(write).then(() => ctx.wake(), () => {}), 50);`,
      },
    ],
  },
  {
    name: 'offset committed before the apply',
    edits: [
      {
        file: CONSUMER,
        find: `      const fresh = await advanceOffset(tx, topic, partition, records);
      if (fresh.length > 0) await applyFresh(ctx, tx, subscription, fresh);
    });`,
        put: `      fresh = await advanceOffset(tx, topic, partition, records);
    });
    if (fresh.length > 0) await inTransaction(ctx, (tx) => applyFresh(ctx, tx, subscription, fresh));`,
      },
      {
        file: CONSUMER,
        find: '    await inTransaction(ctx, async (tx) => {\n      const fresh = await advanceOffset(tx, topic, partition, records);\n      if (fresh',
        put: '    let fresh: readonly ConsumedRecord[] = [];\n    await inTransaction(ctx, async (tx) => {\n      const fresh = await advanceOffset(tx, topic, partition, records);\n      if (fresh',
      },
    ].reverse(),
  },
];

/** A file's text with the plant in it; the text itself where the plant has nothing to do with the file. */
export function planted(plant: Plant, file: string, text: string): string {
  let changed = text;
  for (const { file: place, find, put } of plant.edits) {
    if (!file.endsWith(`/${place}`)) continue;
    if (changed.split(find).length !== 2) throw new Error(`plant "${plant.name}": ${place} does not hold this text once: ${find}`);
    changed = changed.replace(find, () => put);
  }
  return changed;
}
