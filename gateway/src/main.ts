// The gateway's process: reads the environment, starts, and leaves in order. The only file that knows about signals and exit codes.
import { readEnv } from '@customer360/kernel/env';
import { createLog } from '@customer360/kernel/log';
import { releaseMemoryAtRest } from '@customer360/kernel/release-memory';
import { onStopSignals } from '@customer360/kernel/stop-signals';
import { startTraces } from '@customer360/kernel/telemetry';
import { gatewayEnv } from './env.ts';
import { type RunningGateway, startGateway } from './gateway.ts';

const EX_CONFIG = 78;
const env = readEnv(gatewayEnv);
if (env.GRAPHIQL_DIR && process.env.NODE_ENV === 'production') {
  process.stderr.write('gateway: GRAPHIQL_DIR is for development and refused with NODE_ENV=production: its page hands out tokens\n');
  process.exit(EX_CONFIG);
}
const log = createLog('gateway', env.LOG_LEVEL);
const stopTraces = await startTraces('gateway', env.OTEL_EXPORTER_OTLP_ENDPOINT);

const gateway: RunningGateway = await startGateway(env, log).catch((error: NodeJS.ErrnoException) => {
  const taken = error.code === 'EADDRINUSE' ? `port ${env.GATEWAY_PORT} is taken: choose another GATEWAY_PORT` : error.message;
  process.stderr.write(`gateway: ${taken}\n`);
  process.exit(EX_CONFIG);
});
log.info({ url: gateway.url }, 'ready');

let stopping = false;
async function stop(why: string): Promise<void> {
  if (stopping) return;
  stopping = true;
  log.info({ why }, 'shutting down');
  setTimeout(() => process.exit(1), env.DRAIN_DELAY_MS + env.SHUTDOWN_GRACE_MS + 2_000).unref();
  await gateway.close();
  await stopTraces();
  process.exit(0);
}

releaseMemoryAtRest();
onStopSignals(env.EXIT_WITH_PARENT, stop);
process.on('SIGHUP', () => gateway.reload('SIGHUP'));
