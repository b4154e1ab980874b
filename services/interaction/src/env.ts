// Configuration of the interaction service: what every service reads, nothing of its own.
import { serviceEnv } from '@customer360/kernel/env';

export const env = serviceEnv;
