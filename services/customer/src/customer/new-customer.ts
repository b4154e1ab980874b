// The row and the fact of a new customer [WF-CM-001 step 6], the same for one that a person enters and for one of 100,000 that a file brings.
import { newRow } from '@customer360/kernel/entity';
import type { Fact, Tx } from '@customer360/kernel/transact';
import type { CustomColumns } from '../custom-field/custom-field.ts';
import { fact } from '../write.ts';
import { type Customer, firstStage } from './customer.ts';
import type { CustomerFields } from './customer-input.ts';
import { emailKey } from './email-key.ts';

/** What is known of a new customer once its references were found. */
export interface NewCustomer extends Omit<CustomerFields, 'phoneRegion' | 'ownerId' | 'parentId' | 'custom'>, Partial<CustomColumns> {
  readonly initialStage?: string | null;
  readonly phoneE164: string | null;
  readonly ownerId: string | null;
  readonly parentId: string | null;
}

/** The row, with the defaults of a new customer. */
export function newCustomer(tx: Pick<Tx, 'actor' | 'now'>, input: NewCustomer): Customer {
  const status = input.status ?? 'prospect';
  return {
    ...newRow(tx.actor, tx.now),
    type: input.type,
    displayName: input.displayName,
    status,
    source: input.source ?? null,
    externalId: input.externalId ?? null,
    email: input.email ?? null,
    emailKey: emailKey(input.email),
    phone: input.phone ?? null,
    phoneE164: input.phoneE164,
    ownerId: input.ownerId,
    parentId: input.parentId,
    mergedInto: null,
    redirectVersion: 0,
    deletionId: null,
    initialStage: input.initialStage ?? firstStage(status),
    stageCategory: null,
    lifecycleVersion: 0,
    processingRestricted: false,
    doNotProcess: false,
    legalHold: false,
    deletionOpen: false,
    complianceVersion: 0,
    custom: input.custom ?? null,
    customPersonal: input.customPersonal ?? null,
  };
}

/** Tells of the creation. */
export const customerCreated = ({ id, version, type, status, source, ownerId, parentId }: Customer): Fact =>
  fact('customer-created', id, { customerId: id, version, type, status, source, ownerId, parentId });
