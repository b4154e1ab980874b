// Dashboard and alerts speak of what exists: every metric and label in them is one that /metrics of the running stack really prints, every alert
// leads to a runbook, and the commands and the SQL of a runbook work. Each check is seen to fail on a planted mistake. [issue 5, section 4]
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { database, eventually, gql, must, stack } from '../support/stack.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

interface Rule {
  alert: string;
  expr: string;
  for?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}
interface Panel {
  title: string;
  type: string;
  gridPos: { h: number; w: number; x: number; y: number };
  targets?: Array<{ expr: string }>;
}
/** A PromQL expression and where it stands. */
interface Query {
  at: string;
  expr: string;
}

const rules: Rule[] = parse(read('infra/observability/alerts.yml')).groups.flatMap((group: { rules: Rule[] }) => group.rules);
const panels: Panel[] = JSON.parse(read('infra/observability/overview.dashboard.json')).panels;
const jobs: Array<{ job_name: string }> = parse(read('infra/observability/prometheus.yml')).scrape_configs;
const queries: Query[] = [
  ...rules.map(({ alert, expr }) => ({ at: `alert ${alert}`, expr })),
  ...panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ at: `panel ${title}`, expr }))),
];

/** Label names by metric; a metric that is registered and has no sample yet has none. */
type Printed = ReadonlyMap<string, ReadonlySet<string>>;

