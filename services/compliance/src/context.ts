// What a use-case of this service is given.
import type { RequestContext } from '@customer360/kernel/context';
import type { Loaders } from './loaders.ts';

export type Context = RequestContext<Loaders>;
