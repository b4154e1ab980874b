// What scripts/bench.ts hands to a benchmark: a running stack of its own and how large to be.
export interface BenchmarkRun {
  readonly stack: BenchmarkStack;
  readonly seed: number;
  /** A smoke test: seconds instead of minutes, figures without meaning. */
  readonly quick: boolean;
  /** How many customers to load, for a benchmark that asks; its stack is kept, so that a second run finds them. */
  readonly customers?: number;
  /** Lines of the file, and customers that are there before: import only. */
  readonly rows?: number;
  readonly base?: number;
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
  readonly issuer: { url: string };
  /** File with the superuser URLs and the inner key. */
  readonly secrets: string;
  mint(kind: 'staff' | 'portal' | 'service', claims?: Record<string, unknown>): Promise<string>;
  kill(name: string, signal: NodeJS.Signals): Promise<void>;
  /** Starts what was killed; resolves when it is ready. */
  start(name: string): Promise<void>;
}
