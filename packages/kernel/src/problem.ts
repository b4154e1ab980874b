// How the product says no (docs: architecture.md "Errors"). A rule of the catalogue refuses by RETURNING a Problem, which is a member of
// the mutation's result union; everything else THROWS one of the errors below, whose `extensions.code` is part of the public contract.
// Messages name fields and ids, never personal values.
import { GraphQLError } from 'graphql';

/** A refusal by a rule: `__typename` picks the union member, the rest are its fields. Returned from a transaction, it rolls it back. */
export type Problem<T extends string = string, F extends object = object> = {
  readonly __typename: T;
  readonly message: string;
} & Readonly<F>;

const PROBLEM = Symbol('problem');

/** Makes a Problem of the SDL type `__typename`. */
export function problem<T extends string, F extends object = object>(__typename: T, message: string, fields?: F): Problem<T, F> {
  const made = { __typename, message, ...fields };
  Object.defineProperty(made, PROBLEM, { value: true });
  return made as unknown as Problem<T, F>;
}

/** Is this value a Problem made by `problem()`? */
export function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && PROBLEM in value;
}

function refusal(code: string, message: string, extensions: Record<string, unknown> = {}): GraphQLError {
  return new GraphQLError(message, { extensions: { code, ...extensions } });
}

/** BAD_USER_INPUT: a value is malformed, too long or refers to something that it may not. `field` is the input path, e.g. `input.email`. */
export const badInput = (field: string, message: string, extensions: Record<string, unknown> = {}): GraphQLError =>
  refusal('BAD_USER_INPUT', `${field}: ${message}`, { ...extensions, field });

/** NOT_FOUND: no such row, or one outside the caller's scope (never FORBIDDEN: existence is not disclosed). */
export const notFound = (noun: string, id: string, field = 'id'): GraphQLError =>
  refusal('NOT_FOUND', `${field}: no ${noun} ${id}`, { noun, id, field });

/** CONFLICT: the row changed since the caller read it; read again and retry with `actualVersion`. */
export const conflict = (noun: string, id: string, expected: number, actual: number): GraphQLError =>
  refusal('CONFLICT', `${noun} ${id} is at version ${actual}, not ${expected}`, {
    noun,
    id,
    field: 'expectedVersion',
    expectedVersion: expected,
    actualVersion: actual,
  });

/** CONFLICT: the row was moved to another customer between the look and the lock; the next try finds it there. */
export const movedMeanwhile = (noun: string, id: string): GraphQLError =>
  refusal('CONFLICT', `${noun} ${id} was moved to another customer meanwhile; try again`, { noun, id, retryable: true });

/** INVALID_CURSOR: not a cursor of this list in this order. */
export const invalidCursor = (message: string): GraphQLError => refusal('INVALID_CURSOR', message, { field: 'after' });

/** OUTDATED: something that was stored, such as a saved view, names what is gone since; `field` is its place there. */
export const outdated = (field: string, message: string): GraphQLError => refusal('OUTDATED', `${field}: ${message}`, { field });

/** IDEMPOTENCY_KEY_REUSED: the same key came before with another operation or input. */
export const keyReused = (): GraphQLError =>
  refusal('IDEMPOTENCY_KEY_REUSED', 'idempotencyKey: this key was used before with other input', { field: 'idempotencyKey' });

/** FORBIDDEN: signed in, but not allowed. */
export const forbidden = (message: string, extensions: Record<string, unknown> = {}): GraphQLError =>
  refusal('FORBIDDEN', message, extensions);

/** UNAUTHENTICATED: no valid token. */
export const unauthenticated = (message = 'sign in first'): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } } });

/** Optimistic concurrency: throws CONFLICT when the caller expected another version; an absent expectation always holds. */
export function expectVersion(noun: string, row: { id: string; version: number }, expected: number | null | undefined): void {
  if (expected != null && expected !== row.version) throw conflict(noun, row.id, expected, row.version);
}

/** Checks one text field: at most `max` code points, and not blank when required. Throws BAD_USER_INPUT naming the field. */
export function checkText(field: string, value: string | null | undefined, opts: { max: number; required?: boolean }): void {
  if (value == null) {
    if (opts.required) throw badInput(field, 'is required');
    return;
  }
  if (opts.required && value.trim() === '') throw badInput(field, 'must not be blank');
  if (value.length > opts.max && [...value].length > opts.max) {
    throw badInput(field, `is longer than ${opts.max} characters`, { max: opts.max });
  }
}

/** A failure of the request itself, answered as a GraphQL error over HTTP; routes throw it too. The connection ends with it: the rest of a body is not read. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  readonly extensions: object;
  constructor(status: number, code: string, message: string, extensions: object = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.extensions = extensions;
  }
}
