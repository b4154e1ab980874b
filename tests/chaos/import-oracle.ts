// The judge of imports: holds each file that was sent, line by line, against the import's end, the customers of its external ids and the facts. It knows
// the lines from the writers alone; only of a cancelled import does the table say which lines were written. [WF-CM-001] [issue 6, section 6]
import { type History, of, type ToldImport } from './history.ts';
import type { Facts, Finding, OracleDoors } from './oracle.ts';

const disagrees = (text: string): Finding => ({ wrong: 'disagrees', text });
const lost = (text: string): Finding => ({ wrong: 'lost', text });

type Outcomes = Record<string, number>;
interface Sent extends ToldImport {
  readonly id: string;
}
interface Made {
  id: string;
  externalId: string;
  name: string;
  gone: boolean;
  by: string;
}
interface Places {
  readonly imports: Map<string, { status: string; rows: number; counts: { outcomes: Outcomes } }>;
  /** Outcome and customer of each line, by import and external id. */
  readonly lines: Map<string, { outcome: string | null; customer: string | null }>;
  readonly outcomes: Map<string, Outcomes>;
  readonly made: Map<string, Made[]>;
}

/** Every customer that an import made; removed ones too. */
export async function importedIds(doors: OracleDoors, history: History): Promise<string[]> {
  return (await customersOf(doors, history)).map(({ id }) => id);
}

/** Everything that is wrong with imports. */
export async function importsHold(doors: OracleDoors, history: History, facts: Facts): Promise<Finding[]> {
  const sent = of(history, 'import').flatMap(({ import: told }) => (told?.id ? [told as Sent] : []));
  if (sent.length === 0) return [];
  const places = await look(doors, history, sent);
  return [
    ...sent.flatMap((one) => [...ends(one, places), ...linesAddUp(one, places), ...madeOnce(one, places)]),
    ...(await namesStand(doors, history, places)),
    ...toldOnce(sent, places, facts),
  ];
}

async function customersOf(doors: OracleDoors, history: History): Promise<Made[]> {
  const externalIds = of(history, 'import').flatMap(({ import: told }) => told?.rows.map(({ externalId }) => externalId) ?? []);
  return doors.sql(
    'customer',
    `select id, external_id as "externalId", display_name as name, deleted_at is not null as gone, created_by_id as by from customer where external_id = any($1)`,
    [[...new Set(externalIds)]],
  );
}

async function look(doors: OracleDoors, history: History, sent: readonly Sent[]): Promise<Places> {
  const ids = [sent.map(({ id }) => id)];
  const imports = await doors.sql('customer', 'select id, status, rows_total as rows, counts from import where id = any($1)', ids);
  const lines = await doors.sql(
    'customer',
    'select import_id as import, cells[1] as external, outcome, customer_id as customer from import_row where import_id = any($1)',
    ids,
  );
  const outcomes = new Map<string, Outcomes>(sent.map(({ id }) => [id, {}]));
  for (const { import: id, outcome } of lines) {
    const counts = outcomes.get(id)!;
    counts[outcome ?? 'open'] = (counts[outcome ?? 'open'] ?? 0) + 1;
  }
  return {
    imports: new Map(imports.map((row) => [row.id, row])),
    lines: new Map(lines.map((row) => [`${row.import} ${row.external}`, row])),
    outcomes,
    made: Map.groupBy(await customersOf(doors, history), ({ externalId }) => externalId),
  };
}

const END: Partial<Record<ToldImport['last'], string>> = { confirmed: 'done', cancelled: 'cancelled', undone: 'undone' };
const number = ({ rows }: Sent, does: string) => rows.filter((row) => row.does === does).length;

