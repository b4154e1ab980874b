// `npm run bench -- matching`: judges the matcher on a labelled file. Keys, the bound on a block, comparison, weights and score are the product's own modules;
// only the index is in memory instead of the table match_key (candidate-pairs.ts, which imports and `matching learn` use too).
import { parseArgs } from 'node:util';
import { indexOf } from '../../services/customer/src/duplicate/candidate-pairs.ts';
import { learnModel, lessonOf } from '../../services/customer/src/duplicate/learn-model.ts';
import { DEFAULT_MODEL, type MatchingModel } from '../../services/customer/src/duplicate/matching-model.ts';
import type { Profile } from '../../services/customer/src/duplicate/profile.ts';
import { type Judgement, judge } from '../../services/customer/src/duplicate/score.ts';
import { countValues, SAMPLE } from '../../services/customer/src/duplicate/statistics.ts';
import { fixed, machine, table } from './figures.ts';
import { type Labelled, readLabelled } from './labelled-file.ts';

export const USAGE =
  'npm run bench -- matching --file people.csv --map mapping.json [--truth column] [--cluster] [--threshold 80] [--learn] [--errors 10]';
const THRESHOLDS = [30, 50, 60, 70, 80, 90, 95, 99];

interface Pair {
  readonly a: number;
  readonly b: number;
  readonly score: number;
  readonly reasons: Judgement['reasons'];
  readonly same: boolean;
}

export async function run(args: string[], log: (line: string) => void): Promise<void> {
  const options = {
    file: { type: 'string' },
    map: { type: 'string' },
    truth: { type: 'string' },
    cluster: { type: 'boolean', default: false },
    threshold: { type: 'string', default: '80' },
    learn: { type: 'boolean', default: false },
    errors: { type: 'string', default: '0' },
  } as const;
  const { values } = parseArgs({ args, options });
  const threshold = Number(values.threshold);
  const errors = Number(values.errors);
  if (!values.file || !values.map || !(threshold >= 0 && threshold < 100) || !(errors >= 0)) throw new Error(`Usage: ${USAGE}`);
  const began = performance.now();
  const file = await readLabelled(values.file, values.map, values.truth);
  log(`Matching, ${machine(1)}`);
  log(`${file.profiles.length} rows read and normalised in ${seconds(began)} s`);
  evaluate(file, DEFAULT_MODEL, { threshold, errors, cluster: values.cluster }, log);
  if (!values.learn) return;
  const learning = performance.now();
  const learned = learnModel(lessonOf(file.profiles), DEFAULT_MODEL, 'learned-1');
  log(
    `\nlearned from the file, without its labels, in ${seconds(learning)} s: ${learned.pairs} pairs, ${learned.rounds} rounds, expected duplicates ${fixed(learned.model.expected.same, 3)} and neighbours ${fixed(learned.model.expected.household + learned.model.expected.house, 3)} a record`,
  );
  evaluate(file, learned.model, { threshold, errors, cluster: values.cluster }, log);
}

const seconds = (since: number): string => fixed((performance.now() - since) / 1_000, 1);

