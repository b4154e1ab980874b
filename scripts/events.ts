// `npm run events -- <command>`: the operator's view of the topics and of everybody who lives on them. Works on `.run/stack.json` or, elsewhere, on what
// the environment names (scripts/events/place.ts). One file per subject in scripts/events/. (events.md)
import { parseArgs } from 'node:util';
import { listParked, replay, show } from './events/parked.ts';
import { rebuild } from './events/rebuild.ts';
import { listTopics, showLag, tail } from './events/topics.ts';
import { command, onStop } from './stack/command.ts';

const USAGE = `Usage:
  npm run events -- topics                                   every topic: kind, owner, records
  npm run events -- lag                                      what is not published or not applied yet, per service
  npm run events -- tail <topic> [--key K] [--type T] [--count N] [--from-beginning]
                                                             records as they come, personal values hidden
  npm run events -- tail <topic> --recording > file.jsonl    all of them as they are, for the SDK's test kit
  npm run events -- parked                                   keys that wait, per service
  npm run events -- show <service> <topic> <key>             the events of one key, in order
  npm run events -- replay <service> <topic> <key> | --all   drain a key (or all keys of a service), and say what became of it
  npm run events -- rebuild <service> directory | timeline   fill a projection anew while the service keeps answering
`;

await command(async () => {
  const options = {
    all: { type: 'boolean' },
    key: { type: 'string' },
    type: { type: 'string' },
    count: { type: 'string' },
    'from-beginning': { type: 'boolean' },
    recording: { type: 'boolean' },
  } as const;
  const usage = () => {
    process.stderr.write(USAGE);
    process.exitCode = 64;
  };
  let parsed: ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>>;
  try {
    parsed = parseArgs({ options, allowPositionals: true });
  } catch {
    return usage();
  }
  const { values, positionals } = parsed;
  const [verb, first, second, third] = positionals;
  const count = values.count === undefined ? undefined : Number(values.count);
  if (count !== undefined && !(Number.isInteger(count) && count > 0)) return usage();

  if (verb === 'topics') return listTopics();
  if (verb === 'lag') return showLag();
  if (verb === 'parked') return listParked();
  if (verb === 'show' && first && second && third) return show(first, second, third);
  if (verb === 'replay' && first && values.all) return replay(first);
  if (verb === 'replay' && first && second && third) return replay(first, second, third);
  if (verb === 'rebuild' && first && second) return rebuild(first, second);
  if (verb === 'tail' && first) {
    const interrupted = new Promise((resolve) => onStop(resolve));
    const { key, type, recording = false } = values;
    return tail(first, { key, type, count, fromBeginning: values['from-beginning'] ?? false, recording }, interrupted);
  }
  usage();
});
