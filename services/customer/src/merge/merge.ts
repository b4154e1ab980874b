// The rules of a merge [WF-CM-002], without a database: which value of each field is kept and why, which flags and relationships give way, and what
// an un-merge may put back. Every rule is stated in docs/decisions; the plan shows its outcome before anything is written.
import type { ActorKind } from '@customer360/kernel/actor';
import type { Row } from '@customer360/kernel/entity';
import type { Account } from '../account/account.ts';
import type { Address } from '../address/address.ts';
import type { Contact } from '../contact/contact.ts';
import type { Customer } from '../customer/customer.ts';
import type { Relationship } from '../relationship/relationship.ts';

/** A merge cannot be undone later than this many days. */
export const UNMERGE_DAYS = 30;
export const MAX_RETIRED = 9;

export const MERGE_STATUSES = ['requested', 'rejected', 'merged', 'unmerged'] as const;
/** Why records cannot be merged, and why a merge cannot be undone. */
export const MERGE_REFUSALS = [
  'already_merged',
  'types_differ',
  'processing_restricted',
  'legal_hold',
  'deletion_open',
  'too_large',
] as const;
export const UNMERGE_REFUSALS = ['not_merged', 'too_late', 'later_merge', 'survivor_deleted'] as const;

/** The services that follow a merge. */
export const FOLLOWERS = ['interaction', 'lifecycle', 'compliance'] as const;

export interface Merge extends Row {
  survivorId: string;
  retiredIds: string[];
  status: (typeof MERGE_STATUSES)[number];
  choices: MergeChoice[];
  expectedVersions: ExpectedVersion[];
  /** Living rows of the retired customers in this service when it was asked for. */
  records: number;
  /** Why it was rejected. */
  rejectionReason: string | null;
  decidedByKind: ActorKind | null;
  decidedById: string | null;
  mergedAt: Date | null;
  unmergedAt: Date | null;
  journalErasedAt: Date | null;
}

export interface ExpectedVersion {
  id: string;
  version: number;
}

/** Keep this customer's value of the field. */
export interface MergeChoice {
  field: MergeField;
  fromId: string;
}

/** A record with what is compared of it. */
export interface Side {
  readonly customer: Customer;
  readonly account: Account | null;
}

interface FieldRule {
  readonly of: 'customer' | 'account';
  /** The value first, then what goes wherever it goes. */
  readonly columns: readonly string[];
  /** The survivor's own value stays where it has one. */
  readonly survivors?: true;
}

/** The compared fields, and the columns that move together. */
export const FIELDS = {
  displayName: { of: 'customer', columns: ['displayName'] },
  source: { of: 'customer', columns: ['source'], survivors: true },
  externalId: { of: 'customer', columns: ['externalId'], survivors: true },
  email: { of: 'customer', columns: ['email', 'emailKey'] },
  phone: { of: 'customer', columns: ['phone', 'phoneE164'] },
  owner: { of: 'customer', columns: ['ownerId'], survivors: true },
  parent: { of: 'customer', columns: ['parentId'], survivors: true },
  legalName: { of: 'account', columns: ['legalName'] },
  dbaName: { of: 'account', columns: ['dbaName'] },
  taxId: { of: 'account', columns: ['taxId', 'taxIdKey', 'taxIdVerified', 'country'] },
  industry: { of: 'account', columns: ['industry'] },
  employeeCount: { of: 'account', columns: ['employeeCount'] },
  annualRevenue: { of: 'account', columns: ['annualRevenue'] },
  website: { of: 'account', columns: ['website'] },
} as const satisfies Record<string, FieldRule>;
export type MergeField = keyof typeof FIELDS;
export const MERGE_FIELDS = Object.keys(FIELDS) as MergeField[];

/** Why a value is kept. */
export const KEPT_BECAUSE = ['chosen', 'agreed', 'only_value', 'survivor', 'verified', 'most_complete', 'newest'] as const;
export type KeptBecause = (typeof KEPT_BECAUSE)[number];

export interface FieldPlan {
  readonly field: MergeField;
  readonly values: ReadonlyArray<{ customerId: string; value: string | null }>;
  /** Null where nobody has a value. */
  readonly keptFromId: string | null;
  readonly kept: string | null;
  readonly because: KeptBecause | null;
  /** The values differ. */
  readonly conflict: boolean;
  /** Two different valid tax ids: a person has to choose. */
  readonly mustChoose: boolean;
  /** The columns of the kept value. */
  readonly columns: Record<string, unknown>;
}

interface Candidate {
  readonly customerId: string;
  readonly row: Customer | Account;
  readonly value: string | null;
  readonly columns: Record<string, unknown>;
}

