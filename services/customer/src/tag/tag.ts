// A tag is a short name that people put on customers to find them again [CustomerList]: unique whatever its case, with a colour for the screen. Pure.
import type { Row } from '@customer360/kernel/entity';
import { badInput, checkText } from '@customer360/kernel/problem';

export interface Tag extends Row {
  name: string;
  /** `#rrggbb`, lower case. */
  colour: string | null;
  /** Where mergeTags sent it: always the final one. */
  mergedInto: string | null;
}

const MAX_NAME = 50;
/** Tags of one customer. */
export const MAX_TAGS = 100;
/** Names of one call. */
const MAX_NAMES = 20;

/** Checks a name; answers it as it is stored. */
export function checkTagName(field: string, name: string): string {
  const trimmed = name.trim().replaceAll(/\s+/g, ' ');
  checkText(field, trimmed, { max: MAX_NAME, required: true });
  return trimmed;
}

/** Checks the names of a call; answers each once, whatever its case. */
export function checkTagNames(field: string, names: readonly string[]): string[] {
  if (names.length === 0) throw badInput(field, 'names no tag');
  if (names.length > MAX_NAMES)
    throw badInput(field, `has more than ${MAX_NAMES} names`, { limit: 'tags', max: MAX_NAMES, asked: names.length });
  const checked = names.map((name, at) => checkTagName(`${field}.${at}`, name));
  return [...new Map(checked.map((name) => [name.toLowerCase(), name])).values()];
}

/** Checks a colour; answers it as it is stored. */
export function checkColour(field: string, colour: string | null | undefined): string | null | undefined {
  if (colour == null) return colour;
  if (!/^#[0-9a-f]{6}$/i.test(colour)) throw badInput(field, 'is a colour like #1f77b4');
  return colour.toLowerCase();
}
