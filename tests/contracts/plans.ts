// Reads the plans that auto_explain writes into Postgres' log, and says what is wrong with them: a large table read from end to end, an index walked past
// rows that nobody asked for, or a page of a list for which more rows are sorted than it can hold. Judged by the rows that were really read, not by estimates.

interface Node {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Actual Rows'?: number;
  'Actual Loops'?: number;
  'Rows Removed by Filter'?: number;
  Plans?: Node[];
}

/** A statement of ours as it was run. */
export interface Explained {
  /** The function that ran it: our statements open with its name. */
  name: string;
  text: string;
  plan: Node;
}

/** Tables that stay small whatever happens, and why. */
const SMALL: Readonly<Record<string, string>> = {
  lifecycle_stage: 'at most 50 stages',
  transition_rule: 'between those',
  staff_member: 'staff, not customers',
  directory_staff: 'staff, not customers',
  outbox: 'emptied within milliseconds',
  parked: 'empty unless something is wrong',
  consumer_offset: 'a row a partition',
  override_token: 'expire within minutes',
  legal_hold: 'rare by nature',
  deletion_request: 'rare by nature',
  stage_refusal: 'rare by nature',
  custom_field: 'definitions',
  matching_model: 'a row a learning',
  matching_upkeep: 'one row',
  import: 'jobs, not their lines',
  bulk_job: 'jobs, not their items',
  hand_over: 'a row a member of staff who left',
  mail: 'emptied within seconds',
  merge: 'none in these data',
  customer_tag: 'none in these data',
  duplicate_candidate: 'none in these data',
  relationship: 'none in these data',
  refund: 'none in these data',
  consent_origin: 'none in these data',
};
/** Indexes that a page may walk past other rows, and why. */
const WALKED: Readonly<Record<string, string>> = {
  customer_created_at: 'the newest of what a team owns: which of many owners that are is not known when the statement is planned',
};
/** A page holds at most 200 rows and the one behind it. */
const PAGE = 201;

/** The statements in a part of the log. */
export function explained(log: string): Explained[] {
  return [...log.matchAll(/plan:\n((?:\t.*\n)+)/g)].flatMap(([, block]): Explained[] => {
    const { 'Query Text': text, Plan: plan } = JSON.parse(block!.replaceAll(/^\t/gm, ''));
    const name = /^\/\* (\w+) \*\//.exec(text)?.[1];
    return name ? [{ name, text, plan }] : [];
  });
}

/** One sentence per statement and mistake. */
export function findings(statements: readonly Explained[]): string[] {
  return [...new Set(statements.flatMap(({ name, plan }) => [...mistakes(plan, false)].map((mistake) => `${name}: ${mistake}`)))].sort();
}

function* mistakes(node: Node, limited: boolean): Iterable<string> {
  const type = node['Node Type'];
  const table = node['Relation Name'];
  if (type === 'Seq Scan' && table && !(table in SMALL) && node['Actual Loops'] !== 0) yield `reads all of ${table}`;
  const index = node['Index Name'];
  if (/^Index/.test(type) && index && !(index in WALKED) && (node['Rows Removed by Filter'] ?? 0) > PAGE)
    yield `walks ${index} past other rows`;
  const below = node.Plans ?? [];
  if (type === 'Sort' && limited && (below[0]?.['Actual Rows'] ?? 0) > PAGE && !isSearch(node)) yield 'sorts more rows than a page holds';
  // What a Limit asks for passes through these, one row for one.
  const passes = type === 'Limit' || (limited && /^(Subquery Scan|Result|Incremental Sort|LockRows|WindowAgg|Nested Loop)$/.test(type));
  for (const [i, child] of below.entries()) yield* mistakes(child, passes && i === 0);
}

/** Matches of a text come in no order, so that they are sorted, however many there are. */
const isSearch = (node: Node): boolean => /_search$/.test(node['Index Name'] ?? '') || (node.Plans ?? []).some(isSearch);
