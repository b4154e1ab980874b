// Who may be the same as these profiles: looked up by shared keys, judged field by field, the best first. Set-based, so that a form, a new customer, the
// queue and an import's thousand rows ask the same way and get the same answer. [Duplicate on create, Duplicate Detection]
import { type Actor, SYSTEM } from '@customer360/kernel/actor';
import type { Database } from '@customer360/kernel/database';
import { raw } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { findAlike, findNeighbours } from './match-key.table.ts';
import { MAX_BLOCK } from './match-keys.ts';
import { matchingOf } from './matching-model.table.ts';
import type { Profile } from './profile.ts';
import { judge, type Reason } from './score.ts';

export interface Asked {
  /** The customer itself, where it is in the base already; it is not its own duplicate. */
  readonly customerId: string | null;
  readonly profile: Profile;
}

export interface Candidate {
  readonly customerId: string;
  /** May the caller see it? A hidden one shows that a duplicate exists, and nothing of it. */
  readonly hidden: boolean;
  /** 0 to 100, unrounded. */
  readonly score: number;
  readonly reasons: readonly Reason[];
}

export interface FindOptions {
  readonly actor?: Actor;
  /** Only candidates that score more than this. */
  readonly above: number;
  /** At most so many for each. */
  readonly most: number;
  /** Look for names spelled alike as well where keys find fewer than three: slow, for those who can wait. */
  readonly alike?: boolean;
  /** Leave customers whose processing is restricted out. */
  readonly unrestrictedOnly?: boolean;
}

const FEW = 3;

/** The candidates of each, in the order asked. */
export async function findCandidates(
  db: Database,
  reader: Pick<Tx, 'query'>,
  asked: readonly Asked[],
  options: FindOptions,
): Promise<Candidate[][]> {
  if (asked.length === 0) return [];
  const { model, statistics } = matchingOf(db);
  const actor = options.actor ?? SYSTEM;
  const eligible = raw(options.unrestrictedOnly ? 'not c.processing_restricted' : 'true');
  const found = await findNeighbours(
    reader,
    asked.map(({ profile }) => profile),
    actor,
    eligible,
  );
  const answers: Candidate[][] = [];
  for (const [place, { customerId, profile }] of asked.entries()) {
    const near = (found.of.get(place) ?? []).filter((other) => other.customerId !== customerId);
    const name = profile.people[0]
      ? [profile.people[0].given, ...profile.people[0].middle, profile.people[0].family].join(' ')
      : profile.organisations[0]?.words.join(' ');
    if (options.alike && near.length < FEW && name && name.length > 4) {
      const seen = new Set([customerId, ...near.map((other) => other.customerId)]);
      near.push(...(await findAlike(reader, name, actor, eligible)).filter((other) => !seen.has(other.customerId)));
    }
    const candidates = near.map((other): Candidate => {
      const itself = customerId === null ? 1 : 2;
      const others = (kind: string, key: string) =>
        found.crowded.has(`${kind}:${key}`) ? MAX_BLOCK : Math.max(0, (other.sizes[`${kind}:${key}`] ?? itself) - itself);
      const { score, reasons } = judge(profile, other.profile, { model, statistics, others });
      return { customerId: other.customerId, hidden: !other.visible, score, reasons: other.visible ? reasons : reasons.filter(typed) };
    });
    answers.push(
      candidates
        .filter(({ score }) => score > options.above)
        .sort((a, b) => b.score - a.score || (a.customerId < b.customerId ? -1 : 1))
        .slice(0, options.most),
    );
  }
  return answers;
}

/** Of a hidden customer the caller learns only that it has an identifier that they typed themselves. */
const typed = ({ field, level }: Reason): boolean =>
  ['email', 'phone', 'taxId'].includes(field) && (level === 'exact' || level === 'equal');