/** Field by field: all values with their origin, and the one that is kept. The survivor comes first. */
export function planFields(sides: readonly Side[], choices: readonly MergeChoice[]): FieldPlan[] {
  const ids = new Set(sides.map(({ customer }) => customer.id));
  return MERGE_FIELDS.flatMap((field) => {
    const rule: FieldRule = FIELDS[field];
    const candidates = sides.flatMap(({ customer, account }): Candidate[] => {
      const row = rule.of === 'customer' ? customer : account;
      if (!row) return [];
      const columns = Object.fromEntries(rule.columns.map((name) => [name, row[name as keyof typeof row] ?? null]));
      // A parent within the group is the merged customer itself.
      if (field === 'parent' && ids.has(columns.parentId as string)) columns.parentId = null;
      return [{ customerId: customer.id, row, columns, value: (columns[rule.columns[0]!] as string | null) ?? null }];
    });
    return candidates.length === 0 ? [] : [planField(field, rule, candidates, choices)];
  });
}

function planField(field: MergeField, rule: FieldRule, candidates: readonly Candidate[], choices: readonly MergeChoice[]): FieldPlan {
  const present = candidates.filter(({ value }) => value !== null);
  const conflict = new Set(present.map((c) => comparable(field, c))).size > 1;
  const chosenFrom = choices.find((choice) => choice.field === field)?.fromId;
  const chosen = candidates.find(({ customerId }) => customerId === chosenFrom);
  const [kept, because] = chosen ? [chosen, 'chosen' as const] : keep(field, rule, candidates, present, conflict);
  const valid = field === 'taxId' ? present.filter(({ columns }) => columns.taxIdVerified) : [];
  return {
    field,
    values: candidates.map(({ customerId, value }) => ({ customerId, value })),
    keptFromId: because === null ? null : kept.customerId,
    kept: kept.value,
    because,
    conflict,
    mustChoose: !chosen && new Set(valid.map(({ columns }) => columns.taxIdKey)).size > 1,
    columns: kept.columns,
  };
}

/** What two spellings of the same value have in common. */
const comparable = (field: MergeField, { value, columns }: Candidate): unknown =>
  (field === 'email' && columns.emailKey) || (field === 'phone' && columns.phoneE164) || (field === 'taxId' && columns.taxIdKey) || value;

/** The rule, best reason first: what is alone or the same; the survivor's where that is the rule; verified; most complete; newest. */
function keep(
  field: MergeField,
  rule: FieldRule,
  candidates: readonly Candidate[],
  present: readonly Candidate[],
  conflict: boolean,
): [Candidate, KeptBecause | null] {
  const survivor = candidates[0]!;
  // No tax id anywhere: its country may be known all the same.
  if (present.length === 0) return [candidates.find(({ columns }) => Object.values(columns).some(Boolean)) ?? survivor, null];
  if (present.length === 1) return [present[0]!, 'only_value'];
  if (!conflict) return [present[0]!, 'agreed'];
  if (rule.survivors && present[0] === survivor) return [survivor, 'survivor'];
  const verified = field === 'taxId' ? present.filter(({ columns }) => columns.taxIdVerified) : [];
  if (verified.length === 1) return [verified[0]!, 'verified'];
  const complete = present.filter((one) => present.every((other) => one === other || completes(field, one, other)));
  if (complete.length === 1) return [complete[0]!, 'most_complete'];
  const newest = present.reduce((best, next) => (next.row.updatedAt > best.row.updatedAt ? next : best));
  return [newest, 'newest'];
}

/** Does one value say all that the other says, and more? A readable phone number beats one that could not be read. */
function completes(field: MergeField, one: Candidate, other: Candidate): boolean {
  if (field === 'phone') return one.columns.phoneE164 !== null && other.columns.phoneE164 === null;
  if (!['displayName', 'legalName', 'dbaName', 'industry'].includes(field)) return false;
  const [mine, theirs] = [words(one.value!), words(other.value!)];
  return mine.size > theirs.size && [...theirs].every((word) => mine.has(word));
}

const words = (text: string): Set<string> => new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);

/** The columns of one of the two rows after the merge. */
export const foldedColumns = (plan: readonly FieldPlan[], of: 'customer' | 'account'): Record<string, unknown> =>
  Object.assign({}, ...plan.filter(({ field }) => FIELDS[field].of === of).map(({ columns }) => columns));

