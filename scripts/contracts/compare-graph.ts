// The graph may grow. It may lose or narrow something only after a deprecation period: the released schema says `@deprecated(reason: "… until
// 2027-01-31 …")` on it, and that day is over. Union members and interfaces cannot be deprecated, so they stay.
import { CriticalityLevel, diff } from '@graphql-inspector/core';
import {
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

const UNTIL = /until (\d{4}-\d\d-\d\d)/i;

/** Was the deprecation's day over before today? */
export function elapsed(reason: string | null | undefined, today: Date): boolean {
  const day = reason && UNTIL.exec(reason)?.[1];
  return Boolean(day) && `${day}` < today.toISOString().slice(0, 10);
}

/** What changed from the released schema to the current one, judged as of `today`. */
export async function compareGraphs(released: GraphQLSchema, current: GraphQLSchema, today = new Date()): Promise<GraphChanges> {
  const answer: GraphChanges = { breaking: [], notes: [] };
  for (const { message, path, criticality, type } of await diff(released, current)) {
    if (criticality.level === CriticalityLevel.NonBreaking) continue;
    if (criticality.level === CriticalityLevel.Dangerous) answer.notes.push(message);
    else if (!path || !mayGo(released, path, type === 'TYPE_REMOVED', today)) answer.breaking.push(message);
  }
  return answer;
}

/** Path is `Type`, `Type.member` or `Type.field.argument`. */
function mayGo(released: GraphQLSchema, path: string, wholeType: boolean, today: Date): boolean {
  const [typeName, memberName, argumentName] = path.split('.');
  if (wholeType) return usesOf(released, typeName!).every((reason) => elapsed(reason, today));
  const type = released.getType(typeName!);
  if (isEnumType(type)) return elapsed(type.getValue(memberName ?? '')?.deprecationReason, today);
  if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) return false;
  const member = type.getFields()[memberName ?? ''];
  if (!member) return false;
  if (elapsed(member.deprecationReason, today)) return true;
  const argument = 'args' in member ? member.args.find(({ name }) => name === argumentName) : undefined;
  return elapsed(argument?.deprecationReason, today);
}

/** The deprecation reasons of every field and argument that leads to a type; undefined where there is none. */
function usesOf(schema: GraphQLSchema, name: string): Array<string | null | undefined> {
  const uses: Array<string | null | undefined> = [];
  const leadsThere = (type: GraphQLType) => String(getNamedType(type)) === name;
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type) || type.name === name) continue;
    if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      if (leadsThere(field.type)) uses.push(field.deprecationReason);
      for (const argument of 'args' in field ? field.args : [])
        if (leadsThere(argument.type)) uses.push(argument.deprecationReason ?? field.deprecationReason);
    }
  }
  return uses;
}