/** It came to the end that was asked for, and every line to the end that it had to. */
function ends(one: Sent, { imports, outcomes, lines }: Places): Finding[] {
  const { id, last, rows, touched, reported } = one;
  const [row, wanted] = [imports.get(id), END[last]];
  if (!row) return [lost(`import ${id} is not in the table`)];
  if (wanted === undefined) return [];
  if (row.status !== wanted) return [{ wrong: 'stuck', text: `import ${id} is ${row.status}, ${wanted} was asked for` }];
  const is = outcomes.get(id)!;
  if (last === 'cancelled') {
    const staged = [...lines.keys()].filter((key) => key.startsWith(id)).length;
    const half = rows.filter(({ externalId }) => {
      const line = lines.get(`${id} ${externalId}`);
      return (
        line && (line.outcome === 'created' || line.outcome === 'updated') !== (line.customer !== null) && line.outcome !== 'unchanged'
      );
    });
    return [
      ...half.map(({ externalId }) => disagrees(`import ${id} was cancelled and half wrote ${externalId}`)),
      ...(reported === undefined || reported === staged
        ? []
        : [lost(`import ${id}: ${reported} lines in its report, ${staged} were read`)]),
    ];
  }
  const undone = last === 'undone';
  const should: Outcomes = {
    created: undone ? 0 : number(one, 'create'),
    updated: undone ? 0 : number(one, 'update'),
    unchanged: number(one, 'repeat'),
    skipped: number(one, 'refuse'),
    removed: undone ? number(one, 'create') - touched.length : 0,
    reverted: undone ? number(one, 'update') : 0,
    kept: undone ? touched.length : 0,
    failed: 0,
    open: 0,
  };
  return Object.entries(should).flatMap(([outcome, wanted]): Finding[] => {
    const count = is[outcome] ?? 0;
    if (count === wanted) return [];
    return [
      {
        wrong: outcome === 'created' && count > wanted ? 'doubled' : 'disagrees',
        text: `import ${id}: ${count} lines ${outcome}, ${wanted} had to be`,
      },
    ];
  });
}

/** Once read, all lines are there, and what the import counts is what its lines say. */
function linesAddUp({ id, rows }: Sent, { imports, outcomes }: Places): Finding[] {
  const [row, { open = 0, ...is }] = [imports.get(id), outcomes.get(id)!];
  const settled = row?.status === 'done' || row?.status === 'undone';
  const total = Object.values(is).reduce((sum, count) => sum + count, open);
  if (settled && total !== rows.length) return [lost(`import ${id}: ${total} lines of ${rows.length}`)];
  const counts = Object.entries(row?.counts.outcomes ?? {}).filter(([, count]) => count > 0);
  const differ = settled && (counts.length !== Object.keys(is).length || counts.some(([outcome, count]) => is[outcome] !== count));
  return differ ? [disagrees(`import ${id} counts ${JSON.stringify(row!.counts.outcomes)}, its lines say ${JSON.stringify(is)}`)] : [];
}

/** One customer for each external id that was to be created, none for an invalid line, and none before the import was confirmed. */
function madeOnce(one: Sent, { made }: Places): Finding[] {
  const surely = one.last === 'confirmed' || one.last === 'undone';
  return one.rows.flatMap(({ does, externalId }): Finding[] => {
    if (does !== 'create' && does !== 'refuse') return [];
    const count = made.get(externalId)?.length ?? 0;
    const most = does === 'create' && one.mayHaveWritten ? 1 : 0;
    if (count > most)
      return [{ wrong: most === 0 ? 'disagrees' : 'doubled', text: `import ${one.id}: ${externalId} became ${count} customers` }];
    const made1 = made.get(externalId)?.[0];
    if (made1 && made1.by !== one.id) return [disagrees(`import ${one.id}: ${externalId} was made by ${made1.by}`)];
    return surely && count < most ? [lost(`import ${one.id}: ${externalId} became no customer`)] : [];
  });
}

