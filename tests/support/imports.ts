// What the tests of imports say again and again: start one, send its file through the gateway's door, map it by its proposals, and wait for its steps.
import { type Caller, eventually, must, stack } from './stack.ts';

export const STATE = `id version status format encoding delimiter bytes sha256 refusal { code message line column } externalSystem
  columns { column header samples proposed } mapping { column field } progress { rowsDone rowsTotal rowsPerSecond secondsLeft }
  counts { new update unchanged duplicate invalid undecided created updated alreadyThere skipped failed removed reverted kept }`;
const PROBLEMS = `... on Problem { message } ... on ImportNotReady { status allowed }`;

/** Starts an import; answers it with the link of its file door. */
export async function startImport(
  input: object = {},
  who: Caller = 'sales_manager',
): Promise<{ import: any; url: string; __typename: string }> {
  const { result } = await must(
    who,
    `mutation($input: StartImportInput!) { result: startImport(input: $input) { __typename ... on ImportStarted { url expiresAt import { ${STATE} } } ... on Problem { message } } }`,
    { input: { fileName: 'customers.csv', ownerId: null, ...input } },
  );
  return result;
}

export const doorOf = (url: string): URL => new URL(url, stack().graph);

/** Sends a file; answers the door's own answer. */
export async function send(url: string, body: Buffer | string): Promise<{ status: number; body: any }> {
  const response = await fetch(doorOf(url), { method: 'PUT', body: body as never });
  return { status: response.status, body: await response.json() };
}

export const importOf = async (id: string, who: Caller = 'admin'): Promise<any> =>
  (await must(who, `query($id: ID!) { import(id: $id) { ${STATE} } }`, { id })).import;

/** Waits until the import stands there. */
export const until = (id: string, ...statuses: string[]): Promise<any> =>
  eventually(
    async () => {
      const job = await importOf(id);
      if (statuses.includes(job.status)) return job;
      if (['REFUSED', 'DONE', 'CANCELLED', 'UNDONE', 'PREVIEWED'].includes(job.status))
        throw new Error(`the import is ${job.status}: ${JSON.stringify(job.refusal ?? job.counts)}`);
      return null;
    },
    { withinMs: 60_000, everyMs: 100 },
  );

/** Uploads a file and waits until it was read. */
export async function upload(content: Buffer | string, input: object = {}, who: Caller = 'sales_manager'): Promise<any> {
  const started = await startImport(input, who);
  const sent = await send(started.url, content);
  if (sent.status !== 201) throw new Error(`the door answered ${sent.status}: ${JSON.stringify(sent.body)}`);
  return until(started.import.id, 'UPLOADED', 'REFUSED');
}

const mutation = (name: string, args: string, types: string) =>
  `mutation($id: ID!, $version: Int!${types}) { result: ${name}(id: $id, expectedVersion: $version${args}) { __typename ... on Import { ${STATE} } ${PROBLEMS} } }`;

const change = async (who: Caller, job: any, name: string, args = '', types = '', variables: object = {}): Promise<any> =>
  (await must(who, mutation(name, args, types), { id: job.id, version: job.version, ...variables })).result;

export const map = (job: any, input: object, who: Caller = 'sales_manager'): Promise<any> =>
  change(who, job, 'mapImport', ', input: $input', ', $input: MapImportInput!', { input });
export const decide = (job: any, rule: object, decision: string, who: Caller = 'sales_manager'): Promise<any> =>
  change(who, job, 'decideImportRows', ', rule: $rule, decision: $decision', ', $rule: ImportRowRule!, $decision: ImportDecision!', {
    rule,
    decision,
  });
export const confirm = (job: any, who: Caller = 'sales_manager'): Promise<any> => change(who, job, 'confirmImport');
export const cancel = (job: any, who: Caller = 'sales_manager'): Promise<any> => change(who, job, 'cancelImport');
export const undo = (job: any, who: Caller = 'sales_manager'): Promise<any> => change(who, job, 'undoImport');

/** The mapping that the service proposes. */
export const proposed = (job: any): object[] =>
  job.columns.flatMap(({ column, proposed: field }: any) => (field ? [{ column, field }] : []));

/** Uploads, maps (by the proposals unless told) and waits for the check. */
export async function check(content: Buffer | string, input: object = {}, mapping?: object[], who: Caller = 'sales_manager'): Promise<any> {
  const job = await upload(content, input, who);
  if (job.status === 'REFUSED') throw new Error(`refused: ${JSON.stringify(job.refusal)}`);
  const mapped = await map(job, { mapping: mapping ?? proposed(job) }, who);
  if (mapped.__typename !== 'Import') throw new Error(JSON.stringify(mapped));
  return until(job.id, 'PREVIEWED');
}

/** All of it, exceptions decided by `decision`; answers the import when it is done. */
export async function load(content: Buffer | string, input: object = {}, mapping?: object[], decision = 'SKIP'): Promise<any> {
  let job = await check(content, input, mapping);
  if (job.counts.undecided > 0) job = await decide(job, { verdict: 'DUPLICATE' }, decision);
  await confirm(job);
  return until(job.id, 'DONE');
}

/** The lines of an import, at most 200. */
export const rowsOf = async (id: string, filter: object = {}, who: Caller = 'admin'): Promise<any[]> =>
  (
    await must(
      who,
      `query($id: ID!, $filter: ImportRowFilter) { import(id: $id) { rows(first: 200, filter: $filter) { nodes { row line cells verdict decision outcome message
        errors { column field message } match { row score customer { id } reasons { field level } } customer { id displayName } } } } }`,
      { id, filter },
    )
  ).import.rows.nodes;

/** The result file. */
export async function reportOf(id: string, who: Caller = 'sales_manager'): Promise<string> {
  const { result } = await must(
    who,
    'mutation($id: ID!) { result: requestImportReport(id: $id) { __typename ... on ImportReport { url } ... on Problem { message } } }',
    { id },
  );
  const response = await fetch(doorOf(result.url));
  if (!response.ok) throw new Error(`the report's door answered ${response.status}`);
  return response.text();
}

/** Lines of CSV. */
export const csv = (...lines: string[][]): string =>
  lines.map((cells) => cells.map((cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')).join('\n');
