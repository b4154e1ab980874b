// What scripts/bench.ts hands to a benchmark: a running stack of its own and how large to be.
export interface BenchmarkRun {
  readonly stack: BenchmarkStack;
  readonly seed: number;
  /** A smoke test: seconds instead of minutes, figures without meaning. */
  readonly quick: boolean;
  readonly log: (line: string) => void;
  /** Aborted when the user stops the command. */
  readonly signal: AbortSignal;
}

/** The parts of a stack that benchmarks use; scripts/stack/stack.ts makes it. */
export interface BenchmarkStack {
  readonly graph: string;
  readonly kafka: string;
  readonly topicPrefix: string;
  readonly tokens: Record<string, string>;
  readonly staff: Record<string, string>;
  readonly services: Record<string, { url: string; pid: number; database: string | null }>;
  /** File with the superuser URLs and the inner key. */
  readonly secrets: string;
  kill(name: string, signal: NodeJS.Signals): Promise<void>;
}
