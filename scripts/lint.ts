// `npm run lint [-- --write]`: Biome over the whole tree, format included.
import { tool } from './stack/checks.ts';
import { command } from './stack/command.ts';

await command(async () => {
  process.exitCode = (await tool('biome', ['check', '--error-on-warnings', ...process.argv.slice(2), '.'], true)).code;
});
