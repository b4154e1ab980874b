// A mistake of the machine or its configuration, told in one sentence that says what to do. Commands print it without a stack trace.
export class Sentence extends Error {}

const known: Array<[RegExp, string]> = [
  [/ENOSPC|No space left on device/i, 'The disk is full: free about 1 GB and run this again.'],
  [/EROFS|Read-only file system/i, 'The file system is read-only: clone the repository where you may write.'],
  [/EMFILE|Too many open files/i, 'Too many open files: raise the limit with `ulimit -n 4096` and run this again.'],
  [
    /Cannot allocate memory|ENOMEM|insufficient memory for the Java Runtime/i,
    'There is too little memory: free about 2 GB and run this again.',
  ],
];

/** What an operating-system failure means to the person who started the command, if it is one of the known kinds. */
export function explain(text: string): Sentence | undefined {
  const found = known.find(([pattern]) => pattern.test(text));
  return found && new Sentence(found[1]);
}

/** Prints a failure: a sentence alone, anything else with its stack. */
export function report(error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const sentence = error instanceof Sentence ? error : explain(text);
  process.stderr.write(`${sentence ? sentence.message : text}\n`);
}
