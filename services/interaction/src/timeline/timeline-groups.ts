// A timeline page cut into days [Customer 360 View Patterns, grouping by_day]. A day that two pages share is marked on both, so that a client that
// scrolls can append to the heading it has already shown; the pinned notes of the top are a group of their own.
import { dayOf } from '../time-zone.ts';

interface Placed {
  pinned: boolean;
  occurredAt: Date;
}

export interface TimelineGroup<L> {
  day: string | null;
  pinned: boolean;
  continued: boolean;
  continues: boolean;
  nodes: L[];
}

/** Groups the page's lines; `before` is the last line of the page before, `behind` the first of the next. */
export function groupByDay<L extends Placed>(
  lines: readonly L[],
  timeZone: string,
  neighbours: { before?: Placed | undefined; behind?: Placed | undefined },
): TimelineGroup<L>[] {
  const keyOf = (line: Placed): string => (line.pinned ? 'pinned' : dayOf(line.occurredAt, timeZone));
  const groups: TimelineGroup<L>[] = [];
  let open: string | undefined;
  for (const line of lines) {
    const key = keyOf(line);
    if (key !== open) {
      groups.push({ day: line.pinned ? null : key, pinned: line.pinned, continued: false, continues: false, nodes: [] });
      open = key;
    }
    groups.at(-1)!.nodes.push(line);
  }
  if (groups.length > 0) {
    groups[0]!.continued = neighbours.before !== undefined && keyOf(neighbours.before) === keyOf(lines[0]!);
    groups.at(-1)!.continues = neighbours.behind !== undefined && keyOf(neighbours.behind) === open;
  }
  return groups;
}
