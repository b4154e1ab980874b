// The state record of a customer on `crm.compliance.state.v1`: what a sender, an analytics job or another service needs to honour a
// customer's choices without asking us. No personal values: purposes, flags and instants.

import type { ConsentType } from '../consent/consent.ts';
import type { PurposeStanding } from '../consent/consent-decision.ts';
import type { Restrictions } from '../restriction/restriction.ts';

export function complianceState(
  restrictions: Restrictions,
  consents: ReadonlyArray<PurposeStanding & { consentType: ConsentType }>,
  legalHold: boolean,
  deletionOpen: boolean,
) {
  return {
    customerId: restrictions.customerId,
    processingRestricted: restrictions.processingRestricted,
    doNotProcess: restrictions.doNotProcess,
    legalHold,
    deletionOpen,
    consents: consents.map(({ consentType, status, decidedBy: [decisive] }) => ({
      consentType,
      granted: status === 'GRANTED',
      since: decisive.effectiveAt.toISOString(),
      legalBasis: decisive.legalBasis,
      validUntil: status === 'GRANTED' ? (decisive.validUntil?.toISOString() ?? null) : null,
    })),
  };
}
