// Derived from schemas/ by `npm run asyncapi`: do not edit.

/** The payload of each event type. Within a version only optional fields are added; ignore what you do not know. */
export interface EventData {
  /** Consent granted. A customer agreed to a purpose: a new immutable consent record. Whether the purpose is allowed now is said by crm.compliance.state.v1, because a withdrawal beats a grant on any collision. [WF-PRIV-001] [ConsentRecord AC-1] */
  'crm.compliance.consent-granted.v1': {
    /** The immutable record that this fact tells of. */
    readonly consentRecordId: string;
    /** The purpose. */
    readonly consentType: 'marketing_email' | 'marketing_sms' | 'profiling' | 'third_party_sharing' | 'analytics' | 'essential_communications';
    /** Legal basis of the record. */
    readonly legalBasis: 'consent' | 'contract' | 'legal_obligation' | 'vital_interest' | 'public_task' | 'legitimate_interest';
    /** When it was said; the record may have been entered later. */
    readonly occurredAt: string;
    /** When a grant ends by itself; null = until withdrawn. */
    readonly validUntil?: string | null;
  };
  /** Consent revoked. A customer withdrew or refused a purpose. Downstream systems (e-mail marketing, analytics, ad platforms) stop using the data for it at once. [WF-PRIV-001 step 4] [ConsentRecord AC-2] */
  'crm.compliance.consent-revoked.v1': {
    /** The immutable record that this fact tells of. */
    readonly consentRecordId: string;
    /** The purpose. */
    readonly consentType: 'marketing_email' | 'marketing_sms' | 'profiling' | 'third_party_sharing' | 'analytics' | 'essential_communications';
    /** Legal basis of the record. */
    readonly legalBasis: 'consent' | 'contract' | 'legal_obligation' | 'vital_interest' | 'public_task' | 'legitimate_interest';
    /** When it was withdrawn; the record may have been entered later. */
    readonly occurredAt: string;
  };
  /** Deletion blocked. A deletion request is verified, and a legal hold stands in the way. [DeletionRequest AC-3] */
  'crm.compliance.deletion-blocked.v1': {
    /** The request. */
    readonly deletionRequestId: string;
    /** The oldest hold in force. */
    readonly legalHoldId: string;
  };
  /** Deletion deadline extended. The deadline of a deletion request was extended by 60 days, which happens at most once. [DeletionRequest] */
  'crm.compliance.deletion-deadline-extended.v1': {
    /** The request. */
    readonly deletionRequestId: string;
    /** The new deadline. */
    readonly deadline: string;
  };
  /** Deletion overdue. A deletion request passed its deadline unfinished: an escalation to the data protection officer, once per deadline. [DeletionRequest AC-2] */
  'crm.compliance.deletion-overdue.v1': {
    /** The request. */
    readonly deletionRequestId: string;
    /** The deadline that passed. */
    readonly deadline: string;
  };
  /** Deletion rejected. A deletion request was refused; the reason stands in the compliance service only. [DeletionRequest] */
  'crm.compliance.deletion-rejected.v1': {
    /** The request. */
    readonly deletionRequestId: string;
  };
  /** Deletion requested. Somebody asked for a customer's data to be deleted (GDPR Art. 17). [DeletionRequest AC-1] */
  'crm.compliance.deletion-requested.v1': {
    /** The request. */
    readonly deletionRequestId: string;
    /** What is asked for. */
    readonly requestType: 'full_deletion' | 'anonymization' | 'partial_deletion';
    /** How it reached us. */
    readonly requestedVia: 'email' | 'web_form' | 'phone' | 'legal' | 'api';
    /** When it was made. */
    readonly requestedAt: string;
    /** By when it must be done: 30 days after it was made. */
    readonly deadline: string;
  };
  /** Deletion resumed. The last legal hold was lifted: a blocked deletion request is verified again. [DeletionRequest AC-3] */
  'crm.compliance.deletion-resumed.v1': {
    /** The request. */
    readonly deletionRequestId: string;
    /** The hold that was lifted. */
    readonly legalHoldId: string;
  };
  /** Deletion verified. The requester's identity was verified and nothing stands in the way: the request waits for execution. [DeletionRequest] */
  'crm.compliance.deletion-verified.v1': {
    /** The request. */
    readonly deletionRequestId: string;
    /** How. */
    readonly verificationMethod: 'email_confirmed' | 'identity_verified' | 'legal_order';
    /** When. */
    readonly verifiedAt: string;
  };
  /** Legal hold lifted. A legal hold ended. [DeletionRequest AC-3] */
  'crm.compliance.legal-hold-lifted.v1': {
    /** The hold. */
    readonly legalHoldId: string;
  };
  /** Legal hold placed. A customer's data must be kept: nothing of it may be deleted while the hold is in force. [DeletionRequest AC-3] */
  'crm.compliance.legal-hold-placed.v1': {
    /** The hold. */
    readonly legalHoldId: string;
  };
  /** Records moved. A merge was applied here or undone: the records of one identity belong to another customer from now on. Told in the stream of the customer that lost them and of the one that has them. [WF-CM-002] */
  'crm.compliance.records-moved.v1': {
    /** The identity whose records moved. */
    readonly originCustomerId: string;
    /** The customer that had them. */
    readonly fromCustomerId: string;
    /** The customer that has them now. */
    readonly toCustomerId: string;
    /** The redirect that was followed; the customer service counts each identity's redirects. */
    readonly redirectVersion: number;
    /** Rows that were re-pointed, by table. */
    readonly rows: Record<string, unknown>;
  };
  /** Restriction changed. Restriction of processing or objection was set or lifted; both flags as they stand after the change. [Right to Restriction] [Right to Object] */
  'crm.compliance.restriction-changed.v1': {
    /** GDPR Art. 18: store, and use for nothing else. */
    readonly processingRestricted: boolean;
    /** GDPR Art. 21: the customer objects to processing. */
    readonly doNotProcess: boolean;
  };
  /** Compliance state. What compliance says about one customer now: one entry per purpose that has a record (a purpose without one is denied), restriction, objection, legal hold. Key = customer id. [ConsentRecord AC-2] [Right to Restriction] [Right to Object] */
  'crm.compliance.compliance-state.v1': {
    /** The customer. */
    readonly customerId: string;
    /** GDPR Art. 18: store, and use for nothing else. */
    readonly processingRestricted: boolean;
    /** GDPR Art. 21: the customer objects to processing. */
    readonly doNotProcess: boolean;
    /** At least one legal hold is in force: delete nothing. */
    readonly legalHold?: boolean;
    /** A deletion request is not finished: merge nothing. [WF-CM-002] */
    readonly deletionOpen?: boolean;
    /** Current consents, at most one per purpose. */
    readonly consents: ReadonlyArray<{
      /** The purpose. */
      readonly consentType: 'marketing_email' | 'marketing_sms' | 'profiling' | 'third_party_sharing' | 'analytics' | 'essential_communications';
      /** A grant is in force; mind validUntil. False: withdrawn or expired. */
      readonly granted: boolean;
      /** The moment of the grant or withdrawal that decides. */
      readonly since: string;
      /** Legal basis of the record that decides. */
      readonly legalBasis: 'consent' | 'contract' | 'legal_obligation' | 'vital_interest' | 'public_task' | 'legitimate_interest';
      /** When the grant ends by itself: treat it as withdrawn from then on. Null = until withdrawn. */
      readonly validUntil?: string | null;
    }>;
  };
  /** Redirect state. How far the compliance service has followed one merged identity, compacted, key: the merged customer id. The customer service tells a merge's progress from it. [WF-CM-002] */
  'crm.compliance.redirect-state.v1': {
    /** The identity. */
    readonly customerId: string;
    /** Where its records are; null after an un-merge. */
    readonly mergedInto: string | null;
    /** The redirect that was followed; the customer service counts each identity's redirects. */
    readonly redirectVersion: number;
    /** When this service followed. */
    readonly appliedAt: string;
    /** Rows that were re-pointed, by table. */
    readonly rows: Record<string, unknown>;
  };
  /** An account was added. Account AC-1. Key: the customer. */
  'crm.customer.account-created.v1': {
    /** The account. */
    readonly accountId: string;
    /** The customer. */
    readonly customerId: string;
    /** The row's version after this change. */
    readonly version: number;
    /** Account AC-2: the tax id passed its country's check. */
    readonly taxIdVerified: boolean;
  };
  /** An account was soft-deleted. Customer AC-3. Key: the customer. */
  'crm.customer.account-deleted.v1': {
    /** The account. */
    readonly accountId: string;
    /** The customer. */
    readonly customerId: string;
    /** The row's version after this change. */
    readonly version: number;
    /** The deletion that took the row together with its customer; null where the row went alone. */
    readonly deletionId: string | null;
  };
  /** An account came back. Customer AC-3. Key: the customer. */
  'crm.customer.account-restored.v1': {
    /** The account. */
    readonly accountId: string;
    /** The customer. */
    readonly customerId: string;
    /** The row's version after this change. */
    readonly version: number;
    /** The deletion that took the row together with its customer; null where the row went alone. */
    readonly deletionId: string | null;
  };
  /** An account changed. Account AC-1. Key: the customer. */
  'crm.customer.account-updated.v1': {
    /** The account. */
    readonly accountId: string;
    /** The customer. */
    readonly customerId: string;
    /** The row's version after this change. */
    readonly version: number;
    /** Names of the fields that changed, as in the graph; never their values. */
    readonly changed: ReadonlyArray<string>;
  };
  /** An address was added. Address. Key: the customer. */
  'crm.customer.address-created.v1': {
    /** The address. */
    readonly addressId: string;
    /** The customer. */
    readonly customerId: string;
    /** The row's version after this change. */
    readonly version: number;
    /** Address.address_type */
    readonly addressType: 'billing' | 'shipping' | 'service' | 'headquarters' | 'other';
    /** Address AC-1 */
    readonly isDefault: boolean;
  };
  /** An address was soft-deleted. Customer AC-3. Key: the customer. */
  'crm.customer.address-deleted.v1': {
    /** The address. */
    readonly addressId: string;
    /** The customer. */
    readonly customerId: string;
    /** The row's version after this change. */
    readonly version: number;
    /** The deletion that took the row together with its customer; null where the row went alone. */
    readonly deletionId: string | null;
  };
  /** An address was looked up. Address AC-3: its coordinates were found, or are not known. Where they lie is personal and stands in the state record. Key: the customer. */
  'crm.customer.address-geocoded.v1': {
    /** The address. */
    readonly addressId: string;
    /** The customer. */
    readonly customerId: string;
    /** The version of the row that was looked up; looking up does not change it. */
    readonly version: number;
    /** How exactly the coordinates are known. */
    readonly precision: 'address' | 'street' | 'postal_code' | 'city' | 'largest_city' | 'not_found';
  };
  /** An address came back. Customer AC-3. Key: the customer. */
  'crm.customer.address-restored.v1': {
    /** The address. */
    readonly addressId: string;
    /** The customer. */
    readonly customerId: string;
    /** The row's version after this change. */
    readonly version: number;
    /** The deletion that took the row together with its customer; null where the row went alone. */
    readonly deletionId: string | null;
  };
  /** An address changed. Address. Key: the customer. */
  'crm.customer.address-updated.v1': {
    /** The address. */
    readonly addressId: string;
    /** The customer. */
    readonly customerId: string;
    /** The row's version after this change. */
    readonly version: number;
    /** Names of the fields that changed, as in the graph; never their values. */
    readonly changed: ReadonlyArray<string>;
  };
  /** A large deletion waits for an admin. Bulk delete request: somebody asked to delete more customers than one person may; an admin who did not ask approves or rejects it. Key: the job. */
  'crm.customer.bulk-job-awaiting-approval.v1': {
    /** The job. */
    readonly bulkJobId: string;
    /** The job's version after this change. */
    readonly version: number;
    /** What it does. */
    readonly action: 'assign' | 'update' | 'tag' | 'untag' | 'delete' | 'export';
    /** How many customers it is about. */
    readonly items: number;
  };
  /** A bulk job was stopped. CustomerList: what was done stays done, the rest is left alone. Key: the job. */
  'crm.customer.bulk-job-cancelled.v1': {
    /** The job. */
    readonly bulkJobId: string;
    /** The job's version after this change. */
    readonly version: number;
    /** What it does. */
    readonly action: 'assign' | 'update' | 'tag' | 'untag' | 'delete' | 'export';
    /** Customers that were changed, or written into the file. */
    readonly ok: number;
    /** Customers with nothing to change. */
    readonly skipped: number;
    /** Customers that may not be changed. */
    readonly refused: number;
  };
  /** A bulk job is done. CustomerList, Bulk delete request: every customer was looked at. Key: the job. */
  'crm.customer.bulk-job-completed.v1': {
    /** The job. */
    readonly bulkJobId: string;
    /** The job's version after this change. */
    readonly version: number;
    /** What it does. */
    readonly action: 'assign' | 'update' | 'tag' | 'untag' | 'delete' | 'export';
    /** Customers that were changed, or written into the file. */
    readonly ok: number;
    /** Customers with nothing to change. */
    readonly skipped: number;
    /** Customers that may not be changed. */
    readonly refused: number;
  };
  /** A large deletion was rejected. Bulk delete request: nothing happens to the customers. Key: the job. */
  'crm.customer.bulk-job-rejected.v1': {
    /** The job. */
    readonly bulkJobId: string;
    /** The job's version after this change. */
    readonly version: number;
    /** What it does. */
    readonly action: 'assign' | 'update' | 'tag' | 'untag' | 'delete' | 'export';
  };
  /** A bulk job runs. CustomerList: its customers are changed from now on; each change is told like any other. Key: the job. */
  'crm.customer.bulk-job-started.v1': {
    /** The job. */
    readonly bulkJobId: string;
    /** The job's version after this change. */
    readonly version: number;
    /** What it does. */
    readonly action: 'assign' | 'update' | 'tag' | 'untag' | 'delete' | 'export';
    /** How many customers it is about. */
    readonly items: number;
  };
  /** A contact was added. Contact. Key: the customer. */
  'crm.customer.contact-created.v1': {
    /** The contact. */
    readonly contactId: string;
    /** The customer. */
    readonly customerId: string;
    /** The row's version after this change. */
    readonly version: number;
    /** Contact AC-1 */
    readonly isPrimary: boolean;
    /** Contact AC-3 */
    readonly doNotContact: boolean;
  };
  /** A contact was soft-deleted. Customer AC-3. Key: the customer. */
  'crm.customer.contact-deleted.v1': {
    /** The contact. */
    readonly contactId: string;
    /** The customer. */
    readonly customerId: string;
    /** The row's version after this change. */
    readonly version: number;
    /** The deletion that took the row together with its customer; null where the row went alone. */
    readonly deletionId: string | null;
  };
  /** A contact came back. Customer AC-3. Key: the customer. */
  'crm.customer.contact-restored.v1': {
    /** The contact. */
    readonly contactId: string;
    /** The customer. */
    readonly customerId: string;
    /** The row's version after this change. */
    readonly version: number;
    /** The deletion that took the row together with its customer; null where the row went alone. */
    readonly deletionId: string | null;
  };
  /** A contact changed. Contact. Key: the customer. */
  'crm.customer.contact-updated.v1': {
    /** The contact. */
    readonly contactId: string;
    /** The customer. */
    readonly customerId: string;
    /** The row's version after this change. */
    readonly version: number;
    /** Names of the fields that changed, as in the graph; never their values. */
    readonly changed: ReadonlyArray<string>;
  };
  /** A custom field was added. CustomerForm: customers may have a value under this key from now on; values are in the state record. Key: the field. */
  'crm.customer.custom-field-created.v1': {
    /** The field. */
    readonly customFieldId: string;
    /** The field's version after this change. */
    readonly version: number;
    /** Names the value in `custom`. */
    readonly key: string;
    /** What values it takes. */
    readonly type: 'text' | 'number' | 'date' | 'boolean' | 'choice' | 'multi_choice' | 'url';
    /** A new customer has to have it. */
    readonly required: boolean;
    /** Its values are about a person. */
    readonly personal: boolean;
  };
  /** A custom field was deleted. CustomerForm: its values are shown no more. Key: the field. */
  'crm.customer.custom-field-deleted.v1': {
    /** The field. */
    readonly customFieldId: string;
    /** The field's version after this change. */
    readonly version: number;
    /** Names the value in `custom`. */
    readonly key: string;
  };
  /** A custom field changed. CustomerForm: its label, description, choices, or whether it is required. Key: the field. */
  'crm.customer.custom-field-updated.v1': {
    /** The field. */
    readonly customFieldId: string;
    /** The field's version after this change. */
    readonly version: number;
    /** Names the value in `custom`. */
    readonly key: string;
    /** Names of the fields that changed, as in the graph. */
    readonly changed: ReadonlyArray<string>;
  };
  /** A customer was created. WF-CM-001 step 6. Key: the customer. */
  'crm.customer.customer-created.v1': {
    /** The customer. */
    readonly customerId: string;
    /** The row's version after this change. */
    readonly version: number;
    /** Customer.type */
    readonly type: 'individual' | 'organization';
    /** Customer.status */
    readonly status: 'active' | 'inactive' | 'prospect' | 'churned' | 'deleted';
    /** Customer.source */
    readonly source: 'web' | 'referral' | 'sales' | 'import' | 'api' | null;
    /** The owner; null is the pool. */
    readonly ownerId: string | null;
    /** The parent in the hierarchy. */
    readonly parentId: string | null;
  };
  /** A customer was soft-deleted with its children. Customer AC-3. The children's own facts precede it in the same stream. Key: the customer. */
  'crm.customer.customer-deleted.v1': {
    /** The customer. */
    readonly customerId: string;
    /** The row's version after this change. */
    readonly version: number;
    /** The deletion. */
    readonly deletionId: string;
    /** How many contacts. */
    readonly contacts: number;
    /** How many addresses. */
    readonly addresses: number;
    /** How many accounts, 0 or 1. */
    readonly accounts: number;
    /** How many relationships. */
    readonly relationships: number;
  };
  /** An id was retired by a merge. WF-CM-002. From now on the id leads to the survivor; one that a retired customer brought along from an earlier merge is told likewise. Key: the retired id. */
  'crm.customer.customer-merged.v1': {
    /** The merge. */
    readonly mergeId: string;
    /** The retired id. */
    readonly customerId: string;
    /** The row's version after this change. */
    readonly version: number;
    /** Where it leads: always the final survivor. */
    readonly survivorId: string;
    /** How often this id's redirect changed; services acknowledge it on their redirect topics. */
    readonly redirectVersion: number;
  };
  /** A customer came back with what was deleted with it. Customer AC-3. The children's own facts precede it in the same stream. Key: the customer. */
  'crm.customer.customer-restored.v1': {
    /** The customer. */
    readonly customerId: string;
    /** The row's version after this change. */
    readonly version: number;
    /** The deletion. */
    readonly deletionId: string;
    /** How many contacts. */
    readonly contacts: number;
    /** How many addresses. */
    readonly addresses: number;
    /** How many accounts, 0 or 1. */
    readonly accounts: number;
    /** How many relationships. */
    readonly relationships: number;
  };
  /** The tags of a customer changed. CustomerList. Key: the customer, whose own version stays. The tags themselves are told by tag-created, -updated and -deleted. */
  'crm.customer.customer-tagged.v1': {
    /** The customer. */
    readonly customerId: string;
    /** Tags that it carries now. */
    readonly added: ReadonlyArray<string>;
    /** Tags that it carries no more. */
    readonly removed: ReadonlyArray<string>;
  };
  /** A retired id was given back. WF-CM-002. The merge was undone: the id stands for itself again, or leads to the survivor of an earlier merge. Key: the id. */
  'crm.customer.customer-unmerged.v1': {
    /** The merge that was undone. */
    readonly mergeId: string;
    /** The id. */
    readonly customerId: string;
    /** The row's version after this change. */
    readonly version: number;
    /** Where it leads now; null: it stands for itself. */
    readonly mergedInto: string | null;
    /** How often this id's redirect changed; services acknowledge it on their redirect topics. */
    readonly redirectVersion: number;
  };
  /** A customer changed. Customer AC-1. Key: the customer. The values are in the state record. */
  'crm.customer.customer-updated.v1': {
    /** The customer. */
    readonly customerId: string;
    /** The row's version after this change. */
    readonly version: number;
    /** Customer.status after the change. */
    readonly status: 'active' | 'inactive' | 'prospect' | 'churned' | 'deleted';
    /** Names of the fields that changed, as in the graph; never their values. */
    readonly changed: ReadonlyArray<string>;
  };
  /** An inactive owner's customers were handed over. All customers of a deactivated member of staff have another owner; each told of it by owner-changed. Key: the member of staff. [Inactive owner] */
  'crm.customer.customers-handed-over.v1': {
    /** Who owned them. */
    readonly staffId: string;
    /** Who took the last ones over; null is the pool. */
    readonly toStaffId: string | null;
    /** How many there were. */
    readonly customers: number;
  };
  /** Customers were merged into this one. WF-CM-002. The facts of the re-pointed rows precede it in the same stream. Key: the survivor. */
  'crm.customer.customers-merged.v1': {
    /** The merge. */
    readonly mergeId: string;
    /** The customer that stayed. */
    readonly survivorId: string;
    /** The row's version after this change. */
    readonly version: number;
    /** All ids that lead to it since, those of earlier merges too. */
    readonly retiredIds: ReadonlyArray<string>;
    /** How many contacts were re-pointed. */
    readonly contacts: number;
    /** How many addresses were re-pointed. */
    readonly addresses: number;
    /** How many accounts were re-pointed. */
    readonly accounts: number;
    /** How many relationships were re-pointed. */
    readonly relationships: number;
    /** How many external ids were re-pointed. */
    readonly externalIds: number;
    /** How many children in the hierarchy it got. */
    readonly children: number;
  };
  /** A merge into this customer was undone. WF-CM-002. The facts of the rows that went back precede it in the same stream. Key: the survivor. */
  'crm.customer.customers-unmerged.v1': {
    /** The merge that was undone. */
    readonly mergeId: string;
    /** The customer that had stayed. */
    readonly survivorId: string;
    /** The row's version after this change. */
    readonly version: number;
    /** The ids that lead elsewhere since. */
    readonly returnedIds: ReadonlyArray<string>;
    /** How many contacts were re-pointed. */
    readonly contacts: number;
    /** How many addresses were re-pointed. */
    readonly addresses: number;
    /** How many accounts were re-pointed. */
    readonly accounts: number;
    /** How many relationships were re-pointed. */
    readonly relationships: number;
    /** How many values stayed as they were, because somebody changed them after the merge. */
    readonly kept: number;
  };
  /** A person said that two customers are not one. AI Duplicate Detection. Key: the lower of the two ids. */
  'crm.customer.duplicate-dismissed.v1': {
    /** The pair. */
    readonly duplicateId: string;
    /** The customer with the lower id. */
    readonly customerId: string;
    /** The other customer. */
    readonly otherCustomerId: string;
  };
  /** Two customers may be one. AI Duplicate Detection: a pair that scores above the threshold came into the queue, or came back. Key: the lower of the two ids. */
  'crm.customer.duplicate-found.v1': {
    /** The pair. */
    readonly duplicateId: string;
    /** The customer with the lower id. */
    readonly customerId: string;
    /** The other customer. */
    readonly otherCustomerId: string;
    /** How sure it is, in percent, to one decimal. */
    readonly score: number;
    /** The matching model that judged. */
    readonly modelVersion: string;
  };
  /** An import was stopped while it wrote. WF-CM-001, Bulk Import: what it wrote stays. Key: the import. */
  'crm.customer.import-cancelled.v1': {
    /** The import. */
    readonly importId: string;
    /** The import's version after this change. */
    readonly version: number;
    /** Lines of the file. */
    readonly rows: number;
    /** Lines that were done. */
    readonly rowsDone: number;
  };
  /** An import is done. WF-CM-001, Bulk Import. Key: the import. */
  'crm.customer.import-completed.v1': {
    /** The import. */
    readonly importId: string;
    /** The import's version after this change. */
    readonly version: number;
    /** Lines of the file. */
    readonly rows: number;
    /** Lines that made a customer. */
    readonly created: number;
    /** Lines that changed one. */
    readonly updated: number;
    /** Lines that said nothing new. */
    readonly unchanged: number;
    /** Lines that were left out. */
    readonly skipped: number;
    /** Lines that could not be written. */
    readonly failed: number;
  };
  /** An import was confirmed. WF-CM-001, Bulk Import: its rows are written from now on; each is told like any other. Key: the import. */
  'crm.customer.import-started.v1': {
    /** The import. */
    readonly importId: string;
    /** The import's version after this change. */
    readonly version: number;
    /** Lines of the file. */
    readonly rows: number;
    /** The external system of its ids. */
    readonly externalSystem: string;
  };
  /** An import was taken back. WF-CM-001, Bulk Import. Key: the import. */
  'crm.customer.import-undone.v1': {
    /** The import. */
    readonly importId: string;
    /** The import's version after this change. */
    readonly version: number;
    /** Lines whose customer was removed. */
    readonly removed: number;
    /** Lines whose earlier values are back. */
    readonly reverted: number;
    /** Lines that stay, because somebody changed them since. */
    readonly kept: number;
  };
  /** An invoice was authorised. Another module may invoice this customer: nothing that an invoice needs is missing. Key: the customer. [Missing required for export] */
  'crm.customer.invoice-authorised.v1': {
    /** The authorisation. */
    readonly authorisationId: string;
    /** The customer. */
    readonly customerId: string;
  };
  /** A requested merge was rejected. WF-CM-002. Nothing happened to the records. Key: the survivor-to-be. */
  'crm.customer.merge-rejected.v1': {
    /** The merge. */
    readonly mergeId: string;
    /** The customer that would have stayed. */
    readonly survivorId: string;
    /** The customers that would have been retired. */
    readonly retiredIds: ReadonlyArray<string>;
  };
  /** A merge waits for a second person. WF-CM-002. Key: the survivor-to-be. */
  'crm.customer.merge-requested.v1': {
    /** The merge. */
    readonly mergeId: string;
    /** The customer that would stay. */
    readonly survivorId: string;
    /** The customers that would be retired. */
    readonly retiredIds: ReadonlyArray<string>;
    /** How many rows of this service would move. */
    readonly records: number;
  };
  /** A customer has another owner. Customer.owner; comes beside customer-updated. Key: the customer. */
  'crm.customer.owner-changed.v1': {
    /** The customer. */
    readonly customerId: string;
    /** The owner before; null is the pool. */
    readonly fromOwnerId: string | null;
    /** The owner now; null is the pool. */
    readonly toOwnerId: string | null;
  };
  /** A person accepted the invitation to the portal. A person followed the link and signs in to the portal from now on. Key: the customer. [WF-CM-003] */
  'crm.customer.portal-user-activated.v1': {
    /** The portal user. */
    readonly portalUserId: string;
    /** The customer. */
    readonly customerId: string;
    /** The contact that the person is; null for the customer itself. */
    readonly contactId: string | null;
  };
  /** A person was invited to the portal. A person was sent a link to the portal, for the first time or again. Key: the customer. [WF-CM-003] */
  'crm.customer.portal-user-invited.v1': {
    /** The portal user. */
    readonly portalUserId: string;
    /** The customer. */
    readonly customerId: string;
    /** The contact that the person is; null for the customer itself. */
    readonly contactId: string | null;
  };
  /** A person may not use the portal any more. Access to the portal was taken away. Key: the customer. [WF-CM-003] */
  'crm.customer.portal-user-revoked.v1': {
    /** The portal user. */
    readonly portalUserId: string;
    /** The customer. */
    readonly customerId: string;
    /** The contact that the person is; null for the customer itself. */
    readonly contactId: string | null;
  };
  /** A customer asked for a change. A customer asked for a change that waits for an administrator or for the click on a mailed link; the values are never told. Key: the customer. [WF-CM-003] */
  'crm.customer.profile-change-requested.v1': {
    /** The request. */
    readonly requestId: string;
    /** The customer. */
    readonly customerId: string;
    /** The contact whose e-mail address it is about; null for the customer's own fields. */
    readonly contactId: string | null;
    /** The field. */
    readonly field: 'legal_name' | 'tax_id' | 'email';
  };
  /** A requested change was made or rejected. A change that a customer asked for was approved, confirmed or rejected; the values are never told. Key: the customer. [WF-CM-003] */
  'crm.customer.profile-change-settled.v1': {
    /** The request. */
    readonly requestId: string;
    /** The customer. */
    readonly customerId: string;
    /** The contact whose e-mail address it is about; null for the customer's own fields. */
    readonly contactId: string | null;
    /** The field. */
    readonly field: 'legal_name' | 'tax_id' | 'email';
    /** How it ended. */
    readonly state: 'applied' | 'rejected';
  };
  /** Two customers were related. Relationship AC-1, AC-2. Key: the first customer, of parent_child the child; where a deletion took it, the deleted customer. */
  'crm.customer.relationship-created.v1': {
    /** The relationship. */
    readonly relationshipId: string;
    /** The row's version after this change. */
    readonly version: number;
    /** The first customer. */
    readonly fromCustomerId: string;
    /** The second customer. */
    readonly toCustomerId: string;
    /** Relationship.relationship_type */
    readonly relationshipType: 'parent_child' | 'partner' | 'referral' | 'reseller' | 'subsidiary';
  };
  /** A relationship was soft-deleted. Customer AC-3. Key: the first customer, of parent_child the child; where a deletion took it, the deleted customer. */
  'crm.customer.relationship-deleted.v1': {
    /** The relationship. */
    readonly relationshipId: string;
    /** The row's version after this change. */
    readonly version: number;
    /** The first customer. */
    readonly fromCustomerId: string;
    /** The second customer. */
    readonly toCustomerId: string;
    /** Relationship.relationship_type */
    readonly relationshipType: 'parent_child' | 'partner' | 'referral' | 'reseller' | 'subsidiary';
    /** The deletion that took the row together with its customer; null where the row went alone. */
    readonly deletionId: string | null;
  };
  /** A relationship has an end. Relationship.end_date. Key: the first customer, of parent_child the child; where a deletion took it, the deleted customer. */
  'crm.customer.relationship-ended.v1': {
    /** The relationship. */
    readonly relationshipId: string;
    /** The row's version after this change. */
    readonly version: number;
    /** The first customer. */
    readonly fromCustomerId: string;
    /** The second customer. */
    readonly toCustomerId: string;
    /** Relationship.relationship_type */
    readonly relationshipType: 'parent_child' | 'partner' | 'referral' | 'reseller' | 'subsidiary';
    /** The day it ended, exclusive. */
    readonly endDate: string;
  };
  /** A relationship came back. Customer AC-3. Key: the first customer, of parent_child the child; where a deletion took it, the deleted customer. */
  'crm.customer.relationship-restored.v1': {
    /** The relationship. */
    readonly relationshipId: string;
    /** The row's version after this change. */
    readonly version: number;
    /** The first customer. */
    readonly fromCustomerId: string;
    /** The second customer. */
    readonly toCustomerId: string;
    /** Relationship.relationship_type */
    readonly relationshipType: 'parent_child' | 'partner' | 'referral' | 'reseller' | 'subsidiary';
    /** The deletion that took the row together with its customer; null where the row went alone. */
    readonly deletionId: string | null;
  };
  /** A relationship's notes or days changed. Relationship. Key: the first customer, of parent_child the child; where a deletion took it, the deleted customer. */
  'crm.customer.relationship-updated.v1': {
    /** The relationship. */
    readonly relationshipId: string;
    /** The row's version after this change. */
    readonly version: number;
    /** The first customer. */
    readonly fromCustomerId: string;
    /** The second customer. */
    readonly toCustomerId: string;
    /** Relationship.relationship_type */
    readonly relationshipType: 'parent_child' | 'partner' | 'referral' | 'reseller' | 'subsidiary';
    /** Names of the fields that changed, as in the graph; never their values. */
    readonly changed: ReadonlyArray<string>;
  };
  /** A view was saved. CustomerList. Key: the saved view. */
  'crm.customer.saved-view-created.v1': {
    /** The saved view. */
    readonly savedViewId: string;
    /** The view's version after this change. */
    readonly version: number;
    /** Who sees it. */
    readonly audience: 'only_me' | 'team' | 'everybody';
  };
  /** A saved view was deleted. CustomerList. Key: the saved view. */
  'crm.customer.saved-view-deleted.v1': {
    /** The saved view. */
    readonly savedViewId: string;
    /** The view's version after this change. */
    readonly version: number;
  };
  /** A shared view was handed over. Its owner was deactivated. Key: the saved view. [Inactive owner] */
  'crm.customer.saved-view-handed-over.v1': {
    /** The saved view. */
    readonly savedViewId: string;
    /** The view's version after this change. */
    readonly version: number;
    /** Who left. */
    readonly fromStaffId: string;
    /** Whose it is now; null is nobody's. */
    readonly toStaffId: string | null;
  };
  /** A saved view was changed. CustomerList. Key: the saved view. */
  'crm.customer.saved-view-updated.v1': {
    /** The saved view. */
    readonly savedViewId: string;
    /** The view's version after this change. */
    readonly version: number;
    /** Who sees it. */
    readonly audience: 'only_me' | 'team' | 'everybody';
    /** The names of the changed fields. */
    readonly changed: ReadonlyArray<string>;
  };
  /** A member of staff was added. The catalogue's User. Key: the member of staff. */
  'crm.customer.staff-member-created.v1': {
    /** The member of staff. */
    readonly staffId: string;
    /** The row's version after this change. */
    readonly version: number;
    /** What the person may do. */
    readonly roles: ReadonlyArray<'admin' | 'sales_manager' | 'sales_rep' | 'support_rep' | 'marketing' | 'dpo' | 'auditor'>;
    /** May own customers. */
    readonly active: boolean;
  };
  /** A member of staff was soft-deleted. Inactive from then on. Key: the member of staff. */
  'crm.customer.staff-member-deleted.v1': {
    /** The member of staff. */
    readonly staffId: string;
    /** The row's version after this change. */
    readonly version: number;
  };
  /** A member of staff was invited. A link was mailed to them, or once more. Key: the member of staff. */
  'crm.customer.staff-member-invited.v1': {
    /** The member of staff. */
    readonly staffId: string;
  };
  /** A member of staff signed in for the first time. The identity provider's subject is known from now on, and whoever was invited is at work. Key: the member of staff. */
  'crm.customer.staff-member-joined.v1': {
    /** The member of staff. */
    readonly staffId: string;
    /** The row's version after this change. */
    readonly version: number;
    /** What the person may do. */
    readonly roles: ReadonlyArray<'admin' | 'sales_manager' | 'sales_rep' | 'support_rep' | 'marketing' | 'dpo' | 'auditor'>;
  };
  /** A member of staff came back, inactive. Key: the member of staff. */
  'crm.customer.staff-member-restored.v1': {
    /** The member of staff. */
    readonly staffId: string;
    /** The row's version after this change. */
    readonly version: number;
  };
  /** A member of staff changed. Inactive owner. Key: the member of staff. */
  'crm.customer.staff-member-updated.v1': {
    /** The member of staff. */
    readonly staffId: string;
    /** The row's version after this change. */
    readonly version: number;
    /** Names of the fields that changed, as in the graph; never their values. */
    readonly changed: ReadonlyArray<string>;
    /** May own customers. */
    readonly active: boolean;
  };
  /** A tag was made. CustomerList. Key: the tag. */
  'crm.customer.tag-created.v1': {
    /** The tag. */
    readonly tagId: string;
    /** The tag's version after this change. */
    readonly version: number;
    /** The tag's name, as people see it. */
    readonly name: string;
    /** Its colour, `#rrggbb`. */
    readonly colour: string | null;
  };
  /** A tag was deleted or merged. CustomerList: nobody carries it any more; with `mergedInto`, whoever carried it carries that one. Key: the tag. */
  'crm.customer.tag-deleted.v1': {
    /** The tag. */
    readonly tagId: string;
    /** The tag's version after this change. */
    readonly version: number;
    /** The tag that stands in its place. */
    readonly mergedInto: string | null;
  };
  /** A tag was renamed or recoloured. CustomerList: whoever carries it carries it under the new name. Key: the tag. */
  'crm.customer.tag-updated.v1': {
    /** The tag. */
    readonly tagId: string;
    /** The tag's version after this change. */
    readonly version: number;
    /** The tag's name, as people see it. */
    readonly name: string;
    /** Its colour, `#rrggbb`. */
    readonly colour: string | null;
    /** Names of the fields that changed, as in the graph. */
    readonly changed: ReadonlyArray<string>;
  };
  /** A flagged text was reviewed. Somebody looked at a flagged text and let it stand. Key: the customer, or the row where none stands behind it. [PII in notes field] */
  'crm.customer.text-flag-reviewed.v1': {
    /** The flag. */
    readonly textFlagId: string;
    /** The customer; null where none stands behind the text. */
    readonly customerId: string | null;
  };
  /** A free text was flagged. A free text holds what should not stand there, and waits for a review; the value itself is never told. Key: the customer, or the row where none stands behind it. [PII in notes field] */
  'crm.customer.text-flagged.v1': {
    /** The flag. */
    readonly textFlagId: string;
    /** The customer; null where none stands behind the text. */
    readonly customerId: string | null;
    /** The noun whose text it is. */
    readonly noun: string;
    /** The row. */
    readonly rowId: string;
    /** The field. */
    readonly field: string;
    /** What was found. */
    readonly kinds: ReadonlyArray<'payment_card' | 'social_security_number' | 'iban'>;
  };
  /** A contact as it is now. 360 contacts. Compacted topic crm.customer.contacts.v1, key: the contact; ce_sequence is the row's version. */
  'crm.customer.contact-state.v1': {
    /** The contact. */
    readonly contactId: string;
    /** The customer. */
    readonly customerId: string;
    /** The customer that the contact was made for; it returns there when a merge is undone. [WF-CM-002] */
    readonly originCustomerId: string;
    /** Contact.first_name Personal. */
    readonly firstName: string;
    /** Contact.last_name Personal. */
    readonly lastName: string;
    /** Contact.email Personal. */
    readonly email: string | null;
    /** Contact.phone as entered. Personal. */
    readonly phone: string | null;
    /** Contact.job_title Personal. */
    readonly jobTitle: string | null;
    /** What the contact does at the customer. */
    readonly roles: ReadonlyArray<'decision_maker' | 'billing' | 'technical' | 'champion' | 'user' | 'other'>;
    /** Contact AC-1 */
    readonly isPrimary: boolean;
    /** Contact.status */
    readonly status: 'active' | 'inactive';
    /** Contact.communication_preference */
    readonly communicationPreference: 'email' | 'phone' | 'any';
    /** Contact AC-3: every sender honours it. */
    readonly doNotContact: boolean;
    /** When it was soft-deleted. */
    readonly deletedAt: string | null;
  };
  /** A customer as it is now. 360 core_profile. Compacted topic crm.customer.state.v1, key: the customer; ce_sequence is the customer's aggregate version. A tombstone follows an erasure. */
  'crm.customer.customer-state.v1': {
    /** The customer. */
    readonly customerId: string;
    /** Customer.type */
    readonly type: 'individual' | 'organization';
    /** Customer.display_name Personal. */
    readonly displayName: string;
    /** Customer.status */
    readonly status: 'active' | 'inactive' | 'prospect' | 'churned' | 'deleted';
    /** Customer.source */
    readonly source: 'web' | 'referral' | 'sales' | 'import' | 'api' | null;
    /** Customer.external_id Personal. */
    readonly externalId: string | null;
    /** The customer's e-mail address. Personal. */
    readonly email: string | null;
    /** The customer's phone number as entered. Personal. */
    readonly phone: string | null;
    /** The owner; null is the pool. */
    readonly ownerId: string | null;
    /** The parent in the hierarchy. */
    readonly parentId: string | null;
    /** The survivor, where a merge retired this id. */
    readonly mergedInto: string | null;
    /** How often `mergedInto` changed: merges and un-merges of this id. [WF-CM-002] */
    readonly redirectVersion: number;
    /** When it was soft-deleted. */
    readonly deletedAt: string | null;
    /** Customer.created_at */
    readonly createdAt: string;
    /** Customer.updated_at */
    readonly updatedAt: string;
    /** What kind of actor created it. */
    readonly createdByKind: 'STAFF' | 'CUSTOMER' | 'IMPORT' | 'EMAIL_SYNC' | 'API' | 'SYSTEM';
    /** The business details of an organisation. Personal. */
    readonly account: {
      /** Account.legal_name Personal. */
      readonly legalName: string;
      /** Account.dba_name Personal. */
      readonly dbaName: string | null;
      /** Account.tax_id Personal. */
      readonly taxId: string | null;
      /** ISO 3166-1 alpha-2 */
      readonly country: string | null;
      /** Account.industry */
      readonly industry: string | null;
      /** Account.employee_count */
      readonly employeeCount: '1-10' | '11-50' | '51-200' | '201-500' | '501-1000' | '1000+' | null;
      /** Account.annual_revenue */
      readonly annualRevenue: '<100K' | '100K-1M' | '1M-10M' | '10M-100M' | '100M+' | null;
      /** Account.website Personal. */
      readonly website: string | null;
    } | null;
    /** The default address of each type. Personal. */
    readonly defaultAddresses: ReadonlyArray<{
      /** The address. */
      readonly addressId: string;
      /** Address.address_type */
      readonly addressType: 'billing' | 'shipping' | 'service' | 'headquarters' | 'other';
      /** Address.city Personal. */
      readonly city: string;
      /** Address.state_province Personal. */
      readonly stateProvince: string | null;
      /** Address.postal_code Personal. */
      readonly postalCode: string | null;
      /** ISO 3166-1 alpha-2 */
      readonly country: string;
      /** Degrees with 6 decimals; null while they are not known. Address AC-3 Personal. */
      readonly latitude?: string | null;
      /** Degrees with 6 decimals; null while they are not known. Address AC-3 Personal. */
      readonly longitude?: string | null;
      /** How exactly they are known; null while they are still to be looked up. Address AC-3 */
      readonly coordinatePrecision?: 'provided' | 'address' | 'street' | 'postal_code' | 'city' | 'largest_city' | 'not_found' | null;
    }>;
    /** The name of the lifecycle stage to begin with. */
    readonly initialStage: string | null;
    /** Values of custom fields by key (custom-field-created tells of them): text, number, boolean or list of texts. Personal. */
    readonly custom?: Record<string, unknown>;
    /** The tags that it carries (tag-created, -updated and -deleted tell of them). */
    readonly tagIds?: ReadonlyArray<string>;
  };
  /** A member of staff as it is now. The catalogue's User. Compacted topic crm.customer.staff.v1, key: the member of staff; ce_sequence is the row's version. */
  'crm.customer.staff-member-state.v1': {
    /** The member of staff. */
    readonly staffId: string;
    /** Name. Personal. */
    readonly name: string;
    /** E-mail address at work. Personal. */
    readonly email: string;
    /** What the person may do. */
    readonly roles: ReadonlyArray<'admin' | 'sales_manager' | 'sales_rep' | 'support_rep' | 'marketing' | 'dpo' | 'auditor'>;
    /** Team. */
    readonly team: string | null;
    /** The manager. */
    readonly managerId: string | null;
    /** May own customers. */
    readonly active: boolean;
    /** When it was soft-deleted. */
    readonly deletedAt: string | null;
  };
  /** Activity cancelled. Key: the customer id, or the activity's own id when it is internal. An open activity was given up. */
  'crm.interaction.activity-cancelled.v1': {
    /** The activity. */
    readonly activityId: string;
  };
  /** Activity completed. Key: the customer id, or the activity's own id when it is internal. An activity was done. Its interaction was logged in the same transaction, by the fact before this one. [Activity AC-2] */
  'crm.interaction.activity-completed.v1': {
    /** The activity. */
    readonly activityId: string;
    /** When it was done. */
    readonly completedAt: string;
    /** The interaction that the completion created; null for an internal activity. */
    readonly interactionId: string | null;
  };
  /** Activity created. Key: the customer id, or the activity's own id when it is internal. Something was planned. [WF-IT-003] */
  'crm.interaction.activity-created.v1': {
    /** The activity. */
    readonly activityId: string;
    /** What is to be done. */
    readonly activityType: 'call' | 'email' | 'meeting' | 'task' | 'follow_up' | 'demo';
    /** How important it is. */
    readonly priority: 'low' | 'normal' | 'high' | 'urgent';
    /** When it is due. */
    readonly dueDate: string;
    /** The member of staff who is to do it. */
    readonly assignedToId: string;
  };
  /** Activity deleted. Key: the customer id, or the activity's own id when it is internal. An activity was soft-deleted. */
  'crm.interaction.activity-deleted.v1': {
    /** The activity. */
    readonly activityId: string;
  };
  /** Activity restored. Key: the customer id, or the activity's own id when it is internal. A deleted activity is back. */
  'crm.interaction.activity-restored.v1': {
    /** The activity. */
    readonly activityId: string;
  };
  /** Activity updated. Key: the customer id, or the activity's own id when it is internal. An open activity was changed. */
  'crm.interaction.activity-updated.v1': {
    /** The activity. */
    readonly activityId: string;
    /** The names of the fields that changed; their values are read from the graph. */
    readonly changedFields: ReadonlyArray<'contactId' | 'activityType' | 'subject' | 'description' | 'dueDate' | 'reminderAt' | 'priority' | 'status' | 'assignedToId'>;
  };
  /** Interaction deleted. Key: the customer id. An interaction was soft-deleted; it no longer counts. */
  'crm.interaction.interaction-deleted.v1': {
    /** The interaction. */
    readonly interactionId: string;
  };
  /** Interaction logged. Key: the customer id. A touchpoint was logged by hand, by an integration, by a completed activity or by a completed job. [WF-IT-001] [Activity AC-2] [Field Service to CRM: Job completed] */
  'crm.interaction.interaction-logged.v1': {
    /** The interaction. */
    readonly interactionId: string;
    /** How it took place. */
    readonly interactionType: 'email' | 'call' | 'meeting' | 'chat' | 'sms' | 'social' | 'in_person' | 'other';
    /** Who began it. */
    readonly direction: 'inbound' | 'outbound';
    /** How it reached us. */
    readonly source: 'manual' | 'email_sync' | 'phone_integration' | 'calendar_sync' | 'api';
    /** When it began. */
    readonly occurredAt: string;
    /** The person it was with, if one was named. */
    readonly contactId: string | null;
    /** How it ended. */
    readonly outcome: 'successful' | 'no_answer' | 'left_message' | 'bounced' | 'follow_up_needed' | 'completed' | null;
    /** How the customer felt. */
    readonly sentiment: 'positive' | 'neutral' | 'negative' | null;
    /** Logged more than 30 days after it occurred. [Retroactive logging] */
    readonly backdated: boolean;
  };
  /** Interaction restored. Key: the customer id. A deleted interaction counts again. */
  'crm.interaction.interaction-restored.v1': {
    /** The interaction. */
    readonly interactionId: string;
  };
  /** Interaction updated. Key: the customer id. A logged interaction was corrected. */
  'crm.interaction.interaction-updated.v1': {
    /** The interaction. */
    readonly interactionId: string;
    /** The names of the fields that changed; their values are read from the graph. */
    readonly changedFields: ReadonlyArray<'interactionType' | 'contactId' | 'direction' | 'occurredAt' | 'durationMinutes' | 'subject' | 'description' | 'outcome' | 'sentiment' | 'relatedRecords'>;
  };
  /** Note created. Key: the customer id, or the note's own id when it belongs to no customer. Somebody wrote a note; its text is never published. */
  'crm.interaction.note-created.v1': {
    /** The note. */
    readonly noteId: string;
    /** Who may see it. [Note AC-2] */
    readonly visibility: 'private' | 'team' | 'all';
    /** Stands first. [Note AC-3] */
    readonly isPinned: boolean;
    /** What the related record is. */
    readonly relatedType: string | null;
    /** The related record. */
    readonly relatedId: string | null;
  };
  /** Note deleted. Key: the customer id, or the note's own id when it belongs to no customer. A note was soft-deleted. */
  'crm.interaction.note-deleted.v1': {
    /** The note. */
    readonly noteId: string;
  };
  /** Note restored. Key: the customer id, or the note's own id when it belongs to no customer. A deleted note is back. */
  'crm.interaction.note-restored.v1': {
    /** The note. */
    readonly noteId: string;
  };
  /** Note updated. Key: the customer id, or the note's own id when it belongs to no customer. A note was changed. */
  'crm.interaction.note-updated.v1': {
    /** The note. */
    readonly noteId: string;
    /** The names of the fields that changed; their values are read from the graph. */
    readonly changedFields: ReadonlyArray<'title' | 'content' | 'isPinned' | 'visibility'>;
  };
  /** Records moved. A merge was applied here or undone: the records of one identity belong to another customer from now on. Told in the stream of the customer that lost them and of the one that has them. [WF-CM-002] */
  'crm.interaction.records-moved.v1': {
    /** The identity whose records moved. */
    readonly originCustomerId: string;
    /** The customer that had them. */
    readonly fromCustomerId: string;
    /** The customer that has them now. */
    readonly toCustomerId: string;
    /** The redirect that was followed; the customer service counts each identity's redirects. */
    readonly redirectVersion: number;
    /** Rows that were re-pointed, by table. */
    readonly rows: Record<string, unknown>;
  };
  /** Interaction state. The interaction summary of one customer, compacted, key: the customer id; written with every change of an interaction or activity, so `count30d` holds for the time of the record (ce_time). [360 interactions] */
  'crm.interaction.interaction-state.v1': {
    /** The customer. */
    readonly customerId: string;
    /** When the last interaction took place; null when there was none. */
    readonly lastInteractionAt: string | null;
    /** Interactions that occurred in the 30 days before the record. */
    readonly count30d: number;
    /** Activities that are pending or in progress. */
    readonly openActivities: number;
  };
  /** Redirect state. How far the interaction service has followed one merged identity, compacted, key: the merged customer id. The customer service tells a merge's progress from it. [WF-CM-002] */
  'crm.interaction.redirect-state.v1': {
    /** The identity. */
    readonly customerId: string;
    /** Where its records are; null after an un-merge. */
    readonly mergedInto: string | null;
    /** The redirect that was followed; the customer service counts each identity's redirects. */
    readonly redirectVersion: number;
    /** When this service followed. */
    readonly appliedAt: string;
    /** Rows that were re-pointed, by table. */
    readonly rows: Record<string, unknown>;
  };
  /** A lifecycle stage was created. A stage was added by an administrator. Key: the stage id. [LifecycleStage] */
  'crm.lifecycle.lifecycle-stage-created.v1': {
    /** The stage. */
    readonly stageId: string;
    /** Its name. */
    readonly name: string;
    /** Its category. */
    readonly category: 'pre_customer' | 'customer' | 'post_customer';
    /** Its place among the stages. */
    readonly displayOrder: number;
    /** Whether customers may enter it. */
    readonly isActive: boolean;
  };
  /** A lifecycle stage was deleted. A stage that no customer is in and no rule refers to was soft-deleted. Key: the stage id. [LifecycleStage AC-2] */
  'crm.lifecycle.lifecycle-stage-deleted.v1': {
    /** The stage. */
    readonly stageId: string;
  };
  /** A lifecycle stage was restored. The deletion of a stage was taken back. Key: the stage id. [LifecycleStage] */
  'crm.lifecycle.lifecycle-stage-restored.v1': {
    /** The stage. */
    readonly stageId: string;
  };
  /** A lifecycle stage was changed. Fields of a stage changed, its place included. Key: the stage id. [LifecycleStage AC-1] */
  'crm.lifecycle.lifecycle-stage-updated.v1': {
    /** The stage. */
    readonly stageId: string;
    /** Names of the changed fields. */
    readonly changedFields: ReadonlyArray<'name' | 'displayOrder' | 'category' | 'color' | 'description' | 'isActive'>;
  };
  /** A milestone was deleted. By hand, or because the purchase behind it was fully refunded. Key: the customer id. [Journey AC-1] */
  'crm.lifecycle.milestone-deleted.v1': {
    /** The milestone. */
    readonly milestoneId: string;
    /** What happened. */
    readonly milestoneType: 'first_contact' | 'first_purchase' | 'onboarding_complete' | 'renewal' | 'upsell' | 'referral_made' | 'support_escalation' | 'churn_signal' | 'win_back';
  };
  /** A milestone was recorded. By the system from facts, or by hand; appears in the timeline. Key: the customer id. [Journey AC-1] */
  'crm.lifecycle.milestone-recorded.v1': {
    /** The milestone. */
    readonly milestoneId: string;
    /** What happened. */
    readonly milestoneType: 'first_contact' | 'first_purchase' | 'onboarding_complete' | 'renewal' | 'upsell' | 'referral_made' | 'support_escalation' | 'churn_signal' | 'win_back';
    /** When it happened. */
    readonly occurredAt: string;
  };
  /** A milestone was restored. Its deletion was taken back. Key: the customer id. [Journey AC-1] */
  'crm.lifecycle.milestone-restored.v1': {
    /** The milestone. */
    readonly milestoneId: string;
    /** What happened. */
    readonly milestoneType: 'first_contact' | 'first_purchase' | 'onboarding_complete' | 'renewal' | 'upsell' | 'referral_made' | 'support_escalation' | 'churn_signal' | 'win_back';
    /** When it happened. */
    readonly occurredAt: string;
  };
  /** A milestone was changed. Its date or details changed, for example because an earlier interaction arrived late. Key: the customer id. [Journey AC-1] */
  'crm.lifecycle.milestone-updated.v1': {
    /** The milestone. */
    readonly milestoneId: string;
    /** What happened. */
    readonly milestoneType: 'first_contact' | 'first_purchase' | 'onboarding_complete' | 'renewal' | 'upsell' | 'referral_made' | 'support_escalation' | 'churn_signal' | 'win_back';
    /** When it happened. */
    readonly occurredAt: string;
    /** Names of the changed fields. */
    readonly changedFields: ReadonlyArray<'occurredAt' | 'details'>;
  };
  /** Purchase metrics of a customer changed. Payments or refunds changed purchase dates, count or revenue; the values are in the state record. Key: the customer id. [CustomerLifecycle AC-2] */
  'crm.lifecycle.purchase-metrics-updated.v1': {
    /** Names of the changed fields. */
    readonly changedFields: ReadonlyArray<'firstPurchaseDate' | 'lastPurchaseDate' | 'totalRevenue' | 'unconvertedRevenue' | 'purchaseCount'>;
  };
  /** Records moved. A merge was applied here or undone: the records of one identity belong to another customer from now on. Told in the stream of the customer that lost them and of the one that has them. [WF-CM-002] */
  'crm.lifecycle.records-moved.v1': {
    /** The identity whose records moved. */
    readonly originCustomerId: string;
    /** The customer that had them. */
    readonly fromCustomerId: string;
    /** The customer that has them now. */
    readonly toCustomerId: string;
    /** The redirect that was followed; the customer service counts each identity's redirects. */
    readonly redirectVersion: number;
    /** Rows that were re-pointed, by table. */
    readonly rows: Record<string, unknown>;
  };
  /** A customer entered a lifecycle stage. A customer changed its stage, or entered its first. Downstream automations start here. Key: the customer id. [WF-LC-001] [CustomerLifecycle AC-1] */
  'crm.lifecycle.stage-changed.v1': {
    /** The stage that was left; null at the first. */
    readonly fromStageId: string | null;
    /** Its name at that time; null at the first. */
    readonly fromStage: string | null;
    /** The stage that was entered. */
    readonly toStageId: string;
    /** Its name at that time. */
    readonly toStage: string;
    /** The category of the stage that was entered. */
    readonly toCategory: 'pre_customer' | 'customer' | 'post_customer';
    /** What caused the change. */
    readonly trigger: 'manual' | 'rule' | 'api' | 'system';
    /** When. */
    readonly changedAt: string;
  };
  /** A refused stage change was dealt with. A manager or the end of a restriction closed a refused stage change. Key: the customer id. [Sales to CRM: Deal closed] */
  'crm.lifecycle.stage-refusal-resolved.v1': {
    /** The refusal. */
    readonly refusalId: string;
  };
  /** An automatic stage change could not be made. A closed deal asked for a stage that no allowed path leads to, or processing is restricted; shown to managers. Key: the customer id. [Sales to CRM: Deal closed] */
  'crm.lifecycle.stage-refused.v1': {
    /** The refusal. */
    readonly refusalId: string;
    /** The won deal, by its id in the sales module. */
    readonly opportunityId: string;
    /** The stage the customer is in. */
    readonly fromStageId: string;
    /** The stage it should have entered. */
    readonly toStageId: string;
    /** Why. */
    readonly reason: 'no_path' | 'processing_restricted';
  };
  /** The exits of a lifecycle stage were changed. The rules that lead out of one stage, after the change. Key: the id of the stage that is left. [WF-LC-001] */
  'crm.lifecycle.transition-rules-changed.v1': {
    /** The stage that is left. */
    readonly fromStageId: string;
    /** Every stage that may be entered from it. */
    readonly allowed: ReadonlyArray<{
      /** The stage that is entered. */
      readonly toStageId: string;
      /** Only by override permission with a reason. */
      readonly requiresOverride: boolean;
    }>;
  };
  /** Where a customer stands. Stage and purchase metrics of one customer, compacted. Key: the customer id. [CustomerLifecycle] */
  'crm.lifecycle.lifecycle-state.v1': {
    /** The customer. */
    readonly customerId: string;
    /** The current stage. */
    readonly stageId: string;
    /** Its name. */
    readonly stageName: string;
    /** Its category. */
    readonly stageCategory: 'pre_customer' | 'customer' | 'post_customer';
    /** When the customer entered it. */
    readonly enteredStageAt: string;
    /** Day of the first purchase in the installation's zone. Personal. */
    readonly firstPurchaseDate: string | null;
    /** Day of the latest purchase in the installation's zone. Personal. */
    readonly lastPurchaseDate: string | null;
    /** Payments less refunds in the reporting currency, a decimal string. Personal. */
    readonly totalRevenue: string;
    /** The reporting currency. */
    readonly currency: string;
    /** Number of purchases that were not fully refunded. Personal. */
    readonly purchaseCount: number;
  };
  /** Redirect state. How far the lifecycle service has followed one merged identity, compacted, key: the merged customer id. The customer service tells a merge's progress from it. [WF-CM-002] */
  'crm.lifecycle.redirect-state.v1': {
    /** The identity. */
    readonly customerId: string;
    /** Where its records are; null after an un-merge. */
    readonly mergedInto: string | null;
    /** The redirect that was followed; the customer service counts each identity's redirects. */
    readonly redirectVersion: number;
    /** When this service followed. */
    readonly appliedAt: string;
    /** Rows that were re-pointed, by table. */
    readonly rows: Record<string, unknown>;
  };
  /** Equipment at a customer was installed, changed or removed. Inbound from the field-service module. [360 field_service] */
  'field-service.equipment-changed.v1': {
    /** The equipment, by its id in the field-service module. */
    readonly equipmentId: string;
    /** The customer's id; also the record's key. An unknown customer parks the event until the customer is known. */
    readonly customerId: string;
    /** Its name. Personal. */
    readonly name: string;
    /** Its serial number. Personal. */
    readonly serialNumber: string | null;
    /** When it was installed. */
    readonly installedAt: string | null;
    /** When it was removed; null while it is there. */
    readonly removedAt: string | null;
    /** Revision of this object in its own module, growing; the largest one wins, whatever the order of arrival. */
    readonly revision: number;
  };
  /** A work order was created or changed. Inbound from the field-service module. [360 field_service] [Timeline WorkOrder] */
  'field-service.work-order-changed.v1': {
    /** The work order, by its id in the field-service module. */
    readonly workOrderId: string;
    /** Its number; null if it has none. */
    readonly number: string | null;
    /** The customer's id; also the record's key. An unknown customer parks the event until the customer is known. */
    readonly customerId: string;
    /** What is to be done. Personal. */
    readonly description: string;
    /** Its status. */
    readonly status: 'scheduled' | 'in_progress' | 'completed' | 'cancelled';
    /** When the visit is planned. */
    readonly scheduledAt: string | null;
    /** When the job was completed; null until then. */
    readonly completedAt: string | null;
    /** The equipment that it is about, in words. Personal. */
    readonly equipment: string | null;
    /** Revision of this object in its own module, growing; the largest one wins, whatever the order of arrival. */
    readonly revision: number;
  };
  /** An invoice was issued. Inbound from the financial module. A purchase is an invoice with at least one payment. [CustomerLifecycle AC-2] [CRM to Financial: Invoice created] */
  'financial.invoice-issued.v1': {
    /** The invoice, by its id in the financial module. */
    readonly invoiceId: string;
    /** Its number as printed on it. */
    readonly number: string;
    /** The customer's id; also the record's key. An unknown customer parks the event until the customer is known. */
    readonly customerId: string;
    /** Its total, a decimal string. Personal. */
    readonly amount: string;
    /** ISO 4217 code of the amount. */
    readonly currency: string;
    /** When it was issued. */
    readonly issuedAt: string;
    /** When it is due; null if it has no due date. */
    readonly dueAt: string | null;
  };
  /** An invoice was voided. Inbound from the financial module; may arrive before the invoice itself. */
  'financial.invoice-voided.v1': {
    /** The invoice. */
    readonly invoiceId: string;
    /** The customer's id; also the record's key. An unknown customer parks the event until the customer is known. */
    readonly customerId: string;
    /** When it was voided. */
    readonly voidedAt: string;
  };
  /** A payment was received. Inbound from the financial module; may arrive before its invoice, repeatedly and in any order. [Financial to CRM: Payment received] */
  'financial.payment-received.v1': {
    /** The payment, by its id in the financial module. */
    readonly paymentId: string;
    /** The invoice that it pays; null for a purchase without invoice. */
    readonly invoiceId: string | null;
    /** The customer's id; also the record's key. An unknown customer parks the event until the customer is known. */
    readonly customerId: string;
    /** Its amount, a decimal string. Personal. */
    readonly amount: string;
    /** ISO 4217 code of the amount. */
    readonly currency: string;
    /** The same in the installation's reporting currency; null if it is in that currency already, or was not converted. Personal. */
    readonly convertedAmount: string | null;
    /** When it was received; the first payment of a purchase dates it. */
    readonly receivedAt: string;
  };
  /** A payment was refunded, in whole or in part. Inbound from the financial module; may arrive before its payment, and counts once that is there. [Financial to CRM: Payment received] */
  'financial.payment-refunded.v1': {
    /** The refund, by its id in the financial module. */
    readonly refundId: string;
    /** The payment that it refunds. */
    readonly paymentId: string;
    /** The customer's id; also the record's key. An unknown customer parks the event until the customer is known. */
    readonly customerId: string;
    /** The refunded amount, a decimal string. Personal. */
    readonly amount: string;
    /** ISO 4217 code of the amount. */
    readonly currency: string;
    /** The same in the installation's reporting currency; null if it is in that currency already, or was not converted. Personal. */
    readonly convertedAmount: string | null;
    /** When it was refunded. */
    readonly refundedAt: string;
  };
  /** An opportunity was created or changed. Inbound from the sales module. A won one moves its customer to the stage Customer by the shortest allowed path. [Sales to CRM: Deal closed] [360 opportunities] */
  'sales.opportunity-changed.v1': {
    /** The opportunity, by its id in the sales module. */
    readonly opportunityId: string;
    /** The customer's id; also the record's key. An unknown customer parks the event until the customer is known. */
    readonly customerId: string;
    /** Its name. Personal. */
    readonly name: string;
    /** Its stage in the sales module's own words. */
    readonly stage: string;
    /** Whether it is closed, and how. */
    readonly status: 'open' | 'won' | 'lost';
    /** Its expected or closed amount, a decimal string. Personal. */
    readonly amount: string | null;
    /** ISO 4217 code of the amount; null without amount. */
    readonly currency: string | null;
    /** The day on which it is expected to close. */
    readonly expectedCloseDate: string | null;
    /** When it was won or lost; null while it is open. */
    readonly closedAt: string | null;
    /** Revision of this object in its own module, growing; the largest one wins, whatever the order of arrival. */
    readonly revision: number;
    /** When it was last changed. */
    readonly changedAt: string;
  };
  /** An order was created or changed. Inbound from the sales module; appears in the timeline. [Timeline Order] */
  'sales.order-changed.v1': {
    /** The order, by its id in the sales module. */
    readonly orderId: string;
    /** Its number as the customer sees it. */
    readonly number: string;
    /** The customer's id; also the record's key. An unknown customer parks the event until the customer is known. */
    readonly customerId: string;
    /** Its status in the sales module's own words. */
    readonly status: string;
    /** Its total, a decimal string. Personal. */
    readonly amount: string;
    /** ISO 4217 code of the amount. */
    readonly currency: string;
    /** When it was placed. */
    readonly placedAt: string;
    /** Revision of this object in its own module, growing; the largest one wins, whatever the order of arrival. */
    readonly revision: number;
  };
  /** A support case was opened or changed. Inbound from the support module; an escalated one is a milestone, once per case. [360 support] [Timeline Case] */
  'support.case-changed.v1': {
    /** The case, by its id in the support module. */
    readonly caseId: string;
    /** Its number as the customer sees it. */
    readonly number: string;
    /** The customer's id; also the record's key. An unknown customer parks the event until the customer is known. */
    readonly customerId: string;
    /** Its subject. Personal. */
    readonly subject: string;
    /** Its status. */
    readonly status: 'open' | 'pending' | 'resolved' | 'closed';
    /** Its priority. */
    readonly priority: 'low' | 'normal' | 'high' | 'urgent';
    /** Whether it was escalated. */
    readonly escalated: boolean;
    /** When it was opened. */
    readonly openedAt: string;
    /** When somebody answered first; null until then. */
    readonly firstRespondedAt: string | null;
    /** When it was closed; null until then. */
    readonly closedAt: string | null;
    /** The customer's rating, 1 (worst) to 5 (best); null without one. Personal. */
    readonly satisfactionScore: number | null;
    /** Revision of this object in its own module, growing; the largest one wins, whatever the order of arrival. */
    readonly revision: number;
  };
  /** Use of the product was recorded. Inbound from the product: how often a customer used a feature on one day; documented and validated now, an input of the scores later. [WF-LC-002] */
  'usage.usage-recorded.v1': {
    /** The record, by its id in its own module. */
    readonly usageId: string;
    /** The customer's id; also the record's key. An unknown customer parks the event until the customer is known. */
    readonly customerId: string;
    /** The feature's name. */
    readonly feature: string;
    /** How often it was used on that day. */
    readonly count: number;
    /** The day. */
    readonly day: string;
    /** Revision of this object in its own module, growing; the largest one wins, whatever the order of arrival. */
    readonly revision: number;
  };
}

