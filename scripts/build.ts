// `npm run build`: `dist` for every deployable, with tsc. `npm run build -- --assemble <folder> [--only <name>]` also lays out what each image holds: the
// clone's shape with dist, production dependencies and the schemas, run with plain Node and no TypeScript. The Dockerfiles call exactly this.
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { codegen } from './codegen.ts';
import { pnpmCommand, pnpmEnvironment } from './pnpm.mjs';
import { tool } from './stack/checks.ts';
import { command } from './stack/command.ts';
import { inRoot } from './stack/root.ts';
import { Sentence } from './stack/sentence.ts';

const LIBRARIES = ['packages/kernel', 'packages/customer-data', 'packages/events'];
const DEPLOYABLES: Record<string, { folder: string; name: string }> = {
  customer: { folder: 'services/customer', name: '@customer360/service-customer' },
  interaction: { folder: 'services/interaction', name: '@customer360/service-interaction' },
  lifecycle: { folder: 'services/lifecycle', name: '@customer360/service-lifecycle' },
  compliance: { folder: 'services/compliance', name: '@customer360/service-compliance' },
  gateway: { folder: 'gateway', name: '@customer360/gateway' },
  issuer: { folder: 'infra/issuer', name: '@customer360/issuer' },
  topics: { folder: 'infra/topics', name: '@customer360/topics' },
};

/** Emits a package's dist; libraries with declarations, since those who import them are compiled against dist, not source. */
async function emit(folder: string): Promise<void> {
  const config = inRoot('.cache', 'build', `${folder.replaceAll('/', '-')}.json`);
  mkdirSync(dirname(config), { recursive: true });
  rmSync(inRoot(folder, 'dist'), { recursive: true, force: true });
  const compilerOptions = {
    noEmit: false,
    outDir: inRoot(folder, 'dist'),
    rootDir: inRoot(folder, 'src'),
    declaration: LIBRARIES.includes(folder),
    customConditions: [],
    typeRoots: [inRoot('node_modules', '@types')],
  };
  const include = [inRoot(folder, 'src')];
  writeFileSync(
    config,
    JSON.stringify({
      extends: inRoot(folder, 'tsconfig.json'),
      compilerOptions,
      include,
      exclude: [inRoot(folder, 'src', '**', '*.test.ts')],
    }),
  );
  const { code, output } = await tool('tsc', ['-p', config]);
  if (code !== 0) throw new Sentence(`${folder} does not compile:\n${output}`);
}

/** Lays out one image's content below `target`. */
async function assemble(name: string, target: string): Promise<void> {
  const { folder, name: packageName } = DEPLOYABLES[name]!;
  rmSync(target, { recursive: true, force: true });
  const place = join(target, folder);
  const [npx, ...first] = pnpmCommand();
  const args = [
    ...first,
    '--config.inject-workspace-packages=true',
    '--filter',
    packageName,
    'deploy',
    '--prod',
    '--prefer-offline',
    place,
  ];
  const { code, said } = await new Promise<{ code: number; said: string }>((done) => {
    const child = spawn(npx!, args, { cwd: inRoot(), env: pnpmEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
      });
    }
    child.on('error', (error) => done({ code: 1, said: error.message }));
    child.on('exit', (status) => done({ code: status ?? 1, said: output }));
  });
  if (code !== 0) throw new Sentence(`${name} could not be assembled; pnpm said:\n${said.slice(-3000)}`);
  strip(place);
  const store = join(place, 'node_modules', '.pnpm');
  for (const entry of readdirSync(store).filter((entry) => entry.startsWith('@customer360'))) {
    const scope = join(store, entry, 'node_modules', '@customer360');
    for (const inner of readdirSync(scope)) strip(join(scope, inner));
  }
  cpSync(inRoot('schemas'), join(target, 'schemas'), { recursive: true, filter: (file) => !file.includes('node_modules') });
}

/** An image runs dist: sources, tests and tools' settings stay at home. */
function strip(folder: string): void {
  for (const name of ['src', 'tests', 'tsconfig.json', 'Dockerfile', 'codegen.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml']) {
    rmSync(join(folder, name), { recursive: true, force: true });
  }
}

function option(name: string): string | undefined {
  const at = process.argv.indexOf(name);
  if (at < 0) return undefined;
  const value = process.argv[at + 1];
  if (!value) throw new Sentence(`${name} needs a value.`);
  return value;
}

await command(async () => {
  const target = option('--assemble');
  const only = option('--only');
  const names = only ? only.split(',') : Object.keys(DEPLOYABLES);
  const unknown = names.find((name) => !DEPLOYABLES[name]);
  if (unknown) throw new Sentence(`There is no deployable ${unknown}; there are: ${Object.keys(DEPLOYABLES).join(', ')}.`);
  await codegen();
  for (const folder of [...LIBRARIES, ...names.map((name) => DEPLOYABLES[name]!.folder)]) {
    await emit(folder);
    console.log(`built ${folder}/dist`);
  }
  if (!target) return;
  for (const name of names) {
    await assemble(name, join(resolve(target), name));
    console.log(`assembled ${join(target, name)}`);
  }
});
