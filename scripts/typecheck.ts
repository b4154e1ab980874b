// `npm run typecheck`: generates the services' types, then type-checks the whole tree.
import { codegen } from './codegen.ts';
import { tool } from './stack/checks.ts';
import { command } from './stack/command.ts';

await command(async () => {
  await codegen();
  process.exitCode = (await tool('tsc', ['-p', 'tsconfig.json', '--noEmit', ...process.argv.slice(2)], true)).code;
});
