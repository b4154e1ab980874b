// What an answer must never be: an internal error, a broken HTTP answer, an error without a code, or text from inside a process (SQL, stacks,
// addresses, paths, queries between the gateway and its services). Looks at the raw text, so that it does not matter where it would stand.

export interface Answered {
  readonly status: number;
  readonly text: string;
}
export interface Finding {
  readonly kind: 'internal' | 'leak' | 'broken' | 'uncoded' | 'unavailable';
  readonly what: string;
}

const LEAKS: ReadonlyArray<[string, RegExp]> = [
  [
    'stack',
    /\bat (?:async )?[\w.<>[\] ]+ \((?:file|node|\/)|\bat (?:file:|node:|\/)|node_modules|\.[cm]?[jt]s:\d+|stacktrace|originalError/i,
  ],
  [
    'sql',
    /\bselect\b[^"]{1,300}\bfrom\b|\binsert into\b|\bdelete from\b|\bupdate \w+ set\b|\brelation \\?"|\bcolumn \\?"|at or near|QueryFailed|duplicate key|violates [\w-]+ constraint|invalid input syntax|out of range for type|invalid byte sequence|deadlock|\bSQLSTATE\b|unsupported Unicode/i,
  ],
  ['address', /\b127\.0\.0\.1:\d+|\blocalhost:\d+|ECONNREFUSED|ECONNRESET|ENOTFOUND|postgres(?:ql)?:\/\/|kafka:\/\//],
  [
    'inside',
    /_entities|representations|_Entity\b|join__|@access|Cannot read propert|is not a function|is not iterable|undefined \(reading|Maximum call stack|\[object Object\]|Unexpected token/,
  ],
];

/** The first thing wrong with the answer to `request`; undefined when nothing is. What the caller wrote is no leak. */
export function findingIn({ status, text }: Answered, request: string): Finding | undefined {
  let body: { data?: unknown; errors?: Array<{ message?: string; extensions?: { code?: string } }> };
  try {
    body = JSON.parse(text);
  } catch {
    return { kind: 'broken', what: `HTTP ${status} without JSON` };
  }
  const codes = (body.errors ?? []).map((error) => error.extensions?.code);
  if (codes.includes('INTERNAL_SERVER_ERROR')) return { kind: 'internal', what: 'INTERNAL_SERVER_ERROR' };
  // An issuer's address is no secret: every token names it.
  const shown = text.replaceAll(/"issuer":"[^"]*"/g, '');
  for (const [name, pattern] of LEAKS) {
    const found = pattern.exec(shown);
    if (found && !request.includes(found[0])) return { kind: 'leak', what: `${name}: ${found[0].slice(0, 80)}` };
  }
  if (codes.includes('SUBGRAPH_UNAVAILABLE') || codes.includes('IDENTITY_UNAVAILABLE'))
    return { kind: 'unavailable', what: 'a service did not answer' };
  if (codes.includes(undefined)) return { kind: 'uncoded', what: 'an error without extensions.code' };
  if (status >= 500) return { kind: 'broken', what: `HTTP ${status}` };
  return undefined;
}

/** The codes of an answer, for the summary: `ok`, or the distinct codes of its errors. */
export function outcomeOf(text: string): string {
  try {
    const { errors } = JSON.parse(text) as { errors?: Array<{ extensions?: { code?: string } }> };
    return errors?.length ? [...new Set(errors.map((error) => error.extensions?.code ?? 'none'))].sort().join('+') : 'ok';
  } catch {
    return 'not JSON';
  }
}
