// SQL as composable, parameterised fragments: sql`… ${value} …` binds every value and splices nested fragments, so that a statement reads
// as SQL and can never be built from a caller's text. `columns()` derives a select list from the EntitySchema, the one truth of a table.
import type { EntitySchema } from 'typeorm';

/** A piece of SQL: literal text between bind values. */
export class Sql {
  readonly texts: readonly string[];
  readonly values: readonly unknown[];
  constructor(texts: readonly string[], values: readonly unknown[]) {
    this.texts = texts;
    this.values = values;
  }
  /** The text with $1… placeholders. */
  get text(): string {
    let text = this.texts[0]!;
    for (let i = 1; i < this.texts.length; i++) text += `$${i}${this.texts[i]}`;
    return text;
  }
}

/** Template tag. Nested `Sql` is spliced; everything else becomes a bind parameter. */
export function sql(strings: TemplateStringsArray, ...values: readonly unknown[]): Sql {
  const texts = [strings[0]!];
  const binds: unknown[] = [];
  values.forEach((value, i) => {
    if (value instanceof Sql) {
      texts[texts.length - 1] += value.texts[0]!;
      texts.push(...value.texts.slice(1));
      binds.push(...value.values);
      texts[texts.length - 1] += strings[i + 1]!;
    } else {
      binds.push(value);
      texts.push(strings[i + 1]!);
    }
  });
  return new Sql(texts, binds);
}

/** Trusted text (a column or keyword from our own code), never a caller's. */
export const raw = (text: string): Sql => new Sql([text], []);

/** Nothing. */
export const empty = raw('');

/** Joins fragments with a separator, `, ` unless told; an empty list gives nothing. */
export function join(parts: readonly Sql[], separator: Sql = raw(', ')): Sql {
  return parts.reduce<Sql>((all, part, i) => (i === 0 ? part : sql`${all}${separator}${part}`), empty);
}

/** All of the conditions; `true` for none. */
export const and = (...conditions: readonly Sql[]): Sql =>
  conditions.length === 0
    ? raw('true')
    : join(
        conditions.map((c) => sql`(${c})`),
        raw(' and '),
      );

/** The select list of an entity under an alias: `c.display_name as "displayName", …`. */
export function columns(entity: EntitySchema<any>, alias: string): Sql {
  return raw(
    Object.entries(entity.options.columns)
      .map(([property, column]) => `${alias}.${column!.name ?? property} as "${property}"`)
      .join(', '),
  );
}
