// What a chaos run prints: separate totals of what was done, of what was done to the stack, and of what the oracle found. [issue 5, section 2]
import type { Sort } from './faults.ts';
import { type History, type Kind, of } from './history.ts';
import { type Finding, isFailure, type Wrong } from './oracle.ts';
import { PLANTS } from './plants.ts';
import type { Struck } from './schedule.ts';

/** Of each kind of finding. */
const MAX_SHOWN = 8;
const WRONGS: Wrong[] = ['lost', 'doubled', 'out of order', 'disagrees', 'stuck', 'put back'];

export interface Run {
  seed: number;
  minutes: number;
  plant: number | undefined;
  /** From the first write to the verdict. */
  seconds: number;
  struck: Struck;
  history: History;
  inbound: { repeated: number; reordered: number };
  found: readonly Finding[];
}

export function printReport({ seed, minutes, plant, seconds, struck, history, inbound, found }: Run): void {
  const outcome = (wanted: string) => history.filter((operation) => operation.outcome === wanted).length;
  const acknowledged = (kind: Kind) => of(history, kind).filter((operation) => operation.outcome === 'ok');
  const strokes = (sort: Sort) => [...struck.values()].reduce((sum, { fault, times }) => sum + (fault.sort === sort ? times : 0), 0);
  console.table(Object.fromEntries([...struck].sort().map(([what, { times }]) => [what, times])));
  console.table({
    seed,
    minutes,
    ...(plant && { plant: PLANTS[plant - 1]!.name }),
    'seconds to the verdict': Math.round(seconds),
    operations: history.length,
    ok: outcome('ok'),
    failed: outcome('failed'),
    unknown: outcome('unknown'),
    merges: acknowledged('merge').length,
    'un-merges': acknowledged('unmerge').length,
    'refused of these': [...of(history, 'merge'), ...of(history, 'unmerge')].filter((o) => o.outcome === 'failed').length,
    imports: acknowledged('import').length,
    'imported lines': acknowledged('import').reduce((sum, o) => sum + o.import!.rows.length, 0),
    'asked again': history.filter(({ retries }) => retries > 0).length,
    'inbound repeated': inbound.repeated,
    'inbound reordered': inbound.reordered,
    kills: strokes('kill'),
    pauses: strokes('pause'),
    'other faults': strokes('other'),
    ...Object.fromEntries(WRONGS.map((wrong) => [wrong, found.filter((finding) => finding.wrong === wrong).length])),
  });
  for (const [wrong, all] of Map.groupBy(found, (finding) => finding.wrong)) {
    for (const { text } of all.slice(0, MAX_SHOWN)) console.log(`${wrong}: ${text}`);
    if (all.length > MAX_SHOWN) console.log(`… and ${all.length - MAX_SHOWN} more ${wrong}`);
  }
  const failures = found.filter(isFailure).length;
  console.log(failures === 0 ? 'the oracle found nothing wrong' : `the oracle found ${failures} faults`);
}
