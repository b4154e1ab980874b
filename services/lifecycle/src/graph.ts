// What rows of a customer have in common in the graph.

/** The customer of a row, as a reference: the customer service knows the rest. */
export const customerOf = ({ customerId }: { customerId: string }) => ({ id: customerId });
