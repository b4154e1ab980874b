// Configuration of the lifecycle service: what every service reads, plus the installation's currency and time zone (decisions page).
import type { ServiceContext } from '@customer360/kernel/context';
import { serviceEnv } from '@customer360/kernel/env';
import { z } from 'zod';
import type { Installation } from './purchase/recompute-purchase-metrics.ts';

const isTimeZone = (zone: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
};

export const lifecycleEnv = serviceEnv.extend({
  REPORTING_CURRENCY: z
    .string()
    .regex(/^[A-Z]{3}$/, 'expected an ISO 4217 code in upper case')
    .default('EUR')
    .describe('Currency of revenue and balances, ISO 4217; other currencies are shown beside it, never added.'),
  TIME_ZONE: z
    .string()
    .refine(isTimeZone, 'expected an IANA time zone')
    .default('UTC')
    .describe('IANA zone that decides the day of a purchase.'),
});

/** The installation's currency and zone, as `lifecycleEnv` parsed them. */
export const installation = (ctx: Pick<ServiceContext, 'env'>): Installation => ({
  reportingCurrency: ctx.env.REPORTING_CURRENCY as string,
  timeZone: ctx.env.TIME_ZONE as string,
});
