// Is the sample customer's 360 complete? Asks what the README asks, and the sections beside it, until no section is empty: only then is the demo
// loaded, since its projections arrive a moment after the writes. [360 core_profile] [360 lifecycle] [360 interactions]
import type { GraphDoor } from './graph-door.ts';

const QUERY = `query DemoCustomer360($id: ID!) { customer(id: $id) { id source externalId owner { id }
  contacts(first: 10) { nodes { id } } addresses { id } account { legalName } parent { id } children(first: 5) { nodes { id } } relationships(first: 5) { nodes { id } }
  lifecycle { currentStage { name } firstPurchaseDate lastPurchaseDate purchaseCount history(first: 5) { nodes { trigger } } }
  milestones(first: 20) { nodes { milestoneType } }
  financialSummary { recentInvoices { number } }
  interactionSummary { lastInteractionAt count30d lastFive { id } }
  timeline(first: 100) { nodes { kind } }
  notes(first: 5) { nodes { id } } activities(first: 5) { nodes { id } }
  consents { consentType } opportunities { open } support { openTickets satisfactionScore } fieldService { scheduledVisits completedJobs equipment { name } } } }`;

const KINDS = ['INTERACTION', 'NOTE', 'JOURNEY', 'INVOICE', 'ORDER', 'WORK_ORDER', 'CASE'];
const MIN_TIMELINE = 50;
const WAIT_MS = 45_000;

/** Names of the sections that are still empty. */
function gaps(customer: any): string[] {
  if (!customer) return ['customer'];
  const nodes = (name: string) => customer[name]?.nodes ?? [];
  const kinds = new Set(nodes('timeline').map((item: { kind: string }) => item.kind));
  const full: Record<string, unknown> = {
    profile: customer.source && customer.externalId && customer.owner,
    contacts: nodes('contacts').length,
    addresses: customer.addresses?.length,
    account: customer.account,
    parent: customer.parent,
    children: nodes('children').length,
    relationships: nodes('relationships').length,
    lifecycle: customer.lifecycle?.currentStage.name === 'Customer' && customer.lifecycle.purchaseCount > 8,
    history: customer.lifecycle?.history.nodes.length >= 4,
    milestones: nodes('milestones').some((one: { milestoneType: string }) => one.milestoneType === 'FIRST_PURCHASE'),
    financialSummary: customer.financialSummary?.recentInvoices.length === 5,
    interactionSummary: customer.interactionSummary?.count30d > 0 && customer.interactionSummary.lastFive.length === 5,
    timeline: nodes('timeline').length >= MIN_TIMELINE && KINDS.every((kind) => kinds.has(kind)),
    notes: nodes('notes').length,
    activities: nodes('activities').length,
    consents: customer.consents?.length,
    opportunities: customer.opportunities?.open,
    support: customer.support?.openTickets && customer.support.satisfactionScore,
    fieldService: customer.fieldService?.scheduledVisits && customer.fieldService.completedJobs && customer.fieldService.equipment.length,
  };
  return Object.keys(full).filter((name) => !full[name]);
}

/** Waits until nothing of the sample customer's 360 is empty; what still is after 45 s is named in the error. */
export async function waitForSample(door: GraphDoor, token: string, id: string): Promise<void> {
  for (const deadline = Date.now() + WAIT_MS; ; ) {
    const { customer } = await door.query<{ customer: unknown }>(token, QUERY, { id });
    const missing = gaps(customer);
    if (missing.length === 0) return;
    if (Date.now() > deadline) throw new Error(`demo data: the sample customer's 360 is still empty in: ${missing.join(', ')}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
