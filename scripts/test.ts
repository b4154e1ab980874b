// `npm test [-- files or jest options]`: every suite, against a stack of its own in .run/test-<pid> (a running `npm start` is not touched, several runs may go
// on at once). Static checks count like tests; tests/resilience and tests/chaos run alone, last. Ends with the line `N passed, N failed` and leaves nothing running.
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { checks } from './stack/checks.ts';
import { command, onStop } from './stack/command.ts';
import { readJson } from './stack/files.ts';
import { choosePort } from './stack/ports.ts';
import { stopRequest } from './stack/processes.ts';
import { inRoot } from './stack/root.ts';
import { report } from './stack/sentence.ts';
import { destroyStack, type Stack, startStack } from './stack/stack.ts';

const started = Date.now();
const log = (line: string) => console.log(`[${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s] ${line}`);
const total = { passed: 0, failed: 0, skipped: 0 };
const dir = inRoot('.run', `test-${process.pid}`);
const asked = process.argv.slice(2);
const wholeRun = asked.length === 0;
let smtpPort: string | undefined;
let jest: ReturnType<typeof spawn> | undefined;

/** Stacks of test runs that were killed. */
async function sweep(): Promise<void> {
  mkdirSync(inRoot('.run'), { recursive: true });
  for (const name of readdirSync(inRoot('.run'))) {
    // One without a stack has no lock, but its process lives.
    if (/^test-\d+$/.test(name) && !runs(Number(name.slice(5)))) await destroyStack(inRoot('.run', name)).catch(() => {}); // alive: its lock says so
  }
}

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function listTests(): Promise<string[]> {
  const patterns = asked.filter((argument, index) => !argument.startsWith('-') && !/^-(t|-testNamePattern)$/.test(asked[index - 1] ?? ''));
  const { output } = await runJest(['--listTests', ...patterns], true);
  return output.split('\n').filter((line) => line.endsWith('.test.ts'));
}

function runJest(args: string[], quiet: boolean, env: Record<string, string> = {}): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const flags = [
      '--experimental-vm-modules',
      '--conditions=customer360-source',
      '--disable-warning=ExperimentalWarning',
      '--disable-warning=TimeoutNegativeWarning',
    ];
    jest = spawn(
      process.execPath,
      [...flags, inRoot('node_modules', 'jest', 'bin', 'jest.js'), '--config', inRoot('jest.config.mjs'), ...args],
      {
        cwd: inRoot(),
        stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
        env: { ...process.env, NODE_OPTIONS: flags.join(' '), NODE_ENV: 'test', ...env },
      },
    );
    let output = '';
    jest.stdout?.on('data', (chunk) => {
      output += chunk;
    });
    jest.on('error', (error) => resolve({ code: 1, output: error.message }));
    jest.on('exit', (code) => resolve({ code: code ?? 1, output }));
  });
}

interface JestResult {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  numRuntimeErrorTestSuites: number;
}

async function runFiles(files: string[], stack: Stack | undefined, options: string[]): Promise<void> {
  if (files.length === 0 || stopRequest.signal.aborted) return;
  const outputFile = join(dir, 'jest.json');
  rmSync(outputFile, { force: true });
  mkdirSync(dir, { recursive: true });
  const flags = asked.flatMap((argument, index) =>
    argument.startsWith('-') || /^-(t|-testNamePattern)$/.test(asked[index - 1] ?? '') ? [argument] : [],
  );
  const env: Record<string, string> = stack ? { CUSTOMER360_STACK: stack.file, ...(smtpPort && { CUSTOMER360_SMTP_PORT: smtpPort }) } : {};
  const paths = files.map((file) => relative(inRoot(), file));
  const { code } = await runJest(['--json', `--outputFile=${outputFile}`, ...options, ...flags, '--runTestsByPath', ...paths], false, env);
  const result = readJson<JestResult>(outputFile);
  if (!result) {
    total.failed += 1;
    return log(`jest ended with code ${code} and no result`);
  }
  total.passed += result.numPassedTests;
  total.failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
  total.skipped += result.numPendingTests + result.numTodoTests;
  if (code !== 0 && result.numFailedTests + result.numRuntimeErrorTestSuites === 0) total.failed += 1;
}

async function runChecks(): Promise<void> {
  for (const { name, run } of checks) {
    if (stopRequest.signal.aborted) return;
    const complaint = await run().catch((error) => String(error.message));
    if (complaint === undefined) {
      total.passed += 1;
      log(`✓ ${name}`);
    } else {
      total.failed += 1;
      log(`✗ ${name}\n${complaint}`);
    }
  }
}

async function suites(files: string[]): Promise<void> {
  const alone = (file: string) => /\/tests\/(resilience|chaos)\//.test(file);
  const needsStack = files.some((file) => /support\/|CUSTOMER360_STACK/.test(readFileSync(file, 'utf8')));
  let stack: Stack | undefined;
  try {
    if (needsStack) {
      // Nobody listens there until a test does; mails wait for it.
      smtpPort = String(await choosePort({ name: 'mail' }));
      const env = {
        EXPOSE_STATEMENTS: 'true',
        RATE_LIMIT_PER_MINUTE: '1000000',
        SUBGRAPH_TIMEOUT_MS: '4000', // twice the default: suites share two cores
        SMTP_URL: `smtp://127.0.0.1:${smtpPort}`,
        PORTAL_INTERACTIONS: 'call,email',
      };
      stack = await startStack({ dir, log, topicPrefix: `test-${process.pid}.`, databasePrefix: `customer360_test_${process.pid}_`, env });
    }
    const together = files.filter((file) => !alone(file));
    const oneByOne = files.filter(alone);
    await runFiles(together, stack, []);
    await runFiles(oneByOne, stack, ['--runInBand']);
  } catch (error) {
    total.failed += 1;
    report(error);
  } finally {
    await stack?.stop();
  }
}

await command(async () => {
  onStop((why) => {
    log(`stopping (${why}) …`);
    stopRequest.abort();
    jest?.kill('SIGTERM');
  });
  await sweep();
  const files = await listTests();
  if (files.length === 0) {
    log(`no test file matches ${asked.join(' ')}`);
    total.failed += 1;
  }
  if (wholeRun) await runChecks();
  await suites(files);
  if (total.failed > 0 && existsSync(join(dir, 'logs'))) {
    rmSync(inRoot('.run', 'test-logs'), { recursive: true, force: true });
    cpSync(join(dir, 'logs'), inRoot('.run', 'test-logs'), { recursive: true });
    log('the logs of the stack are kept in .run/test-logs');
  }
  await destroyStack(dir);
});
if (stopRequest.signal.aborted) total.failed += 1;
if (total.skipped > 0) console.log(`${total.skipped} skipped`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(process.exitCode || (total.failed > 0 || total.passed === 0 ? 1 : 0));
