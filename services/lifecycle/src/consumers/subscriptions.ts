// What this service hears, topic by topic. The directory's topics carry more here: customers get lifecycles, lifted restrictions free deals.
import { alsoHandle, directoryFeed } from '@customer360/customer-data/directory-feed';
import type { Subscription } from '@customer360/kernel/consumer';
import { census } from '../census.ts';
import { foldLifecycles } from '../customer-lifecycle/fold-lifecycles.ts';
import { onComplianceState, onCustomerState } from './on-customer-state.ts';
import { onFieldServiceEvents } from './on-field-service-events.ts';
import { onFinancialEvents } from './on-financial-events.ts';
import { onInteractionLogged } from './on-interaction-logged.ts';
import { onSalesEvents } from './on-sales-events.ts';
import { onSupportEvents } from './on-support-events.ts';

const CUSTOMERS = 'crm.customer.state.v1';
const COMPLIANCE = 'crm.compliance.state.v1';

export const subscriptions: readonly Subscription[] = [
  ...alsoHandle(COMPLIANCE, onComplianceState, alsoHandle(CUSTOMERS, onCustomerState, directoryFeed(census, foldLifecycles))),
  { topic: 'crm.interaction.events.v1', from: 'facts', handle: onInteractionLogged },
  { topic: 'financial.events.v1', from: 'inbound', handle: onFinancialEvents },
  { topic: 'sales.events.v1', from: 'inbound', handle: onSalesEvents },
  { topic: 'support.events.v1', from: 'inbound', handle: onSupportEvents },
  { topic: 'field-service.events.v1', from: 'inbound', handle: onFieldServiceEvents },
];