function printedBy(text: string): Printed {
  const names = new Map<string, Set<string>>();
  const labelsOf = (name: string) => names.get(name) ?? names.set(name, new Set()).get(name)!;
  for (const line of text.split('\n')) {
    const [, declared, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (type === 'histogram') for (const part of ['bucket', 'sum', 'count']) labelsOf(`${declared}_${part}`);
    else if (declared) labelsOf(declared);
    const [, name, labels = ''] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S+$/.exec(line) ?? [];
    if (name) for (const [, label] of labels.matchAll(/(\w+)="/g)) labelsOf(name).add(label!);
  }
  return names;
}

// What Prometheus adds by itself.
const OWN_METRICS = ['up'];
const OWN_LABELS = ['job', 'instance'];
const WORDS = new Set(['and', 'or', 'unless', 'bool', 'offset']);
const GROUPING = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g;

/** What is wrong with an expression: unbalanced brackets, metrics that nobody prints, labels that its metrics do not have. */
function complaints({ at, expr }: Query, printed: Printed): string[] {
  const bare = expr.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  const open: string[] = [];
  for (const sign of bare) {
    if ('([{'.includes(sign)) open.push(sign);
    else if (')]}'.includes(sign) && open.pop() !== '([{'[')]}'.indexOf(sign)]) return [`${at}: brackets do not balance`];
  }
  if (open.length > 0 || (bare.match(/"/g) ?? []).length % 2 > 0) return [`${at}: brackets do not balance`];

  const found: string[] = [];
  const labels = new Set(OWN_LABELS);
  const selectors = bare.replace(GROUPING, ' ').replace(/\[[^\]]*\]/g, ' ');
  for (const [, name, matchers = ''] of selectors.matchAll(/(?<![\w$.])([a-zA-Z_:][\w:]*)\b(?!\s*\()(?:\{([^}]*)\})?(?=[^}]*(?:\{|$))/g)) {
    if (WORDS.has(name!)) continue;
    const known = printed.get(name!);
    if (!known && !OWN_METRICS.includes(name!)) found.push(`${at}: nobody prints ${name}`);
    for (const label of known ?? []) labels.add(label);
    for (const [, label] of matchers.matchAll(/(\w+)\s*[=!]/g))
      if (!known?.has(label!) && !OWN_LABELS.includes(label!)) found.push(`${at}: ${name} has no label ${label}`);
  }
  for (const [, list] of bare.matchAll(GROUPING))
    for (const label of list!.split(',').map((part) => part.trim()))
      if (label && !labels.has(label)) found.push(`${at}: grouped by ${label}, which none of its metrics has`);
  return found;
}

const runbookComplaints = ({ alert, annotations = {}, labels = {}, for: wait }: Rule): string[] =>
  [
    !annotations.summary?.trim() && 'no summary',
    !annotations.description?.trim() && 'no description',
    !/^docs\/runbooks\/[a-z-]+\.md$/.test(annotations.runbook ?? '') && 'no path of a runbook',
    annotations.runbook && !existsSync(join(root, annotations.runbook)) && `${annotations.runbook} does not exist`,
    !['page', 'ticket'].includes(labels.severity ?? '') && 'neither page nor ticket',
    !/^\d+[smh]$/.test(wait ?? '') && 'no patience (for)',
  ]
    .filter((complaint) => typeof complaint === 'string' && complaint)
    .map((complaint) => `${alert}: ${complaint}`);

let printed: Printed;
beforeAll(async () => {
  // One good and one bad operation, so that metrics with labels have samples.
  await must(
    'sales_manager',
    '{ customers(first: 1) { nodes { id timeline { nodes { id } } milestones { nodes { id } } consents { granted } } } }',
  );
  await gql('sales_manager', '{ noSuchField }');
  const texts = await Promise.all(Object.values(stack().services).map(async ({ url }) => (await fetch(`${url}/metrics`)).text()));
  printed = printedBy(texts.join('\n'));
});

test('every metric and label of the dashboard and the alerts is printed by the running stack', () => {
  expect(queries.length).toBeGreaterThan(30);
  expect(queries.flatMap((query) => complaints(query, printed))).toEqual([]);
});

test.each<[string, string, string]>([
  ['a wrong name', 'sum by (job) (rate(outbox_depht[5m]))', 'x: nobody prints outbox_depht'],
  ['a wrong name after a right one', 'relay_leading > 0 and consumer_runing == 0', 'x: nobody prints consumer_runing'],
  ['a histogram without its suffix', 'gateway_request_duration_seconds > 1', 'x: nobody prints gateway_request_duration_seconds'],
  ['a label that is not there', 'rate(gateway_requests_total{operation="a"}[5m])', 'x: gateway_requests_total has no label operation'],
  ['a grouping that is not there', 'sum by (service) (relay_leading)', 'x: grouped by service, which none of its metrics has'],
  ['a bracket too few', 'sum by (job) (rate(outbox_depth[5m])', 'x: brackets do not balance'],
  ['the wrong bracket', 'sum(rate(outbox_depth[5m)])', 'x: brackets do not balance'],
])('planted: %s is found', (_, expr, complaint) => {
  expect(complaints({ at: 'x', expr }, printed)).toEqual([complaint]);
});

test('every metric of ours that tells of trouble has an alert, and every alert a summary, a description and a runbook that exists', () => {
  expect(rules.flatMap(runbookComplaints)).toEqual([]);
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  const watched = [
    'outbox_age_seconds',
    'relay_leading',
    'consumer_running',
    'consumer_lag_records',
    'parked_keys',
    'merges_overdue',
    'gateway_breaker_state',
  ];
  watched.push(
    'gateway_supergraph_refused',
    'gateway_request_duration_seconds_bucket',
    'subgraph_requests_total',
    'database_pool_waiting',
    'up',
  );
  expect(watched.filter((metric) => !rules.some(({ expr }) => new RegExp(`\\b${metric}\\b`).test(expr)))).toEqual([]);
});

test('planted: an alert without a summary, or with a runbook that is not there, is found', () => {
  const alert: Rule = { alert: 'x', expr: 'up', for: '1m', labels: { severity: 'page' } };
  expect(runbookComplaints({ ...alert, annotations: { description: 'd', runbook: 'docs/runbooks/none.md' } })).toEqual([
    'x: no summary',
    'x: docs/runbooks/none.md does not exist',
  ]);
});

test('the dashboard covers every metric of ours, its panels do not overlap, and every deployable is scraped', () => {
  const ours = [...printed.keys()].filter((name) => /^(gateway|subgraph|outbox|relay|consumer|parked|database)_/.test(name));
  const shown = queries.filter(({ at }) => at.startsWith('panel')).map(({ expr }) => expr);
  const unseen = ours.filter((name) => !/_(sum|count)$/.test(name) && !shown.some((expr) => expr.includes(name)));
  expect([ours.length > 15, unseen]).toEqual([true, []]);
  const cells = panels.flatMap(({ gridPos: { h, w, x, y } }) =>
    Array.from({ length: h * w }, (_, i) => `${x + (i % w)}/${y + Math.floor(i / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  expect(jobs.map(({ job_name }) => job_name).sort()).toEqual(Object.keys(stack().services).sort());
});

test('every command and file that a runbook names exists', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const events = read('scripts/events.ts');
  const pages = readdirSync(join(root, 'docs/runbooks')).map((name) => ({ name, text: read(`docs/runbooks/${name}`) }));
  const wrong = pages.flatMap(({ name, text }) => [
    ...[...text.matchAll(/npm run (?:--silent )?([\w:]+)/g)].filter(([, script]) => !scripts[script!]).map(([all]) => `${name}: ${all}`),
    ...[...text.matchAll(/npm run (?:--silent )?events -- (\w+)/g)]
      .filter(([, verb]) => !events.includes(`verb === '${verb}'`))
      .map(([all]) => `${name}: ${all}`),
    ...[...text.matchAll(/npm run process -- (\w+)/g)]
      .filter(([, verb]) => !['kill', 'start', 'restart'].includes(verb!))
      .map(([all]) => `${name}: ${all}`),
    ...[...text.matchAll(/\]\(([^)#]+)\)/g)]
      .filter(([, path]) => !existsSync(join(root, 'docs/runbooks', path!)))
      .map(([, path]) => `${name}: ${path}`),
  ]);
  expect([pages.length >= 4, wrong]).toEqual([true, []]);
});

/** The fenced blocks of a runbook in one language, without the indentation of a list. */
const blocks = (page: string, language: string): string[] =>
  [...read(`docs/runbooks/${page}`).matchAll(new RegExp(`\\n *\`\`\`${language}\\n([\\s\\S]*?)\\n *\`\`\``, 'g'))].map(([, text]) => text!);
const statements = (block: string): string[] =>
  block
    .replace(/^\s*(--|\\).*$/gm, '')
    .split(';')
    .map((text) => text.trim())
    .filter((text) => text && !/^(begin|commit)$/.test(text));

test.each(readdirSync(join(root, 'docs/runbooks')))('the SQL of %s is understood by a real database', async (page) => {
  const db = await database('customer');
  await db.query('begin');
  try {
    for (const statement of blocks(page, 'sql').flatMap(statements)) await db.query(statement);
  } finally {
    await db.query('rollback');
  }
});

test('steps 3 and 4 of the restore find the customer whose published changes a backup lacks, and let none of its numbers be issued twice', async () => {
  const db = await database('customer');
  const made = await must(
    'sales_manager',
    'mutation($name: String!) { createCustomer(input: { type: INDIVIDUAL, displayName: $name }) { ... on Customer { id version } } }',
    { name: `Restored ${randomUUID()}` },
  );
  const { id, version } = made.createCustomer;
  const input = { displayName: `Restored ${randomUUID()}` };
  const UPDATE = `mutation($id: ID!, $version: Int!, $input: UpdateCustomerInput!) {
    updateCustomer(id: $id, expectedVersion: $version, input: $input) { __typename } }`;
  expect((await must('sales_manager', UPDATE, { id, version, input })).updateCustomer.__typename).toBe('Customer');
  await eventually(async () => expect((await db.query('select from outbox where key = $1', [id])).rowCount).toBe(0));
  const numberOf = async () => (await db.query('select version from aggregate where key = $1', [id])).rows[0].version as number;
  const published = await numberOf();

  const folder = mkdtempSync(join(tmpdir(), 'customer360-restore-'));
  let lines: string[][];
  try {
    const compare = blocks('restore-one-database.md', 'sh')[1]!.replaceAll(/\b(facts\.jsonl|published\.tsv)/g, `${folder}/$1`);
    execFileSync('sh', ['-ec', compare], { cwd: root, stdio: 'pipe' });
    lines = readFileSync(join(folder, 'published.tsv'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split('\t'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }

  const [step3, step4] = blocks('restore-one-database.md', 'sql').map(statements);
  await db.query('begin'); // and roll back: a number that is really issued twice would be seen by every oracle
  try {
    await db.query('update aggregate set version = version - 1 where key = $1', [id]); // the backup
    await db.query(step3![0]!);
    await db.query('insert into published select * from unnest($1::text[], $2::int[])', [
      lines.map(([key]) => key),
      lines.map(([, n]) => n),
    ]);
    expect((await db.query(step3![1]!)).rows).toEqual([{ key: id, ours: published - 1, published }]);
    for (const statement of step4!) await db.query(statement);
    expect(await numberOf()).toBe(published);
  } finally {
    await db.query('rollback');
  }
}, 60_000);
