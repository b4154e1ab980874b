// The graph may grow. It may lose or narrow something only after a deprecation period: the released schema says `@deprecated(reason: "… until
// 2027-01-31 …")` on it, at least 90 days ahead when it was said first, and that day is over. Union members and interfaces cannot be deprecated: they stay.
import { CriticalityLevel, diff } from '@graphql-inspector/core';
import {
  type GraphQLArgument,
  type GraphQLSchema,
  type GraphQLType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
} from 'graphql';

export interface GraphChanges {
  /** Not allowed. */
  breaking: string[];
  /** Allowed, and worth a line in the changelog: a client that matches every enum value may want to know. */
  notes: string[];
}

/** A field, argument, input field or enum value, by its path: `Type.member` or `Type.field.argument`. */
interface Member {
  readonly path: string;
  readonly reason: string | null | undefined;
  /** The named type that it leads to; '' for enum values. */
  readonly leadsTo: string;
}

const UNTIL = /until (\d{4}-\d\d-\d\d)/i;
const NOTICE_DAYS = 90;

const dayOf = (moment: Date, daysLater = 0): string => new Date(moment.getTime() + daysLater * 86_400_000).toISOString().slice(0, 10);
const untilOf = (reason: string | null | undefined): string | undefined => (reason ? UNTIL.exec(reason)?.[1] : undefined);

/** Was the deprecation's day over before today? */
export const elapsed = (reason: string | null | undefined, today: Date): boolean => (untilOf(reason) ?? '9999') < dayOf(today);

/** What changed from the released schema to the current one, judged as of `today`. */
export async function compareGraphs(released: GraphQLSchema, current: GraphQLSchema, today = new Date()): Promise<GraphChanges> {
  const answer: GraphChanges = { breaking: [], notes: [] };
  const known = membersOf(released);
  const gone = (member: Member) => elapsed(member.reason, today);
  for (const { message, path = '', criticality, type } of await diff(released, current)) {
    if (criticality.level === CriticalityLevel.NonBreaking) continue;
    if (criticality.level === CriticalityLevel.Dangerous) {
      answer.notes.push(message);
      continue;
    }
    const allowed =
      type === 'TYPE_REMOVED'
        ? known.filter(({ leadsTo, path: at }) => leadsTo === path && !at.startsWith(`${path}.`)).every(gone)
        : known.some((member) => (member.path === path || path.startsWith(`${member.path}.`)) && gone(member));
    if (!allowed) answer.breaking.push(message);
  }
  const reasons = new Map(known.map(({ path, reason }) => [path, reason]));
  for (const { path, reason } of membersOf(current)) {
    const day = untilOf(reason);
    if (day && reasons.get(path) !== reason && reasons.has(path) && day < dayOf(today, NOTICE_DAYS))
      answer.breaking.push(`${path} is deprecated until ${day}: less than ${NOTICE_DAYS} days of notice`);
  }
  return answer;
}

function membersOf(schema: GraphQLSchema): Member[] {
  const found: Member[] = [];
  const named = (type: GraphQLType) => String(getNamedType(type));
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type)) continue;
    if (isEnumType(type)) {
      for (const { name, deprecationReason } of type.getValues())
        found.push({ path: `${type.name}.${name}`, reason: deprecationReason, leadsTo: '' });
    }
    if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const path = `${type.name}.${field.name}`;
      found.push({ path, reason: field.deprecationReason, leadsTo: named(field.type) });
      for (const argument of 'args' in field ? (field.args as readonly GraphQLArgument[]) : []) {
        // Whoever leaves a field by its day leaves its arguments too.
        const reason = argument.deprecationReason ?? field.deprecationReason;
        found.push({ path: `${path}.${argument.name}`, reason, leadsTo: named(argument.type) });
      }
    }
  }
  return found;
}
