// `npm run process -- kill|start|restart <name> [signal]`: one process of the running `npm start`, to see what the graph does without it.
import { command } from './stack/command.ts';
import { readJson } from './stack/files.ts';
import { inRoot } from './stack/root.ts';
import type { Secrets } from './stack/secrets.ts';
import { Sentence } from './stack/sentence.ts';
import type { StackFile } from './stack/stack.ts';

await command(async () => {
  const [action, name, signal] = process.argv.slice(2);
  if (!action || !name)
    throw new Sentence(
      'Usage: npm run process -- kill|start|restart <service, gateway, issuer, postgres or kafka> [SIGKILL|SIGTERM|SIGSTOP|SIGCONT]',
    );
  const stack = readJson<StackFile>(inRoot('.run', 'stack.json'));
  if (!stack?.control) throw new Sentence('No stack runs here: `npm start` first.');
  const { control } = readJson<Secrets>(stack.secrets)!;
  const answer = await fetch(`${stack.control}/${action}/${name}${signal ? `?signal=${signal}` : ''}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${control}` },
  }).catch(() => {
    throw new Sentence('The stack does not answer: `npm start` again.');
  });
  if (!answer.ok) throw new Sentence(await answer.text());
  console.log(`${action} ${name}: done`);
});