function evaluate(
  { profiles, labels }: Labelled,
  model: MatchingModel,
  ask: { threshold: number; errors: number; cluster: boolean },
  log: (line: string) => void,
): void {
  const began = performance.now();
  const index = indexOf(profiles);
  const world = { model, statistics: countValues(sampleOf(profiles), profiles.length), others: index.others };
  const pairs: Pair[] = [];
  let compared = 0;
  let blocked = 0;
  index.pairs((a, b) => {
    compared++;
    const same = labels?.[a] !== undefined && labels[a] === labels[b];
    if (same) blocked++;
    const { score, reasons } = judge(profiles[a]!, profiles[b]!, world);
    if (score > THRESHOLDS[0]! || same) pairs.push({ a, b, score, reasons, same });
  });
  const took = seconds(began);
  const total = labels ? truePairs(labels) : Number.NaN;
  log(
    `\n${model.version}: ${compared} pairs compared of ${(profiles.length * (profiles.length - 1)) / 2} in ${took} s, peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`,
  );
  if (!labels) {
    const above = THRESHOLDS.map((t) => [String(t), String(pairs.filter(({ score }) => score > t).length)]);
    log(table(['score above', 'pairs'], above));
    return;
  }
  log(`${total} true pairs; blocking recall ${fixed(blocked / total, 4)}`);
  const rows = [...new Set([...THRESHOLDS, ask.threshold])].sort((x, y) => x - y).map((t) => quality(String(t), pairs, t, total));
  log(table(['score above', 'found', 'wrong', 'missed', 'precision', 'recall', 'F1'], rows));
  if (ask.cluster) cluster(pairs, profiles.length, labels, total, log);
  show(
    'wrong',
    pairs.filter(({ same, score }) => !same && score > ask.threshold).sort((x, y) => y.score - x.score),
    ask.errors,
    profiles,
    log,
  );
  show(
    'missed',
    pairs.filter(({ same, score }) => same && score <= ask.threshold).sort((x, y) => y.score - x.score),
    ask.errors,
    profiles,
    log,
  );
}

/** Evenly spread over the file. */
function* sampleOf(profiles: readonly Profile[]): Iterable<Profile> {
  const step = Math.max(1, profiles.length / SAMPLE);
  for (let at = 0; at < profiles.length; at += step) yield profiles[Math.floor(at)]!;
}

function truePairs(labels: ReadonlyArray<string | undefined>): number {
  const sizes = new Map<string, number>();
  for (const label of labels) if (label !== undefined) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  return [...sizes.values()].reduce((sum, size) => sum + (size * (size - 1)) / 2, 0);
}

function quality(name: string, pairs: readonly Pair[], threshold: number, total: number): string[] {
  const found = pairs.filter(({ score }) => score > threshold);
  const right = found.filter(({ same }) => same).length;
  return scores(name, found.length, right, total);
}

function scores(name: string, found: number, right: number, total: number): string[] {
  const precision = found === 0 ? 1 : right / found;
  const recall = right / total;
  return [
    name,
    String(found),
    String(found - right),
    String(total - right),
    fixed(precision, 4),
    fixed(recall, 4),
    fixed((2 * precision * recall) / (precision + recall || 1), 4),
  ];
}

/** Joins what scores above 95, as an import does, and counts all pairs that the clusters imply. */
function cluster(
  pairs: readonly Pair[],
  rows: number,
  labels: ReadonlyArray<string | undefined>,
  total: number,
  log: (line: string) => void,
): void {
  const parent = Array.from({ length: rows }, (_, i) => i);
  const find = (i: number): number => {
    let root = i;
    while (parent[root] !== root) root = parent[root]!;
    while (parent[i] !== root) [i, parent[i]] = [parent[i]!, root];
    return root;
  };
  for (const { a, b, score } of pairs) if (score > 95) parent[find(a)] = find(b);
  const clusters = Map.groupBy(parent.keys(), find);
  let found = 0;
  let right = 0;
  for (const members of clusters.values()) {
    found += (members.length * (members.length - 1)) / 2;
    right += truePairs(members.map((i) => labels[i]));
  }
  log(
    `\nclusters cut at 95: ${clusters.size} customers, the largest of ${Math.max(...[...clusters.values()].map((members) => members.length))} rows`,
  );
  log(table(['clusters', 'found', 'wrong', 'missed', 'precision', 'recall', 'F1'], [scores('95', found, right, total)]));
}

function show(what: string, pairs: readonly Pair[], count: number, profiles: readonly Profile[], log: (line: string) => void): void {
  for (const { a, b, score, reasons } of pairs.slice(0, count)) {
    log(
      `\n${what}, score ${fixed(score, 1)}: ${reasons.map(({ field, level, bits }) => `${field} ${level} ${fixed(bits, 1)}`).join(', ')}`,
    );
    for (const position of [a, b]) log(`  ${position + 2}: ${JSON.stringify(profiles[position])}`);
  }
}
