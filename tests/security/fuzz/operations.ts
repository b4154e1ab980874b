// Random operations over the API schema: real fields, real arguments, selections of any shape within the limits, and now and then a document
// that is broken on purpose. Arguments stand as variables or as literals, since the two are parsed by different code.
import {
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isUnionType,
} from 'graphql';
import { type Source, TEXTS, valueFor } from './values.ts';

export interface Operation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** What is never called where the stack is shared: mutations that change settings for everybody. */
const GLOBAL = /LifecycleStage|TransitionRules|StaffMember/;
const NOUN =
  /^(?:create|update|delete|restore|complete|cancel|log|record|end|verify|reject|extend|place|lift|set|change|resolve|request)?([A-Z]?\w+?)s?$/;

/** One operation; `shared` keeps away from what other users of the stack rely on. */
export function operation(schema: GraphQLSchema, source: Source, shared: boolean): Operation {
  const { random } = source;
  if (random.chance(0.04)) return { query: broken(source), variables: {} };
  const mutation = random.chance(0.45);
  const root = mutation ? schema.getMutationType()! : schema.getQueryType()!;
  const fields = Object.values(root.getFields()).filter((field) => !(shared && mutation && GLOBAL.test(field.name)));
  const writer = new Writer(source);
  const chosen = Array.from({ length: random.chance(0.8) ? 1 : 2 + random.below(2) }, () => random.pick(fields));
  const body = chosen
    .map((field, i) => writer.field(field, chosen.length > 1 ? `r${i}: ` : '', random.pick([1, 2, 2, 3, 3, 4, 5])))
    .join(' ');
  const definitions = writer.definitions.length > 0 ? `(${writer.definitions.join(', ')})` : '';
  const query = `${mutation ? 'mutation' : 'query'} Fuzz${definitions} { ${body} }`;
  return { query: random.chance(0.02) ? damage(query, source) : query, variables: writer.variables };
}

class Writer {
  readonly definitions: string[] = [];
  readonly variables: Record<string, unknown> = {};
  private readonly source: Source;
  private aliases = 0;
  constructor(source: Source) {
    this.source = source;
  }

  field(field: GraphQLField<unknown, unknown>, alias: string, depth: number): string {
    const noun = (NOUN.exec(field.name)?.[1] ?? '').toLowerCase();
    const args = field.args.map((arg) => this.argument(arg, noun)).filter((text) => text !== '');
    const type = getNamedType(field.type);
    const selection = isCompositeType(type) ? ` { ${this.selection(type, depth)} }` : '';
    const directive = this.source.random.chance(0.02)
      ? ` @${this.source.random.pick(['skip', 'include'])}(if: ${this.source.random.chance(0.5)})`
      : '';
    return `${alias}${field.name}${args.length > 0 ? `(${args.join(', ')})` : ''}${directive}${selection}`;
  }

  private argument(arg: GraphQLArgument, noun: string): string {
    const { random } = this.source;
    const required = isNonNullType(arg.type) && arg.defaultValue === undefined;
    if (!required && !random.chance(0.4)) return '';
    const value = valueFor(this.source, arg.type, arg.name, noun);
    if (value === undefined && !random.chance(0.2)) return '';
    if (random.chance(0.35)) return `${arg.name}: ${literal(value, arg.type)}`;
    const name = `v${this.definitions.length}`;
    this.definitions.push(`$${name}: ${arg.type}`);
    if (value !== undefined) this.variables[name] = value;
    return `${arg.name}: $${name}`;
  }

  selection(type: GraphQLCompositeType, depth: number): string {
    const { random } = this.source;
    if (isUnionType(type)) {
      const used = new Map<string, string>();
      const members = type.getTypes().filter((_, i) => i === 0 || random.chance(0.5));
      return `__typename ${members.map((member) => `... on ${member.name} { ${this.fieldsOf(member, depth, used)} }`).join(' ')}`;
    }
    return this.fieldsOf(type, depth, new Map());
  }

