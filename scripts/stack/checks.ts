// The static checks, each answering its complaint or undefined: generated types, compiler, linter, composition. `npm test` counts them like tests.
import { spawn } from 'node:child_process';
import { codegen } from '../codegen.ts';
import { composeComplaints } from '../compose.ts';
import { inRoot } from './root.ts';

/** Runs a tool of the install; answers its exit code and output. */
export function tool(name: string, args: string[], inherit = false): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(inRoot('node_modules', '.bin', name), args, {
      cwd: inRoot(),
      stdio: ['ignore', inherit ? 'inherit' : 'pipe', inherit ? 'inherit' : 'pipe'],
    });
    let output = '';
    child.stdout?.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr?.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', (error) => resolve({ code: 1, output: error.message }));
    child.on('exit', (code) => resolve({ code: code ?? 1, output }));
  });
}

const complaintOf = async (name: string, args: string[]): Promise<string | undefined> => {
  const { code, output } = await tool(name, args);
  return code === 0 ? undefined : output.slice(-20_000);
};

export interface Check {
  name: string;
  run: () => Promise<string | undefined>;
}

export const checks: Check[] = [
  { name: 'the supergraph composes without hints and is committed', run: async () => composeComplaints().join('\n') || undefined },
  { name: 'types of the services are generated from their SDL', run: async () => void (await codegen()) },
  { name: 'everything type-checks', run: () => complaintOf('tsc', ['-p', 'tsconfig.json', '--noEmit']) },
  { name: 'everything is linted and formatted', run: () => complaintOf('biome', ['check', '--error-on-warnings', '.']) },
];
