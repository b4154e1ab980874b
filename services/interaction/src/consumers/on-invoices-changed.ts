// Invoices of the financial module stand in the timeline [Timeline Invoice] [CRM to Financial: Invoice created]; a voided one stays and says so, also
// when the news of its voiding came first.
import type { Subscription } from '@customer360/kernel/consumer';
import { markVoided, putOnTimeline } from '../timeline/timeline.table.ts';
import { lineOfInvoice } from '../timeline/timeline.ts';
import { hear } from './origin.ts';

const ISSUED = 'financial.invoice-issued.v1';
const VOIDED = 'financial.invoice-voided.v1';

export const onInvoicesChanged: Subscription = {
  topic: 'financial.events.v1',
  from: 'inbound',
  async handle(tx, events) {
    const { heard, parked } = await hear(tx, events, [ISSUED, VOIDED]);
    await putOnTimeline(
      tx,
      heard.filter(({ type }) => type === ISSUED).map(({ data, origin }) => lineOfInvoice(data, origin)),
    );
    await markVoided(
      tx,
      heard
        .filter(({ type }) => type === VOIDED)
        .map(({ data, origin }) => ({
          invoiceId: data.invoiceId,
          voidedAt: data.voidedAt,
          customerId: origin.customerId,
          originCustomerId: origin.originCustomerId,
        })),
    );
    return parked;
  },
};
