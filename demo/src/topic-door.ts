// The inbound topics as another module would use them: CloudEvents in binary mode, keyed by the customer, with ids that stay the same, so that a
// repeated load is recognised as a repeated delivery. (events.md, "Envelope, topics, schemas")
import { createProducer } from '@customer360/kernel/kafka';
import { createLog } from '@customer360/kernel/log';

/** Something another module tells us. */
export interface ModuleEvent {
  topic: 'financial.events.v1' | 'sales.events.v1' | 'support.events.v1' | 'field-service.events.v1' | 'usage.events.v1';
  type: string;
  /** Id of the object, and its revision where it has one: together they name the event. */
  id: string;
  time: Date;
  data: { customerId: string } & Record<string, unknown>;
}

export interface TopicDoor {
  /** Sends them in this order; resolves when the broker has them all. */
  send(events: readonly ModuleEvent[]): Promise<void>;
  close(): Promise<void>;
}

const BATCH = 1_000;

export function openTopicDoor(kafka: string, prefix: string): TopicDoor {
  const producer = createProducer({ brokers: kafka.split(','), prefix, clientId: 'demo', log: createLog('demo', 'silent') });
  return {
    async send(events) {
      for (let at = 0; at < events.length; at += BATCH) {
        await producer.send(
          events.slice(at, at + BATCH).map(({ topic, type, id, time, data }) => ({
            topic,
            key: data.customerId,
            value: JSON.stringify(data),
            headers: {
              ce_specversion: '1.0',
              ce_id: `demo-${type}-${id}`,
              ce_type: type,
              ce_source: `/demo/${topic.split('.')[0]}`,
              ce_subject: data.customerId,
              ce_time: time.toISOString(),
              'content-type': 'application/json',
            },
          })),
        );
      }
    },
    close: () => producer.close(),
  };
}
