// The shared scalars' runtime (schemas/graphql/shared.graphql), strict on input so that a malformed value is refused with its path before any
// rule runs. Also makes the built-in ID a UUID and String free of what Postgres cannot store: all ids of this product are UUIDs.
import { GraphQLError, GraphQLID, GraphQLScalarType, GraphQLString, Kind, type ValueNode, valueFromASTUntyped } from 'graphql';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const INSTANT = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?:[Zz]|[+-]\d{2}:?\d{2})$/;
const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const EMAIL =
  /^[^\s@<>()[\]\\,;:"\p{Cc}]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}][\p{L}\p{N}-]{0,61}[\p{L}\p{N}]$/u;

const refuse = (what: string): never => {
  throw new GraphQLError(what, { extensions: { code: 'BAD_USER_INPUT' } });
};

/** Reads a literal; a refusal carries its node, from which the answer tells the field (input-error.ts). */
function literal<T>(node: ValueNode, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const { message, extensions } = error as GraphQLError;
    throw new GraphQLError(message, { nodes: node, extensions });
  }
}

const storable = (text: string): string => {
  if (text.includes('\0')) refuse('text must not contain NUL');
  if (!text.isWellFormed()) refuse('text must be well-formed Unicode');
  return text;
};

const isDay = (year: number, month: number, day: number): boolean => {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day && year >= 1;
};

function parseInstant(text: string): Date {
  const match = INSTANT.exec(text);
  if (!match || !isDay(Number(match[1]), Number(match[2]), Number(match[3]))) {
    return refuse('expected an ISO 8601 instant with a zone, for example 2026-03-01T09:30:00Z');
  }
  const date = new Date(text.replace(' ', 'T'));
  return Number.isNaN(date.getTime()) ? refuse('expected an existing instant') : date;
}

function parseDay(text: string): string {
  const match = DAY.exec(text);
  return match && isDay(Number(match[1]), Number(match[2]), Number(match[3])) ? text : refuse('expected an existing day, YYYY-MM-DD');
}

function parseUrl(text: string): string {
  if (text.length <= 2_000 && /^https?:\/\//i.test(text) && URL.canParse(storable(text))) return text;
  return refuse('expected an absolute http or https URL of at most 2000 characters');
}

const matching =
  (pattern: RegExp, what: string, max = 254) =>
  (text: string) =>
    text.length <= max && pattern.test(text) ? text : refuse(`expected ${what}`);

/** A scalar that travels as text: `parse` refuses by throwing, `print` writes it. */
function textScalar<T>(name: string, parse: (text: string) => T, print: (value: any) => string = String): GraphQLScalarType {
  return new GraphQLScalarType({
    name,
    serialize: print,
    parseValue: (value) => (typeof value === 'string' ? parse(value) : refuse('expected a string')),
    parseLiteral: (node) => literal(node, () => (node.kind === Kind.STRING ? parse(node.value) : refuse('expected a string'))),
  });
}

const printInstant = (value: Date | string): string => (value instanceof Date ? value : new Date(value)).toISOString();

const MAX_JSON = 16 * 1024;
function parseJson(value: unknown): object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse('expected a JSON object');
  const text = JSON.stringify(value);
  if (text.length > MAX_JSON) return refuse(`expected at most ${MAX_JSON} bytes of JSON`);
  if (/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/.test(text)) return refuse('text must be well-formed Unicode without NUL');
  return value;
}

/** Resolvers of the shared scalars, to be joined with a subgraph's resolvers. */
export const scalars = {
  DateTime: textScalar('DateTime', parseInstant, printInstant),
  Date: textScalar('Date', parseDay),
  EmailAddress: textScalar('EmailAddress', matching(EMAIL, 'an e-mail address')),
  URL: textScalar('URL', parseUrl),
  CountryCode: textScalar('CountryCode', matching(/^[A-Z]{2}$/, 'an ISO 3166-1 alpha-2 code in upper case')),
  Decimal: textScalar('Decimal', matching(/^-?\d{1,18}(\.\d{1,6})?$/, 'a decimal number, at most 18 digits before and 6 after the point')),
  CurrencyCode: textScalar('CurrencyCode', matching(/^[A-Z]{3}$/, 'an ISO 4217 code in upper case')),
  JSONObject: new GraphQLScalarType({
    name: 'JSONObject',
    serialize: (value) => value,
    parseValue: parseJson,
    parseLiteral: (node: ValueNode, variables) => literal(node, () => parseJson(valueFromASTUntyped(node, variables))),
  }),
};

/** Makes ID mean UUID (lower-cased) and String mean storable text, in this process. Called once, when a subgraph is built. */
export function tightenBuiltInScalars(): void {
  const uuid = (value: unknown): string =>
    typeof value === 'string' && UUID.test(value) ? value.toLowerCase() : (refuse('expected a UUID') as never);
  GraphQLID.parseValue = uuid;
  GraphQLID.parseLiteral = (node) => literal(node, () => uuid(node.kind === Kind.STRING ? node.value : undefined));
  const parseText = GraphQLString.parseValue.bind(GraphQLString);
  GraphQLString.parseValue = (value) => storable(parseText(value));
  GraphQLString.parseLiteral = (node) =>
    literal(node, () => storable(node.kind === Kind.STRING ? node.value : (refuse('expected a string') as never)));
}

/** Is this text a UUID? */
export const isUuid = (text: unknown): text is string => typeof text === 'string' && UUID.test(text);