/** One primary contact, one default address per type [Contact AC-1, Address AC-1]: the survivor's stays, else the first retired one's. Answers who steps back. */
export function stepBack<R extends Contact | Address>(order: readonly string[], flagged: readonly R[], kindOf: (row: R) => string): R[] {
  const taken = new Set<string>();
  return [...flagged]
    .sort((a, b) => order.indexOf(a.customerId) - order.indexOf(b.customerId))
    .filter((row) => {
      const kind = kindOf(row);
      const steps = taken.has(kind);
      taken.add(kind);
      return steps;
    });
}

/** Relationships as they would stand after the merge. */
export interface Redirected extends Relationship {
  readonly newFrom: string;
  readonly newTo: string;
}

/**
 * The relationships that give way [Relationship AC-1, Relationship AC-2]: one that would be with itself; a parent that is not the kept one; of the
 * same one twice, the younger. Those that went with a deleted customer count too, because they come back with it.
 */
export function givingWay(relationships: readonly Redirected[], survivorId: string, keptParentId: string | null): Redirected[] {
  const stands = (r: Redirected): boolean => r.deletedAt === null || r.deletionId !== null;
  const opensParent = (r: Redirected): boolean => r.relationshipType === 'parent_child' && r.endDate === null;
  const kept: Redirected[] = [];
  return relationships
    .filter(stands)
    .sort(
      (a, b) => Number(opensParent(b)) - Number(opensParent(a)) || a.createdAt.getTime() - b.createdAt.getTime() || (a.id < b.id ? -1 : 1),
    )
    .filter((r) => {
      const loses =
        r.newFrom === r.newTo ||
        (opensParent(r) &&
          r.newTo === survivorId &&
          (r.newFrom !== keptParentId || kept.some((k) => opensParent(k) && k.newTo === survivorId))) ||
        kept.some((k) => k.newFrom === r.newFrom && k.newTo === r.newTo && k.relationshipType === r.relationshipType && overlap(k, r));
      if (!loses) kept.push(r);
      return loses;
    });
}

/** Do the days of two relationships overlap? The end is exclusive, null is for ever. */
function overlap(a: Relationship, b: Relationship): boolean {
  const empty = ({ startDate, endDate }: Relationship): boolean => startDate !== null && startDate === endDate;
  if (empty(a) || empty(b)) return false;
  const before = (end: string | null, start: string | null): boolean => end !== null && start !== null && end <= start;
  return !before(a.endDate, b.startDate) && !before(b.endDate, a.startDate);
}

/** One row whose values a merge folded. */
export interface Change {
  readonly table: 'customer' | 'contact' | 'account' | 'address' | 'relationship';
  readonly rowId: string;
  readonly before: Record<string, unknown>;
  readonly after: Record<string, unknown>;
}

/** The journal entry of a row, or none where nothing differs. Values as JSON keeps them. */
export function changeOf(table: Change['table'], rowId: string, from: object, to: object): Change[] {
  const [was, is] = [json(from), json(to)];
  const names = Object.keys(is).filter((name) => JSON.stringify(was[name] ?? null) !== JSON.stringify(is[name] ?? null));
  if (names.length === 0) return [];
  const pick = (values: Record<string, unknown>) => Object.fromEntries(names.map((name) => [name, values[name] ?? null]));
  return [{ table, rowId, before: pick(was), after: pick(is) }];
}

const json = (value: object): Record<string, unknown> => JSON.parse(JSON.stringify(value));

const GROUPS: ReadonlyArray<readonly string[]> = MERGE_FIELDS.map((field) => FIELDS[field].columns);

/**
 * What an un-merge puts back of a row: the earlier value where the row still has the one that the merge wrote; columns that belong together go or stay
 * together, as their value does. `kept` names the values that somebody changed since.
 */
export function putBack(
  { before, after }: Pick<Change, 'before' | 'after'>,
  row: object,
): { values: Record<string, unknown>; kept: string[] } {
  const now = json(row);
  const values: Record<string, unknown> = {};
  const kept: string[] = [];
  const touched = (name: string): boolean => JSON.stringify(now[name] ?? null) !== JSON.stringify(after[name]);
  const groups = [...GROUPS.map((group) => group.filter((name) => name in after)), ...Object.keys(after).map((name) => [name])];
  const seen = new Set<string>();
  for (const group of groups) {
    const fresh = group.filter((name) => !seen.has(name));
    if (fresh.length === 0) continue;
    for (const name of fresh) seen.add(name);
    if (touched(fresh[0]!)) kept.push(fresh[0]!);
    else for (const name of fresh) values[name] = before[name];
  }
  return { values, kept };
}

/** The last moment at which a merge can be undone. */
export const unmergeUntil = (mergedAt: Date): Date => new Date(mergedAt.getTime() + UNMERGE_DAYS * 86_400_000);
