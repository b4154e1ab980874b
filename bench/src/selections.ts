// What of a query on Customer each service answers, as text: the hand-written fan-out asks with it, so that it asks for what the gateways ask.
import { Kind, parse, print } from 'graphql';

/** Fields of Customer by the service that adds them; the others are those of the service customer. */
const SECTIONS: Record<string, readonly string[]> = {
  interaction: ['interactionSummary', 'timeline'],
  lifecycle: ['lifecycle', 'milestones', 'financialSummary'],
  compliance: ['consents'],
};
export const SERVICES = ['customer', ...Object.keys(SECTIONS)];

/** The selections on the Customer of the query's only root field, by service; services that are not asked are missing. */
export function selectionsOf(query: string): Record<string, string> {
  const [operation] = parse(query).definitions;
  const root = operation?.kind === Kind.OPERATION_DEFINITION ? operation.selectionSet.selections[0] : undefined;
  const texts: Record<string, string> = {};
  for (const field of root?.kind === Kind.FIELD ? (root.selectionSet?.selections ?? []) : []) {
    if (field.kind !== Kind.FIELD) throw new Error('the query has fields only');
    const service = SERVICES.find((name) => SECTIONS[name]?.includes(field.name.value)) ?? 'customer';
    texts[service] = `${texts[service] ?? ''}\n${print(field)}`;
  }
  return texts;
}
