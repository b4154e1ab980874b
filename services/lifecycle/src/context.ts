// What the resolvers and some use-cases of this service are given.
import type { RequestContext } from '@customer360/kernel/context';
import type { Loaders } from './loaders.ts';

export type Context = RequestContext<Loaders>;

/** A customer as this service hands it to the graph: the customer service knows the rest. */
export interface CustomerReference {
  id: string;
}
