// A few rows of every noun, made through the graph, so that random ids often mean something. Returns their ids by noun in lower case.
import { randomUUID } from 'node:crypto';
import { must, type Target } from './door.ts';

const word = (): string => randomUUID().slice(0, 8);
const CUSTOMERS = 6;

export async function makeWorld(target: Target): Promise<Record<string, string[]>> {
  const ids: Record<string, string[]> = {};
  const make = async (noun: string, field: string, type: string, input: object, role = 'admin'): Promise<string> => {
    const text = `mutation($input: ${type}!) { row: ${field}(input: $input) { __typename ... on ${noun} { id } ... on Problem { message } } }`;
    const { row } = await must(target, role, text, { input });
    if (!row.id) throw new Error(`the fuzzer's ${noun} could not be made: ${row.message}`);
    ids[noun.toLowerCase()] = [...(ids[noun.toLowerCase()] ?? []), row.id];
    return row.id;
  };

  for (let i = 0; i < CUSTOMERS; i++) {
    const organisation = i % 2 === 0;
    const ownerId = [null, target.staff.sales_rep, target.staff.sales_manager][i % 3];
    const parentId = i > 2 ? ids.customer![0] : null;
    const type = organisation ? 'ORGANIZATION' : 'INDIVIDUAL';
    const customerId = await make('Customer', 'createCustomer', 'CreateCustomerInput', {
      type,
      displayName: `Fuzz ${word()}`,
      ownerId,
      parentId,
    });
    await make('Contact', 'createContact', 'CreateContactInput', { customerId, firstName: 'Fuzz', lastName: word() });
    await make('Address', 'createAddress', 'CreateAddressInput', {
      customerId,
      addressType: 'BILLING',
      streetLine1: 'Weg 1',
      city: 'Berlin',
      country: 'DE',
    });
    if (organisation) await make('Account', 'createAccount', 'CreateAccountInput', { customerId, legalName: `Fuzz ${word()} GmbH` });
    await make('Interaction', 'logInteraction', 'LogInteractionInput', { customerId, interactionType: 'CALL', subject: 'Fuzz' });
    await make('Note', 'createNote', 'CreateNoteInput', { customerId, content: 'Fuzz', isPinned: i === 0 });
    await make('Activity', 'createActivity', 'CreateActivityInput', {
      customerId,
      activityType: 'CALL',
      subject: 'Fuzz',
      dueDate: '2030-01-01T00:00:00Z',
    });
    await make('Milestone', 'recordMilestone', 'RecordMilestoneInput', {
      customerId,
      milestoneType: 'RENEWAL',
      occurredAt: '2026-01-01T00:00:00Z',
    });
    await make('ConsentRecord', 'recordConsent', 'RecordConsentInput', {
      customerId,
      consentType: 'ANALYTICS',
      granted: true,
      source: 'PHONE',
    });
    await make('LegalHold', 'placeLegalHold', 'PlaceLegalHoldInput', { customerId, reference: `F-${word()}`, reason: 'fuzz' });
    const deletion = { customerId, requestType: 'ANONYMIZATION', requestedVia: 'EMAIL', verificationMethod: 'EMAIL_CONFIRMED' };
    await make('DeletionRequest', 'requestDeletion', 'RequestDeletionInput', deletion);
  }
  const [fromCustomerId, toCustomerId] = ids.customer!;
  await make('Relationship', 'createRelationship', 'CreateRelationshipInput', {
    fromCustomerId,
    toCustomerId,
    relationshipType: 'PARTNER',
  });
  await make('StaffMember', 'createStaffMember', 'CreateStaffMemberInput', {
    name: 'Fuzz',
    email: `${word()}@staff.example`,
    roles: ['SALES_REP'],
  });
  return ids;
}