  /** Distinct fields; one that would clash with the same name in a sibling member of a union gets an alias. */
  private fieldsOf(type: Exclude<GraphQLCompositeType, { getTypes(): unknown }>, depth: number, used: Map<string, string>): string {
    const { random } = this.source;
    const wanted = 1 + random.below(depth > 0 ? 6 : 3);
    const all = Object.values(type.getFields());
    const out: string[] = [];
    for (let tries = 0; tries < wanted * 2 && out.length < wanted; tries++) {
      const field = random.pick(all);
      const composite = isCompositeType(getNamedType(field.type));
      if (composite && depth <= 0) continue;
      if (out.some((text) => new RegExp(`^(\\w+: )?${field.name}\\b`).test(text))) continue;
      const shape = `${field.type}`;
      const clash = used.has(field.name) && (used.get(field.name) !== shape || field.args.length > 0 || composite);
      used.set(field.name, used.get(field.name) ?? shape);
      out.push(this.field(field, clash ? `c${this.aliases++}: ` : '', depth - 1));
    }
    return out.length > 0 ? out.join(' ') : '__typename';
  }
}

/** A value as text in the document. */
export function literal(value: unknown, type?: GraphQLInputType): string {
  const inner = type && getNullableType(type);
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return `[${value.map((one) => literal(one, isListType(inner) ? inner.ofType : inner)).join(', ')}]`;
  if (typeof value === 'object') {
    const fields = isInputObjectType(inner) ? inner.getFields() : {};
    return `{${Object.entries(value)
      .filter(([key]) => /^[_A-Za-z]\w*$/.test(key))
      .map(([key, one]) => `${key}: ${literal(one, Object.hasOwn(fields, key) ? fields[key]!.type : undefined)}`)
      .join(', ')}}`;
  }
  const name = isListType(inner) ? getNamedType(inner) : inner;
  if (typeof value === 'string' && isEnumType(name) && /^[_A-Za-z]\w*$/.test(value)) return value;
  return JSON.stringify(value);
}

function broken(source: Source): string {
  const { random } = source;
  const n = random.pick([10, 100, 1_000, 5_000]);
  return random.pick([
    () => '{ '.repeat(n),
    () => `{ ${'customers { nodes { parent { '.repeat(Math.min(n, 300))}`,
    () => `{ customers(filter: ${'{ all: ['.repeat(n)}`,
    () => `{ customers(filter: ${'{ not: '.repeat(Math.min(n, 400))}{}${'}'.repeat(Math.min(n, 400))}) { totalCount } }`,
    () => `{ ${Array.from({ length: Math.min(n, 1_000) }, (_, i) => `a${i}: __typename`).join(' ')} }`,
    () => `{ __typename ${'@include(if: true) '.repeat(Math.min(n, 1_000))} }`,
    () => '{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }',
    () => '{ ...a } fragment a on Query { customers { nodes { ...c } } } fragment c on Customer { parent { ...c } }',
    () => `query ($${'x'.repeat(n)}: Int) { __typename }`,
    () => `query A { __typename } query B { __typename }`,
    () => `subscription { customers { nodes { id } } }`,
    () => `{ customer(id: ${JSON.stringify(random.pick(TEXTS))}) { id } }`,
    () => `{ customers(search: """${random.pick(TEXTS)}""", first: 1) { nodes { id } } }`,
    () => `{ _service { sdl } _entities(representations: [{ __typename: "Customer", id: "x" }]) { __typename } }`,
    () => `{ __schema { types { fields { type { ofType { ofType { ofType { ofType { fields { type { ofType { name } } } } } } } } } } }`,
    () => `{ __type(name: ${JSON.stringify(random.pick(TEXTS))}) { name } }`,
    () => random.pick(TEXTS),
    () => `mutation { ${'createCustomer(input: { type: INDIVIDUAL, displayName: "x" }) { __typename } '.repeat(30)} }`,
  ])();
}

function damage(text: string, { random }: Source): string {
  const at = random.below(text.length);
  return (
    text.slice(0, at) +
    random.pick(['', '}', '{', '"', '\0', '\ud800', '$', '@', '#', '...', random.pick(TEXTS)]) +
    text.slice(at + random.below(3))
  );
}