/** The name of each external id as the last line or change said it; what was undone untouched is gone, with everything that belongs to it. */
async function namesStand(doors: OracleDoors, history: History, { made, lines }: Places): Promise<Finding[]> {
  const names = new Map<string, string | null>();
  const kept = new Set<string>();
  const apply = (told: Sent) => {
    for (const { does, externalId, name } of told.rows) {
      const outcome = lines.get(`${told.id} ${externalId}`)?.outcome;
      const written = told.last === 'confirmed' || outcome === 'created' || outcome === 'updated';
      if (told.last === 'undone') {
        if (does === 'create') names.set(externalId, told.touched.includes(externalId) ? name : null);
        for (const touched of told.touched) kept.add(touched);
      } else if ((does === 'create' || does === 'update') && written) names.set(externalId, name);
    }
  };
  for (const { kind, import: told, externalId, outcome, marker } of history) {
    if (kind === 'import' && told?.id) apply(told as Sent);
    if (kind === 'renameImported' && outcome === 'ok') names.set(externalId!, marker);
    if (kind === 'renameImported' && outcome === 'unknown') names.delete(externalId!);
  }
  const living = [...names].flatMap(([externalId, name]) => (name === null || kept.has(externalId) ? [] : (made.get(externalId) ?? [])));
  const whole = await doors.sql(
    'customer',
    `select c.id, (select count(*)::int from address a where a.customer_id = c.id and a.deleted_at is null) as addresses,
       (select count(*)::int from external_id e where e.customer_id = c.id and e.deleted_at is null) as ids from unnest($1::uuid[]) as c(id)`,
    [living.map(({ id }) => id)],
  );
  return [
    ...[...names].flatMap(([externalId, name]) => {
      const one = made.get(externalId)?.[0];
      if (!one) return [lost(`${externalId} was imported as ${name} and is no customer`)];
      if (one.gone !== (name === null)) return [disagrees(`${externalId} is ${one.gone ? 'removed' : 'there'}, its last name was ${name}`)];
      return name === null || one.name === name ? [] : [lost(`${externalId} is called ${one.name}, the last name imported was ${name}`)];
    }),
    ...whole
      .filter(({ addresses, ids }) => addresses !== 1 || ids !== 1)
      .map(
        ({ id, addresses, ids }): Finding => ({
          wrong: addresses > 1 || ids > 1 ? 'doubled' : 'lost',
          text: `imported customer ${id} has ${addresses} addresses and ${ids} external ids`,
        }),
      ),
  ];
}

/** One created-fact for each customer, and the import's own facts with its counts. */
function toldOnce(sent: readonly Sent[], { made, imports, outcomes }: Places, facts: Facts): Finding[] {
  const distinct = new Map(facts.get('customer')!.map((record) => [`${record.key} ${record.headers.ce_sequence}`, record]));
  const times = new Map<string, number>();
  for (const { key, headers } of distinct.values())
    times.set(`${headers.ce_type} ${key}`, (times.get(`${headers.ce_type} ${key}`) ?? 0) + 1);
  const found: Finding[] = [];
  const once = (type: string, key: string, wanted = 1) => {
    const count = times.get(`crm.customer.${type}.v1 ${key}`) ?? 0;
    if (count !== wanted)
      found.push({ wrong: count < wanted ? 'lost' : 'doubled', text: `${type} of ${key}: ${count} facts, ${wanted} changes` });
  };
  for (const { id } of [...made.values()].flat()) for (const type of ['customer-created', 'address-created']) once(type, id);
  for (const { id, last } of sent) {
    const status = imports.get(id)?.status;
    if (END[last] !== status) continue;
    once('import-completed', id, status === 'cancelled' ? 0 : 1);
    if (status === 'undone') once('import-undone', id);
    const told = [...distinct.values()].find(({ key, headers }) => key === id && headers.ce_type === 'crm.customer.import-completed.v1');
    const is = outcomes.get(id)!;
    if (status === 'done' && told && (told.data.created !== (is.created ?? 0) || told.data.updated !== (is.updated ?? 0)))
      found.push(disagrees(`import-completed of ${id} says ${told.data.created} created, its lines ${is.created ?? 0}`));
  }
  return found;
}