export type EventType = keyof EventData;

/** Types of compacted topics: the newest record per key is the truth, null a tombstone. */
export type StateType = 'crm.customer.customer-state.v1' | 'crm.customer.contact-state.v1' | 'crm.customer.staff-member-state.v1' | 'crm.interaction.interaction-state.v1' | 'crm.lifecycle.lifecycle-state.v1' | 'crm.compliance.compliance-state.v1' | 'crm.interaction.redirect-state.v1' | 'crm.lifecycle.redirect-state.v1' | 'crm.compliance.redirect-state.v1';

/** The topic that carries a type. */
export const TOPIC_OF: Readonly<Record<EventType, string>> = {
  'crm.compliance.consent-granted.v1': 'crm.compliance.events.v1',
  'crm.compliance.consent-revoked.v1': 'crm.compliance.events.v1',
  'crm.compliance.deletion-blocked.v1': 'crm.compliance.events.v1',
  'crm.compliance.deletion-deadline-extended.v1': 'crm.compliance.events.v1',
  'crm.compliance.deletion-overdue.v1': 'crm.compliance.events.v1',
  'crm.compliance.deletion-rejected.v1': 'crm.compliance.events.v1',
  'crm.compliance.deletion-requested.v1': 'crm.compliance.events.v1',
  'crm.compliance.deletion-resumed.v1': 'crm.compliance.events.v1',
  'crm.compliance.deletion-verified.v1': 'crm.compliance.events.v1',
  'crm.compliance.legal-hold-lifted.v1': 'crm.compliance.events.v1',
  'crm.compliance.legal-hold-placed.v1': 'crm.compliance.events.v1',
  'crm.compliance.records-moved.v1': 'crm.compliance.events.v1',
  'crm.compliance.restriction-changed.v1': 'crm.compliance.events.v1',
  'crm.compliance.compliance-state.v1': 'crm.compliance.state.v1',
  'crm.compliance.redirect-state.v1': 'crm.compliance.redirects.v1',
  'crm.customer.account-created.v1': 'crm.customer.events.v1',
  'crm.customer.account-deleted.v1': 'crm.customer.events.v1',
  'crm.customer.account-restored.v1': 'crm.customer.events.v1',
  'crm.customer.account-updated.v1': 'crm.customer.events.v1',
  'crm.customer.address-created.v1': 'crm.customer.events.v1',
  'crm.customer.address-deleted.v1': 'crm.customer.events.v1',
  'crm.customer.address-geocoded.v1': 'crm.customer.events.v1',
  'crm.customer.address-restored.v1': 'crm.customer.events.v1',
  'crm.customer.address-updated.v1': 'crm.customer.events.v1',
  'crm.customer.bulk-job-awaiting-approval.v1': 'crm.customer.events.v1',
  'crm.customer.bulk-job-cancelled.v1': 'crm.customer.events.v1',
  'crm.customer.bulk-job-completed.v1': 'crm.customer.events.v1',
  'crm.customer.bulk-job-rejected.v1': 'crm.customer.events.v1',
  'crm.customer.bulk-job-started.v1': 'crm.customer.events.v1',
  'crm.customer.contact-created.v1': 'crm.customer.events.v1',
  'crm.customer.contact-deleted.v1': 'crm.customer.events.v1',
  'crm.customer.contact-restored.v1': 'crm.customer.events.v1',
  'crm.customer.contact-updated.v1': 'crm.customer.events.v1',
  'crm.customer.custom-field-created.v1': 'crm.customer.events.v1',
  'crm.customer.custom-field-deleted.v1': 'crm.customer.events.v1',
  'crm.customer.custom-field-updated.v1': 'crm.customer.events.v1',
  'crm.customer.customer-created.v1': 'crm.customer.events.v1',
  'crm.customer.customer-deleted.v1': 'crm.customer.events.v1',
  'crm.customer.customer-merged.v1': 'crm.customer.events.v1',
  'crm.customer.customer-restored.v1': 'crm.customer.events.v1',
  'crm.customer.customer-tagged.v1': 'crm.customer.events.v1',
  'crm.customer.customer-unmerged.v1': 'crm.customer.events.v1',
  'crm.customer.customer-updated.v1': 'crm.customer.events.v1',
  'crm.customer.customers-handed-over.v1': 'crm.customer.events.v1',
  'crm.customer.customers-merged.v1': 'crm.customer.events.v1',
  'crm.customer.customers-unmerged.v1': 'crm.customer.events.v1',
  'crm.customer.duplicate-dismissed.v1': 'crm.customer.events.v1',
  'crm.customer.duplicate-found.v1': 'crm.customer.events.v1',
  'crm.customer.import-cancelled.v1': 'crm.customer.events.v1',
  'crm.customer.import-completed.v1': 'crm.customer.events.v1',
  'crm.customer.import-started.v1': 'crm.customer.events.v1',
  'crm.customer.import-undone.v1': 'crm.customer.events.v1',
  'crm.customer.invoice-authorised.v1': 'crm.customer.events.v1',
  'crm.customer.merge-rejected.v1': 'crm.customer.events.v1',
  'crm.customer.merge-requested.v1': 'crm.customer.events.v1',
  'crm.customer.owner-changed.v1': 'crm.customer.events.v1',
  'crm.customer.portal-user-activated.v1': 'crm.customer.events.v1',
  'crm.customer.portal-user-invited.v1': 'crm.customer.events.v1',
  'crm.customer.portal-user-revoked.v1': 'crm.customer.events.v1',
  'crm.customer.profile-change-requested.v1': 'crm.customer.events.v1',
  'crm.customer.profile-change-settled.v1': 'crm.customer.events.v1',
  'crm.customer.relationship-created.v1': 'crm.customer.events.v1',
  'crm.customer.relationship-deleted.v1': 'crm.customer.events.v1',
  'crm.customer.relationship-ended.v1': 'crm.customer.events.v1',
  'crm.customer.relationship-restored.v1': 'crm.customer.events.v1',
  'crm.customer.relationship-updated.v1': 'crm.customer.events.v1',
  'crm.customer.saved-view-created.v1': 'crm.customer.events.v1',
  'crm.customer.saved-view-deleted.v1': 'crm.customer.events.v1',
  'crm.customer.saved-view-handed-over.v1': 'crm.customer.events.v1',
  'crm.customer.saved-view-updated.v1': 'crm.customer.events.v1',
  'crm.customer.staff-member-created.v1': 'crm.customer.events.v1',
  'crm.customer.staff-member-deleted.v1': 'crm.customer.events.v1',
  'crm.customer.staff-member-invited.v1': 'crm.customer.events.v1',
  'crm.customer.staff-member-joined.v1': 'crm.customer.events.v1',
  'crm.customer.staff-member-restored.v1': 'crm.customer.events.v1',
  'crm.customer.staff-member-updated.v1': 'crm.customer.events.v1',
  'crm.customer.tag-created.v1': 'crm.customer.events.v1',
  'crm.customer.tag-deleted.v1': 'crm.customer.events.v1',
  'crm.customer.tag-updated.v1': 'crm.customer.events.v1',
  'crm.customer.text-flag-reviewed.v1': 'crm.customer.events.v1',
  'crm.customer.text-flagged.v1': 'crm.customer.events.v1',
  'crm.customer.contact-state.v1': 'crm.customer.contacts.v1',
  'crm.customer.customer-state.v1': 'crm.customer.state.v1',
  'crm.customer.staff-member-state.v1': 'crm.customer.staff.v1',
  'crm.interaction.activity-cancelled.v1': 'crm.interaction.events.v1',
  'crm.interaction.activity-completed.v1': 'crm.interaction.events.v1',
  'crm.interaction.activity-created.v1': 'crm.interaction.events.v1',
  'crm.interaction.activity-deleted.v1': 'crm.interaction.events.v1',
  'crm.interaction.activity-restored.v1': 'crm.interaction.events.v1',
  'crm.interaction.activity-updated.v1': 'crm.interaction.events.v1',
  'crm.interaction.interaction-deleted.v1': 'crm.interaction.events.v1',
  'crm.interaction.interaction-logged.v1': 'crm.interaction.events.v1',
  'crm.interaction.interaction-restored.v1': 'crm.interaction.events.v1',
  'crm.interaction.interaction-updated.v1': 'crm.interaction.events.v1',
  'crm.interaction.note-created.v1': 'crm.interaction.events.v1',
  'crm.interaction.note-deleted.v1': 'crm.interaction.events.v1',
  'crm.interaction.note-restored.v1': 'crm.interaction.events.v1',
  'crm.interaction.note-updated.v1': 'crm.interaction.events.v1',
  'crm.interaction.records-moved.v1': 'crm.interaction.events.v1',
  'crm.interaction.interaction-state.v1': 'crm.interaction.state.v1',
  'crm.interaction.redirect-state.v1': 'crm.interaction.redirects.v1',
  'crm.lifecycle.lifecycle-stage-created.v1': 'crm.lifecycle.events.v1',
  'crm.lifecycle.lifecycle-stage-deleted.v1': 'crm.lifecycle.events.v1',
  'crm.lifecycle.lifecycle-stage-restored.v1': 'crm.lifecycle.events.v1',
  'crm.lifecycle.lifecycle-stage-updated.v1': 'crm.lifecycle.events.v1',
  'crm.lifecycle.milestone-deleted.v1': 'crm.lifecycle.events.v1',
  'crm.lifecycle.milestone-recorded.v1': 'crm.lifecycle.events.v1',
  'crm.lifecycle.milestone-restored.v1': 'crm.lifecycle.events.v1',
  'crm.lifecycle.milestone-updated.v1': 'crm.lifecycle.events.v1',
  'crm.lifecycle.purchase-metrics-updated.v1': 'crm.lifecycle.events.v1',
  'crm.lifecycle.records-moved.v1': 'crm.lifecycle.events.v1',
  'crm.lifecycle.stage-changed.v1': 'crm.lifecycle.events.v1',
  'crm.lifecycle.stage-refusal-resolved.v1': 'crm.lifecycle.events.v1',
  'crm.lifecycle.stage-refused.v1': 'crm.lifecycle.events.v1',
  'crm.lifecycle.transition-rules-changed.v1': 'crm.lifecycle.events.v1',
  'crm.lifecycle.lifecycle-state.v1': 'crm.lifecycle.state.v1',
  'crm.lifecycle.redirect-state.v1': 'crm.lifecycle.redirects.v1',
  'field-service.equipment-changed.v1': 'field-service.events.v1',
  'field-service.work-order-changed.v1': 'field-service.events.v1',
  'financial.invoice-issued.v1': 'financial.events.v1',
  'financial.invoice-voided.v1': 'financial.events.v1',
  'financial.payment-received.v1': 'financial.events.v1',
  'financial.payment-refunded.v1': 'financial.events.v1',
  'sales.opportunity-changed.v1': 'sales.events.v1',
  'sales.order-changed.v1': 'sales.events.v1',
  'support.case-changed.v1': 'support.events.v1',
  'usage.usage-recorded.v1': 'usage.events.v1',
};

/** What kind of topic it is. */
export const KIND_OF: Readonly<Record<string, 'facts' | 'state' | 'inbound'>> = {
  'crm.customer.events.v1': 'facts',
  'crm.interaction.events.v1': 'facts',
  'crm.lifecycle.events.v1': 'facts',
  'crm.compliance.events.v1': 'facts',
  'crm.customer.state.v1': 'state',
  'crm.customer.contacts.v1': 'state',
  'crm.customer.staff.v1': 'state',
  'crm.interaction.state.v1': 'state',
  'crm.lifecycle.state.v1': 'state',
  'crm.compliance.state.v1': 'state',
  'crm.interaction.redirects.v1': 'state',
  'crm.lifecycle.redirects.v1': 'state',
  'crm.compliance.redirects.v1': 'state',
  'financial.events.v1': 'inbound',
  'sales.events.v1': 'inbound',
  'support.events.v1': 'inbound',
  'field-service.events.v1': 'inbound',
  'usage.events.v1': 'inbound',
};
