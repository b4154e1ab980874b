// Free texts that hold what should not stand there [PII in notes field]: one open flag per text, for a person to review. A flag says where and what
// kind, never the value, so it is not a second copy of it.

import type { PersonalDataKind } from '@customer360/customer-data/personal-data';
import type { Actor, ActorKind } from '@customer360/kernel/actor';
import type { Reader } from '@customer360/kernel/database';
import { field } from '@customer360/kernel/filter';
import { manyByKey } from '@customer360/kernel/loader';
import { keyset } from '@customer360/kernel/paging';
import { raw, sql } from '@customer360/kernel/sql';
import type { ListSpec } from '../list.ts';
import { customerField, visibleCustomer } from '../scope.ts';

export const TEXT_FLAG_STATES = ['open', 'reviewed', 'gone'] as const;

export interface TextFlag {
  id: string;
  /** Null where no customer stands behind the text, such as a tag's name. */
  customerId: string | null;
  /** SDL name of the noun, for example `Relationship`. */
  noun: string;
  rowId: string;
  /** SDL name of the field. */
  field: string;
  kinds: PersonalDataKind[];
  /** `gone`: the text was changed and no longer holds it. */
  state: (typeof TEXT_FLAG_STATES)[number];
  foundAt: Date;
  reviewedAt: Date | null;
  reviewedByKind: ActorKind | null;
  reviewedById: string | null;
}

export const TEXT_FLAG =
  raw(`f.id, f.customer_id as "customerId", f.noun, f.row_id as "rowId", f.field, f.kinds, f.state, f.found_at as "foundAt",
  f.reviewed_at as "reviewedAt", f.reviewed_by_kind as "reviewedByKind", f.reviewed_by_id as "reviewedById"`);

export const textFlagList: ListSpec<TextFlag> = {
  name: 'listTextFlags',
  select: TEXT_FLAG,
  from: raw('text_flag f left join customer c on c.id = f.customer_id'),
  visible: (actor: Actor) => sql`(f.customer_id is null or ${visibleCustomer(actor, 'c')})`,
  order: keyset({
    fields: { FOUND_AT: { column: raw('f.found_at'), type: 'timestamptz' } },
    id: raw('f.id'),
    default: [{ field: 'FOUND_AT', direction: 'DESC' }],
  }),
  filter: {
    state: field('f.state', 'enum'),
    customerId: customerField('f.customer_id'),
    noun: field('f.noun', 'text'),
    rowId: field('f.row_id', 'uuid'),
    field: field('f.field', 'text'),
    foundAt: field('f.found_at', 'timestamptz'),
  },
};

/** The open flags of rows. */
export const openFlags = (db: Reader) =>
  manyByKey<string, TextFlag>(
    (ids) =>
      db.query(
        'findOpenTextFlags',
        sql`select ${TEXT_FLAG} from text_flag f where f.row_id = any(${[...ids]}::uuid[]) and f.state = 'open'`,
      ),
    (row) => row.rowId,
  );
