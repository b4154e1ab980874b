// The contact table: schema and list. [Contact AC-1] is held by the partial unique index one_primary_per_customer.
import { customerColumns, rowColumns } from '@customer360/kernel/entity';
import { field } from '@customer360/kernel/filter';
import { searchIn } from '@customer360/kernel/list';
import { keyset } from '@customer360/kernel/paging';
import { columns, raw } from '@customer360/kernel/sql';
import { EntitySchema } from 'typeorm';
import type { ListSpec } from '../list.ts';
import { customerField, visibleChild } from '../scope.ts';
import type { Contact } from './contact.ts';

export const ContactTable = new EntitySchema<Contact>({
  name: 'contact',
  columns: {
    ...rowColumns,
    ...customerColumns,
    firstName: { name: 'first_name', type: 'text' },
    lastName: { name: 'last_name', type: 'text' },
    email: { type: 'text', nullable: true },
    emailKey: { name: 'email_key', type: 'text', nullable: true },
    phone: { type: 'text', nullable: true },
    phoneE164: { name: 'phone_e164', type: 'text', nullable: true },
    jobTitle: { name: 'job_title', type: 'text', nullable: true },
    roles: { type: 'text', array: true },
    isPrimary: { name: 'is_primary', type: 'boolean' },
    status: { type: 'text' },
    communicationPreference: { name: 'communication_preference', type: 'text' },
    doNotContact: { name: 'do_not_contact', type: 'boolean' },
    deletionId: { name: 'deletion_id', type: 'uuid', nullable: true },
  },
});

export const contactList: ListSpec<Contact> = {
  name: 'listContacts',
  select: columns(ContactTable, 't'),
  from: raw('contact t join customer c on c.id = t.customer_id'),
  visible: visibleChild,
  search: searchIn('t.first_name', 't.last_name', 't.email'),
  order: keyset({
    fields: {
      IS_PRIMARY: { column: raw('t.is_primary'), type: 'bool' },
      LAST_NAME: { column: raw('t.last_name'), type: 'text' },
      FIRST_NAME: { column: raw('t.first_name'), type: 'text' },
      EMAIL: { column: raw('t.email'), type: 'text', nullable: true },
      CREATED_AT: { column: raw('t.created_at'), type: 'timestamptz' },
      UPDATED_AT: { column: raw('t.updated_at'), type: 'timestamptz' },
    },
    id: raw('t.id'),
    default: [
      { field: 'LAST_NAME', direction: 'ASC' },
      { field: 'FIRST_NAME', direction: 'ASC' },
    ],
  }),
  filter: {
    id: field('t.id', 'uuid'),
    customerId: customerField('t.customer_id'),
    firstName: field('t.first_name', 'text'),
    lastName: field('t.last_name', 'text'),
    email: field('t.email', 'text'),
    phone: field('t.phone', 'text'),
    jobTitle: field('t.job_title', 'text'),
    isPrimary: field('t.is_primary', 'bool'),
    status: field('t.status', 'enum'),
    doNotContact: field('t.do_not_contact', 'bool'),
    createdAt: field('t.created_at', 'timestamptz'),
    updatedAt: field('t.updated_at', 'timestamptz'),
  },
};

const PRIMARY_FIRST = [{ field: 'IS_PRIMARY', direction: 'DESC' }, { field: 'LAST_NAME' }, { field: 'FIRST_NAME' }] as const;

/** The contacts of one customer: the primary one first unless told. */
export const contactsOfCustomer: ListSpec<Contact> = {
  ...contactList,
  order: { plan: (args, max) => contactList.order.plan(args.orderBy?.length ? args : { ...args, orderBy: PRIMARY_FIRST }, max) },
};
