// What the tests of bulk jobs say again and again: start one, wait for its end, read what became of each customer, make many customers at once.
import { csv, doorOf, load, rowsOf } from './imports.ts';
import { type Caller, eventually, must } from './stack.ts';

const STATE = `id version action status createdBy { kind id } decidedBy { kind id } rejectionReason finishedAt fileExpiresAt
  progress { done total ok skipped refused perSecond secondsLeft }`;
const PROBLEMS = `... on Problem { message } ... on BulkJobNotReady { status allowed } ... on TooManyBulkJobs { limit } ... on InactiveOwner { ownerId }`;
const PREVIEW = '... on BulkPreview { action count outOfScope restricted needsApproval sample { id displayName } }';

export const START = `mutation($input: StartBulkJobInput!, $dryRun: Boolean) { result: startBulkJob(input: $input, dryRun: $dryRun) { __typename ... on BulkJob { ${STATE} }
  ${PREVIEW} ... on Problem { message } ... on TooManyBulkJobs { limit } ... on InactiveOwner { ownerId } } }`;

export const start = async (who: Caller, input: object): Promise<any> => (await must(who, START, { input })).result;
export const preview = async (who: Caller, input: object): Promise<any> => (await must(who, START, { input, dryRun: true })).result;

const step = async (who: Caller, name: string, job: any, more = '', types = '', variables: object = {}): Promise<any> =>
  (
    await must(
      who,
      `mutation($id: ID!, $version: Int!${types}) { result: ${name}(id: $id, expectedVersion: $version${more}) { __typename ... on BulkJob { ${STATE} }
        ... on Problem { message } ... on BulkJobNotReady { status allowed } } }`,
      { id: job.id, version: job.version, ...variables },
    )
  ).result;
export const approve = (who: Caller, job: any): Promise<any> => step(who, 'approveBulkJob', job);
export const cancel = (who: Caller, job: any): Promise<any> => step(who, 'cancelBulkJob', job);
export const reject = (who: Caller, job: any, reason: string): Promise<any> =>
  step(who, 'rejectBulkJob', job, ', reason: $reason', ', $reason: String!', { reason });

export const jobOf = async (id: string, who: Caller = 'admin'): Promise<any> =>
  (await must(who, `query($id: ID!) { bulkJob(id: $id) { ${STATE} } }`, { id })).bulkJob;

/** Waits until the job is done. */
export const done = (job: any): Promise<any> =>
  eventually(
    async () => {
      const now = await jobOf(job.id);
      return now.status === 'DONE' ? now : null;
    },
    { withinMs: 60_000, everyMs: 100 },
  );

/** Starts a job and waits for its end. */
export async function run(who: Caller, input: object): Promise<any> {
  const job = await start(who, input);
  if (job.__typename !== 'BulkJob') throw new Error(JSON.stringify(job));
  return done(job);
}

/** What became of each customer, at most 200. */
export const itemsOf = async (id: string, filter: object = {}): Promise<any[]> =>
  (
    await must(
      'admin',
      'query($id: ID!, $filter: BulkItemFilter) { bulkJob(id: $id) { items(first: 200, filter: $filter) { nodes { position customerId outcome reason } } } }',
      { id, filter },
    )
  ).bulkJob.items.nodes;

/** The file of an export; a Problem where there is none. */
export async function fileOf(who: Caller, id: string, as: 'text' | 'bytes' = 'text'): Promise<any> {
  const { result } = await must(
    who,
    `mutation($id: ID!) { result: requestBulkFile(id: $id) { __typename ... on BulkFile { url } ${PROBLEMS.slice(0, PROBLEMS.indexOf('... on TooMany'))} } }`,
    { id },
  );
  if (result.__typename !== 'BulkFile') return result;
  const response = await fetch(doorOf(result.url));
  if (!response.ok) throw new Error(`the door answered ${response.status}`);
  return as === 'text' ? response.text() : Buffer.from(await response.arrayBuffer());
}

/** Many customers in the pool, by an import; answers their ids in order. Their names begin with `prefix`. */
export async function many(count: number, prefix: string): Promise<string[]> {
  const lines = Array.from({ length: count }, (_, n) => [`${prefix}-${n}`, `${prefix} ${String(n).padStart(5, '0')}`]);
  const job = await load(
    csv(['Customer Number', 'Name'], ...lines),
    {},
    [
      { column: 1, field: 'CUSTOMER_EXTERNAL_ID' },
      { column: 2, field: 'CUSTOMER_NAME' },
    ],
    'CREATE',
  );
  return count > 200 ? [] : (await rowsOf(job.id)).map(({ customer }: any) => customer.id);
}
