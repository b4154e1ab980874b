// `npm run customer -- matching <learn|list|promote>`: the operator's view of duplicate matching. Works on the stack of `.run/stack.json` or, elsewhere, on
// CUSTOMER_DATABASE_URL; the service may keep running. A learned model judges nothing until somebody promotes it. (matching-and-predictions.md)
import { userInfo } from 'node:os';
import { openDatabase } from '../packages/kernel/src/database.ts';
import { createLog } from '../packages/kernel/src/log.ts';
import { LEAST_TO_LEARN, learnMatching } from '../services/customer/src/duplicate/learn-matching.ts';
import { listModels, promote } from '../services/customer/src/duplicate/matching-model.table.ts';
import { databaseOf, print, table } from './events/place.ts';
import { command } from './stack/command.ts';
import { Sentence } from './stack/sentence.ts';

const USAGE = `Usage:
  npm run customer -- matching learn               refit the weights from this installation's customers; keeps the model, promotes nothing
  npm run customer -- matching list                the models, and which one judges
  npm run customer -- matching promote <version>   let it judge from now on (default-1 is the shipped one)`;

await command(async () => {
  const [noun, verb, version] = process.argv.slice(2);
  if (noun !== 'matching' || !['learn', 'list', 'promote'].includes(verb ?? '') || (verb === 'promote') !== (version !== undefined))
    throw new Sentence(USAGE);
  const log = createLog('customer', 'error');
  const options = {
    url: databaseOf('customer'),
    entities: [],
    migrations: [],
    poolMax: 2,
    statementTimeoutMs: 60_000,
    name: 'customer command',
    log,
  };
  const db = await openDatabase(options, 5_000);
  try {
    if (verb === 'learn') {
      const learned = await learnMatching(db);
      if (!learned)
        throw new Sentence(`There are fewer than ${LEAST_TO_LEARN} customers: too few to learn from, the shipped weights stay.`);
      const { model, customers, pairs, rounds } = learned;
      print(
        `${model.version}: learned from ${customers} customers and ${pairs} pairs in ${rounds} rounds; expects ${model.expected.same.toFixed(3)} duplicates a record.`,
      );
      print(
        `Try it with npm run bench -- matching --learn on a labelled file, then: npm run customer -- matching promote ${model.version}`,
      );
    }
    if (verb === 'promote') {
      // Who does this has the database's password; the name is for the list, not for access.
      if (!(await promote(db, version!, { kind: 'SYSTEM', id: `operator ${userInfo().username}`, roles: [] })))
        throw new Sentence(`There is no model ${version}.`);
      print(`${version} judges from now on.`);
    }
    if (verb === 'list')
      table(
        (await listModels(db)).map((row) => ({
          version: row.version,
          judges: row.active ? 'yes' : '',
          customers: row.customers,
          pairs: row.pairs,
          learned: row.learnedAt.toISOString(),
          promoted: row.promotedAt?.toISOString() ?? 'never',
        })),
      );
  } finally {
    await db.close();
  }
});
process.exit(process.exitCode ?? 0);
