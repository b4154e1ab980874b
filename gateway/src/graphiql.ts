// The console at `/` of a developer's machine: serves the files of one folder that `npm start` fills (GRAPHIQL_DIR), and knows nothing of what is
// in them. They hold tokens, so only a page of this very machine may read them: not another site's script, nor one that had its name resolve
// to this address. Without the variable there is no such path. [issue 5, section 4]
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import type { Route } from '@customer360/kernel/http';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
};
/** Nothing from outside and no script in the page; the editor sets styles of its own. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src data:; font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const OWN_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

/** `/` = index.html, `/graphiql/<name>` = each file that is in the folder now. */
export function graphiqlRoutes(dir: string): Record<string, Route> {
  const routes: Record<string, Route> = { '/': serve(join(dir, 'index.html')) };
  for (const name of readdirSync(dir)) if (TYPES[extname(name)]) routes[`/graphiql/${name}`] = serve(join(dir, name));
  return routes;
}

function serve(file: string): Route {
  return async (request, response) => {
    if (!isOfThisMachine(request) || (request.method !== 'GET' && request.method !== 'HEAD')) {
      response.writeHead(403).end();
      return;
    }
    const content = await readFile(file);
    harden(response);
    response.writeHead(200, { 'content-type': TYPES[extname(file)]! }).end(content);
  };
}

const isOfThisMachine = ({ headers }: IncomingMessage): boolean => OWN_NAMES.has((headers.host ?? '').replace(/:\d+$/, ''));

function harden(response: ServerResponse): void {
  response.setHeader('content-security-policy', CONTENT_SECURITY_POLICY);
  response.setHeader('cross-origin-resource-policy', 'same-origin');
  response.setHeader('referrer-policy', 'no-referrer');
}
