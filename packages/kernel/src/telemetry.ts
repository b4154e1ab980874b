// Metrics and traces of one process. Metrics carry names, outcomes and counts, never ids or personal values. Traces are made only when an
// OTLP endpoint is configured; the SDK is loaded then and not before, since it costs start-up time and memory.
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export { Counter, Gauge, Histogram };

/** This process's metrics, as /metrics prints them. */
export const registry = new Registry();
// The event loop's lag is sampled every 100 ms, which its percentiles contain: the default of 10 ms costs an idle process 0.3 % of a core.
collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 100 });

/** Starts OpenTelemetry when an endpoint is set; answers what to call at shutdown. */
export async function startTraces(service: string, endpoint: string | undefined): Promise<() => Promise<void>> {
  if (!endpoint) return async () => {};
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = endpoint;
  const { NodeSDK } = await import('@opentelemetry/sdk-node');
  const sdk = new NodeSDK({ serviceName: `customer360-${service}` });
  sdk.start();
  return () => sdk.shutdown();
}

/** Runs `work` in a span that continues the trace of `headers` (traceparent), if there is one. */
export async function inSpan<T>(
  name: string,
  kind: 'server' | 'client' | 'consumer',
  headers: Readonly<Record<string, unknown>>,
  work: () => Promise<T>,
): Promise<T> {
  const parent = propagation.extract(context.active(), headers);
  const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, consumer: SpanKind.CONSUMER };
  return trace.getTracer('customer360').startActiveSpan(name, { kind: kinds[kind] }, parent, async (span) => {
    try {
      return await work();
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}
