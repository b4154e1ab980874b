// Imports for a chaos run [WF-CM-001]: one after the other, files of new, changed, repeated and invalid lines go in through the file door, are mapped and
// confirmed, some cancelled at any step, some gone on with, some undone after others have touched their customers. Each importer has external ids of its
// own, so that what it was told is the whole truth about them. No answer: the import's status says what became of a command. [issue 6, section 6]
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Asking, isConflict } from './asking.ts';
import type { Operation, ToldImport, ToldRow } from './history.ts';

const MIN_ROWS = 20;
const MORE_ROWS = 180;
const POLL_MS = 150;

export class Importing {
  readonly #asking: Asking;
  /** External ids that stand for certain: imported, and not cancelled, undone or touched since. */
  readonly #sure: string[] = [];

  constructor(asking: Asking) {
    this.#asking = asking;
  }

  async run(paceMs: number): Promise<void> {
    let last: readonly ToldRow[] | undefined;
    await this.#asking.repeat(async () => {
      const chance = Math.random();
      if (last && chance < 0.25) {
        const rows = last.map((row): ToldRow => (row.does === 'refuse' ? row : { ...row, does: 'repeat' }));
        last = undefined;
        await this.#import(rows, 'done');
      } else {
        const rows = this.#file();
        const wish = chance < 0.45 ? 'cancel' : chance < 0.65 ? 'undo' : 'done';
        const { last: reached } = await this.#import(rows, wish);
        last = reached === 'confirmed' ? rows : undefined;
        if (reached === 'confirmed') this.#sure.push(...rows.flatMap(({ does, externalId }) => (does === 'create' ? [externalId] : [])));
      }
    }, paceMs);
  }

  #file(): ToldRow[] {
    const known = this.#sure.toSorted(() => Math.random() - 0.5);
    return Array.from({ length: MIN_ROWS + Math.floor(Math.random() * MORE_ROWS) }, () => {
      const chance = Math.random();
      const externalId = chance < 0.2 ? known.pop() : undefined;
      const does = externalId ? 'update' : chance < 0.25 ? 'refuse' : 'create';
      return { externalId: externalId ?? `import-${randomUUID()}`, name: randomUUID(), does };
    });
  }

  async #import(rows: readonly ToldRow[], wish: 'done' | 'cancel' | 'undo'): Promise<ToldImport> {
    const operation = this.#asking.begin('import', null);
    const told: ToldImport = { rows, last: 'started', mayHaveWritten: false, touched: [] };
    operation.import = told;
    const start = () =>
      this.#asking.try(START, { input: { fileName: 'chaos.csv', ownerId: null, defaultCountry: 'DE', idempotencyKey: operation.marker } });
    const started = await this.#asking.resolve(operation, start);
    if (!started) return told;
    told.id = started.import.id;
    const steps = new Steps(this.#asking, operation, wish === 'cancel' ? Math.floor(Math.random() * 4) : undefined);
    if (await this.#send(told, start)) await steps.through();
    else told.last = 'unsure';
    if (wish === 'undo' && told.last === 'confirmed' && (await steps.stands('DONE'))) {
      await this.#touch(told);
      await steps.undo();
    }
    if (told.last === 'cancelled') await this.#fetchReport(told);
    return told;
  }

  /** The file, through the link that starting gave, or a new one. */
  async #send(told: ToldImport, start: () => ReturnType<Asking['try']>): Promise<boolean | undefined> {
    const lines = told.rows.map(({ externalId, name, does }) =>
      [externalId, name, `${externalId}@${does === 'refuse' ? '' : 'files.example'}`, `${externalId} Street`, 'Berlin', 'DE'].join(','),
    );
    const file = [HEADER, ...lines].join('\n');
    return this.#asking.insist(async () => {
      const now = await this.#asking.look(LOOK, { id: told.id });
      if (!now) return undefined;
      if (now.status !== 'AWAITING_FILE') return true;
      const link = await start();
      if (!link || !('ok' in link)) return undefined;
      const { status } = await this.#asking.doors.file(link.ok.url, file).catch(() => ({ status: 0 }));
      return status === 201 || undefined;
    });
  }

  /** Somebody renames two of its customers: an undo has to keep them. */
  async #touch(told: ToldImport): Promise<void> {
    for (const { externalId } of told.rows.filter(({ does }) => does === 'create').slice(0, 2)) {
      const seen = await this.#asking.insist(async () => (await this.#asking.look(FIND, { externalId }))?.nodes[0]);
      if (!seen) continue;
      const operation = this.#asking.begin('renameImported', seen.id);
      operation.externalId = externalId;
      told.touched.push(externalId);
      await this.#asking.resolve(operation, async () => {
        const answer = await this.#asking.try(RENAME, { id: seen.id, version: seen.version, input: { displayName: operation.marker } });
        if (!isConflict(answer)) return answer;
        const now = (await this.#asking.look(FIND, { externalId }))?.nodes[0];
        return now && (now.displayName === operation.marker ? { ok: now } : answer);
      });
    }
  }

  async #fetchReport(told: ToldImport): Promise<void> {
    const text = await this.#asking.insist(async () => {
      const answer = await this.#asking.try(REPORT, { id: told.id });
      // Before its file was read there is nothing to report; that is an answer too.
      if (answer && 'refused' in answer) return '';
      if (!answer) return undefined;
      const report = await this.#asking.doors.file(answer.ok.url).catch(() => undefined);
      return report?.status === 200 ? report.text : undefined;
    });
    if (text !== undefined) told.reported = Math.max(0, text.trim().split('\r\n').length - 1);
  }
}

