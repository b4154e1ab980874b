// Update, soft-delete and restore a contact. Becoming primary sends the present one back [Contact AC-1]; a restored contact comes back as
// not primary where another one is by now.
import type { Problem } from '@customer360/kernel/problem';
import { changesOf, updateRow } from '@customer360/kernel/rows';
import type { Tx } from '@customer360/kernel/transact';
import { emailKey } from '../customer/email-key.ts';
import { phoneE164 } from '../customer/phone.ts';
import { refreshMatchKeys } from '../duplicate/refresh-match-keys.ts';
import type { Ctx } from '../loaders.ts';
import { type Changes, changeChild, fact, publicNames } from '../write.ts';
import { ContactTable } from './contact.table.ts';
import type { Contact, ContactFields } from './contact.ts';
import { checkContactFields } from './contact-input.ts';
import { contactState } from './contact-state.ts';
import { contactNoun } from './create-contact.ts';
import { demotePrimary, hasPrimary } from './demote-primary.ts';
import { regionOf } from './phone-region.ts';

/** Null clears a field; one that cannot be empty goes back to its default. */
const CLEARED = { roles: [], isPrimary: false, status: 'active', communicationPreference: 'any', doNotContact: false } as const;

/** Changes a contact at the expected version. */
export async function updateContact(
  ctx: Ctx,
  id: string,
  expectedVersion: number,
  input: Changes<ContactFields>,
): Promise<Contact | Problem> {
  checkContactFields(input);
  return changeChild<Contact>(ctx, contactNoun, id, { expectedVersion }, (tx, contact) => writeContact(tx, contact, input));
}

/** Writes checked changes in an open transaction, and tells of them; the same contact where nothing differs. */
export async function writeContact(tx: Tx, contact: Contact, input: Changes<ContactFields>): Promise<Contact> {
  const { phoneRegion, ...fields } = input;
  const wanted = { ...fields } as Partial<Contact>;
  for (const [name, value] of Object.entries(CLEARED)) if (wanted[name as keyof Contact] === null) Object.assign(wanted, { [name]: value });
  if (wanted.roles) wanted.roles = [...new Set(wanted.roles)];
  if (input.email !== undefined) wanted.emailKey = emailKey(input.email);
  if (input.phone !== undefined) wanted.phoneE164 = phoneE164(input.phone, phoneRegion ?? (await regionOf(tx, contact.customerId)));
  const changes = changesOf(contact, wanted);
  if (Object.keys(changes).length === 0) return contact;
  if (changes.isPrimary) await demotePrimary(tx, contact.customerId);
  const saved = await updateRow(tx, ContactTable, contact, changes);
  tx.emit(fact('contact-updated', saved.customerId, { ...ids(saved), changed: publicNames(changes) }));
  tx.state(contactState(saved));
  await refreshMatchKeys(tx, [saved.customerId]);
  return saved;
}

const ids = ({ id, customerId, version }: Contact) => ({ contactId: id, customerId, version });

/** Soft-deletes a contact. */
export const deleteContact = (ctx: Ctx, id: string, expectedVersion?: number | null): Promise<Contact | Problem> =>
  changeChild<Contact>(ctx, contactNoun, id, { expectedVersion }, async (tx, contact) => {
    const deleted = await updateRow(tx, ContactTable, contact, { deletedAt: tx.now });
    tx.emit(fact('contact-deleted', deleted.customerId, { ...ids(deleted), deletionId: null }));
    tx.state(contactState(deleted));
    await refreshMatchKeys(tx, [deleted.customerId]);
    return deleted;
  });

/** Brings a contact back. */
export const restoreContact = (ctx: Ctx, id: string): Promise<Contact | Problem> =>
  changeChild<Contact>(ctx, contactNoun, id, { deleted: true }, async (tx, contact) => {
    const isPrimary = contact.isPrimary && !(await hasPrimary(tx, contact.customerId));
    const restored = await updateRow(tx, ContactTable, contact, { deletedAt: null, deletionId: null, isPrimary });
    tx.emit(fact('contact-restored', restored.customerId, { ...ids(restored), deletionId: null }));
    tx.state(contactState(restored));
    await refreshMatchKeys(tx, [restored.customerId]);
    return restored;
  });
