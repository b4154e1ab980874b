// When the fire is over: waits while the product catches up, and lets the oracle judge. [issue 5, section 2]
import { setTimeout as sleep } from 'node:timers/promises';
import type { History } from './history.ts';
import { type Finding, isFailure, judge, type OracleDoors } from './oracle.ts';

const WITHIN_MS = 120_000;
const UNCHANGED_MS = 25_000;

/** What is wrong once nothing changes any more: no finding, or one that cannot heal, or the same ones for a while. */
export async function verdict(doors: OracleDoors, history: History, stopped: AbortSignal): Promise<readonly Finding[]> {
  let last = '';
  let since = Date.now();
  for (const deadline = Date.now() + WITHIN_MS; ; await sleep(1_000)) {
    const found = await judge(doors, history).catch((error): Finding[] => [{ wrong: 'stuck', text: String(error) }]);
    const text = JSON.stringify(found);
    if (text !== last) [last, since] = [text, Date.now()];
    const lasting = found.some(({ wrong }) => wrong === 'doubled' || wrong === 'out of order');
    const settled = lasting || Date.now() - since > UNCHANGED_MS || Date.now() > deadline;
    if (!found.some(isFailure) || settled || stopped.aborted) return found;
  }
}
