// What the other modules tell about the benchmarks' customers, as they would: events on the inbound topics, keyed by the customer. Their ids are
// fixed, so that a repeated load is dropped by the product like any repeated event.
import { createProducer, type KafkaRecord } from '@customer360/kernel/kafka';
import { createLog } from '@customer360/kernel/log';
import type { BenchmarkStack } from './benchmark.ts';

type InboundEvent = Omit<KafkaRecord, 'topic'>;
type Ago = (days: number) => string;

/** Invoices of a customer, each paid. */
export const INVOICES = 4;

export const purchases = (name: string, customerId: string, ago: Ago): InboundEvent[] =>
  Array.from({ length: INVOICES }, (_, i) => {
    const invoiceId = `${name}-${i}`;
    const issuedAt = ago((i + 1) * 15);
    const money = { customerId, invoiceId, amount: `${100 + i}.50`, currency: 'EUR' };
    return [
      event('financial.invoice-issued.v1', `i-${invoiceId}`, { ...money, number: `B-${invoiceId}`, issuedAt, dueAt: null }),
      event('financial.payment-received.v1', `p-${invoiceId}`, {
        ...money,
        paymentId: invoiceId,
        convertedAmount: null,
        receivedAt: issuedAt,
      }),
    ];
  }).flat();

export const orders = (name: string, customerId: string, count: number, at: (i: number) => string): InboundEvent[] =>
  Array.from({ length: count }, (_, i) => {
    const money = { amount: '10.00', currency: 'EUR', placedAt: at(i), revision: 1 };
    return event('sales.order-changed.v1', `${name}-${i}`, {
      orderId: `${name}-${i}`,
      number: `O-${i}`,
      customerId,
      status: 'shipped',
      ...money,
    });
  });

/** An opportunity, a case, a work order with its equipment: by topic. */
export const serviceAndSales: Record<string, (name: string, customerId: string, ago: Ago) => InboundEvent[]> = {
  'sales.events.v1': (opportunityId, customerId, ago) => [
    event('sales.opportunity-changed.v1', `o-${opportunityId}`, {
      ...{ opportunityId, customerId, name: 'More sites', stage: 'Negotiation', status: 'open', amount: '48000.00', currency: 'EUR' },
      ...{ expectedCloseDate: null, closedAt: null, revision: 1, changedAt: ago(20) },
    }),
  ],
  'support.events.v1': (caseId, customerId, ago) => [
    event('support.case-changed.v1', `c-${caseId}`, {
      ...{ caseId, number: caseId, customerId, subject: 'Printer offline', status: 'open', priority: 'normal', escalated: false },
      ...{ openedAt: ago(12), firstRespondedAt: ago(11), closedAt: null, satisfactionScore: null, revision: 1 },
    }),
  ],
  'field-service.events.v1': (id, customerId, ago) => [
    event('field-service.work-order-changed.v1', `w-${id}`, {
      ...{ workOrderId: id, number: id, customerId, description: 'Yearly inspection', status: 'scheduled', scheduledAt: ago(-20) },
      ...{ completedAt: null, equipment: 'Boiler 2', revision: 1 },
    }),
    event('field-service.equipment-changed.v1', `e-${id}`, {
      ...{ equipmentId: id, customerId, name: 'Boiler 2', serialNumber: null, installedAt: ago(500), removedAt: null, revision: 1 },
    }),
  ],
};

const event = <D extends { customerId: string }>(type: string, id: string, data: D): InboundEvent => ({
  key: data.customerId,
  headers: { ce_specversion: '1.0', ce_id: id, ce_type: type, ce_source: '/bench', ce_time: new Date().toISOString() },
  value: JSON.stringify(data),
});

/** Sends events in batches of 400, in their order. */
export async function sendEvents({ kafka, topicPrefix }: BenchmarkStack, topic: string, events: readonly InboundEvent[]): Promise<void> {
  const producer = createProducer({ brokers: kafka.split(','), prefix: topicPrefix, clientId: 'bench', log: createLog('bench', 'silent') });
  for (let from = 0; from < events.length; from += 400)
    await producer.send(events.slice(from, from + 400).map((each) => ({ topic, ...each })));
  await producer.close();
}