const NEXT = ['READING', 'CHECKING', 'PREVIEWED', 'RUNNING'] as const;

/** Takes one import from step to step, and cancels it at a certain one. */
class Steps {
  readonly #asking: Asking;
  readonly #told: ToldImport;
  readonly #operation: Operation;
  readonly #cancelAt: (typeof NEXT)[number] | undefined;

  constructor(asking: Asking, operation: Operation, cancelAt: number | undefined) {
    this.#asking = asking;
    this.#operation = operation;
    this.#told = operation.import!;
    this.#cancelAt = cancelAt === undefined ? undefined : NEXT[cancelAt];
  }

  async through(): Promise<void> {
    if (this.#cancelAt === 'READING') return this.#cancel();
    if (!(await this.stands('UPLOADED'))) return;
    if (!(await this.#command('mapped', ['CHECKING', 'PREVIEWED'], MAP, { input: { mapping: MAPPING } }))) return;
    if (this.#cancelAt === 'CHECKING') return this.#cancel();
    if (!(await this.stands('PREVIEWED'))) return;
    if (this.#cancelAt === 'PREVIEWED') return this.#cancel();
    this.#told.mayHaveWritten = true;
    if (!(await this.#command('confirmed', ['RUNNING', 'DONE'], CONFIRM))) return;
    if (this.#cancelAt === 'RUNNING') {
      await sleep(Math.random() * 300);
      await this.#cancel();
      const goesOn = this.#told.last === 'cancelled' && Math.random() < 0.5;
      if (!goesOn || !(await this.#command('confirmed', ['RUNNING', 'DONE'], CONFIRM))) return;
    }
    await this.stands('DONE');
  }

  async undo(): Promise<void> {
    if (await this.#command('undone', ['UNDOING', 'UNDONE'], UNDO)) await this.stands('UNDONE');
  }

  /** Waits for the background; whoever is stopped meanwhile leaves the rest to it. */
  async stands(status: string): Promise<any | undefined> {
    return this.#asking.insist(async () => {
      const now = await this.#asking.look(LOOK, { id: this.#told.id });
      if (now?.status === status) return now;
      await sleep(POLL_MS);
      return undefined;
    });
  }

  /** Done already when the import stands behind it. */
  async #command(last: ToldImport['last'], behind: string[], query: string, more: object = {}): Promise<boolean> {
    const done = await this.#asking.insist(async (): Promise<boolean | undefined> => {
      const now = await this.#asking.look(LOOK, { id: this.#told.id });
      if (!now) return undefined;
      if (behind.includes(now.status)) return true;
      const answer = await this.#asking.try(query, { id: this.#told.id, version: now.version, ...more });
      if (answer && 'refused' in answer && !isConflict(answer)) {
        this.#operation.refusal = `${last}: ${answer.refused} at ${now.status}`;
        return false;
      }
      return answer && 'ok' in answer ? true : undefined;
    });
    this.#told.last = done ? last : 'unsure';
    return done === true;
  }

  /** An import that is faster than its cancelling is done. */
  async #cancel(): Promise<void> {
    const end = await this.#asking.insist(async () => {
      const now = await this.#asking.look(LOOK, { id: this.#told.id });
      if (!now) return undefined;
      if (now.status === 'CANCELLED' || now.status === 'DONE') return now.status as string;
      const answer = await this.#asking.try(CANCEL, { id: this.#told.id });
      return answer && 'ok' in answer ? 'CANCELLED' : undefined;
    });
    this.#told.last = end === 'CANCELLED' ? 'cancelled' : end === 'DONE' ? 'confirmed' : 'unsure';
  }
}

const HEADER = 'Number,Who,Mail,Street,City,Country';
const MAPPING = ['CUSTOMER_EXTERNAL_ID', 'CUSTOMER_NAME', 'CUSTOMER_EMAIL', 'ADDRESS_STREET', 'ADDRESS_CITY', 'ADDRESS_COUNTRY'].map(
  (field, n) => ({ column: n + 1, field }),
);
const START = `mutation($input: StartImportInput!) { result: startImport(input: $input) { __typename ... on ImportStarted { url import { id } } } }`;
const LOOK = `query($id: ID!) { result: import(id: $id) { status version } }`;
const step = (name: string, types = '', args = '') =>
  `mutation($id: ID!, $version: Int!${types}) { result: ${name}(id: $id, expectedVersion: $version${args}) { __typename } }`;
const MAP = step('mapImport', ', $input: MapImportInput!', ', input: $input');
const CONFIRM = step('confirmImport');
const UNDO = step('undoImport');
const CANCEL = `mutation($id: ID!) { result: cancelImport(id: $id) { __typename } }`;
const REPORT = `mutation($id: ID!) { result: requestImportReport(id: $id) { __typename ... on ImportReport { url } } }`;
const FIND = `query($externalId: String!) { result: customers(filter: { externalId: { eq: $externalId } }, first: 1) { nodes { id version displayName } } }`;
const RENAME = `mutation($id: ID!, $version: Int!, $input: UpdateCustomerInput!) { result: updateCustomer(id: $id, expectedVersion: $version, input: $input) { __typename } }`;
