// The access matrix as the SDL states it, read here without the product's own reader: for each field the roles that may use it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ConstDirectiveNode, Kind, parse } from 'graphql';
import type { Role } from '../../support/stack.ts';

export const STAFF: readonly Role[] = ['admin', 'sales_manager', 'sales_rep', 'support_rep', 'marketing', 'dpo', 'auditor'];
export const ROLES: readonly Role[] = [...STAFF, 'integration', 'customer'];

/** Composition's own types; no client reaches them. */
const MACHINERY = /^(join|link)__/;

export interface Matrix {
  /** Roles by 'Type.field'. */
  readonly fields: ReadonlyMap<string, ReadonlySet<Role>>;
  readonly unannotated: readonly string[];
}

export function readMatrix(sdl = readFileSync(join(import.meta.dirname, '../../../schemas/graphql/supergraph.graphql'), 'utf8')): Matrix {
  const fields = new Map<string, ReadonlySet<Role>>();
  const unannotated: string[] = [];
  for (const definition of parse(sdl).definitions) {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    const type = definition.name.value;
    if (MACHINERY.test(type)) continue;
    const ofType = rolesOf(definition.directives);
    for (const field of definition.fields ?? []) {
      const roles = rolesOf(field.directives) ?? ofType;
      if (roles) fields.set(`${type}.${field.name.value}`, roles);
      else unannotated.push(`${type}.${field.name.value}`);
    }
  }
  return { fields, unannotated };
}

function rolesOf(directives: readonly ConstDirectiveNode[] | undefined): Set<Role> | undefined {
  const value = directives?.find((one) => one.name.value === 'access')?.arguments?.[0]?.value;
  if (value?.kind !== Kind.LIST) return undefined;
  const names = value.values.map((one) => (one.kind === Kind.STRING ? one.value : ''));
  return new Set(names.flatMap((name) => (name === 'any' ? ROLES : name === 'staff' ? STAFF : [name as Role])));
}
