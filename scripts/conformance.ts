/**
 * `npm run conformance -- watch gc`: our tests of the behaviours that Kubernetes certifies, against a cluster of their own or the
 * one of `--kubeconfig`. Without a feature or a part of a name: all. Prints passed, failed and not written by feature and writes
 * docs/conformance.md, where the tests that did not run keep their last result. Exit code 1 when one fails.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { Progress } from '../src/cli/up/progress.ts';
import { type ConformanceTest, registeredTests } from '../test/conformance/lib/conformance.ts';
import { Lab } from '../test/lab/lab.ts';
import { TestCluster } from '../test/lib/cluster.ts';
import { type OfficialTest, parseCatalogue, select } from './conformance/catalogue.ts';
import { type Outcome, parseDocument, type Results, renderDocument, renderSummary } from './conformance/report.ts';
import { runTests } from './conformance/run.ts';
import { ApiConnection } from './lib/api-connection.ts';
import { TestMachine } from './lib/test-machine.ts';

const ROOT = resolve(import.meta.dirname, '..');
const SUITE = join(ROOT, 'test/conformance');
const CATALOGUE = parseCatalogue(readFileSync(join(SUITE, 'tests.tsv'), 'utf8'));
const DOCUMENT = join(ROOT, 'docs/conformance.md');

interface Options {
  readonly kubeconfig?: string;
  /** More than one: each a machine of its own in a lab. */
  readonly nodes: number;
  readonly parallel: number;
  /** Whether docs/conformance.md is written. */
  readonly record: boolean;
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('must be a whole number above 0');
  return value;
}

function parse(): { words: string[]; options: Options } {
  const command = new Command('conformance')
    .description('run our tests of what Kubernetes certifies, by feature or part of a name (as root)')
    .argument('[feature or name...]', 'see test/conformance/tests.tsv; all when left out', known)
    .option('--kubeconfig <file>', "a running Bramble's; a cluster of its own is started when left out")
    .option('--nodes <n>', 'of a cluster of its own; some tests need two, each a machine in a lab', count, 1)
    .option('--parallel <n>', 'how many tests at a time', count, 4)
    .option('--no-record', 'leave docs/conformance.md as it is')
    .parse();
  return { words: command.processedArgs[0] ?? [], options: command.opts<Options>() };
}

/** @throws InvalidArgumentError when nothing is called so */
function known(word: string, before: string[] = []): string[] {
  try {
    select(CATALOGUE, [word]);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
  return [...before, word];
}

/** Imports the files of these tests' features. @throws Error for a name that is not one of its feature, or registered twice. */
async function loadTests(selected: readonly OfficialTest[]) {
  const featureOf = new Map(CATALOGUE.map(({ name, feature }) => [name, feature]));
  const written = new Map<string, ConformanceTest>();
  for (const feature of new Set(selected.map((test) => test.feature))) {
    const file = join(SUITE, `${feature}.test.ts`);
    if (!existsSync(file)) continue;
    const before = registeredTests().length;
    await import(file);
    for (const test of registeredTests().slice(before)) {
      if (featureOf.get(test.name) !== feature) throw new Error(`${feature} has no official test called ${test.name}`);
      if (written.has(test.name)) throw new Error(`written twice: ${test.name}`);
      written.set(test.name, test);
    }
  }
  return written;
}

/** Networks and a bridge that hardly another run has at the same time. The engine's network is called as the bridge without its number. */
function ownCluster(): TestCluster {
  const slot = process.pid % 20;
  return new TestCluster({
    bridge: `bconf${'abcdefghijklmnopqrst'.charAt(slot)}0`,
    clusterCidr: `10.${160 + 2 * slot}.0.0/16`,
    serviceCidr: `10.${161 + 2 * slot}.0.0/16`,
  });
}

function show(test: ConformanceTest, outcome: Outcome, seconds: number, error: unknown): void {
  console.log(`${outcome.result === 'passed' ? '✓' : '✗'} ${test.name} (${seconds.toFixed(1)} s)`);
  if (outcome.result !== 'passed') console.log(String((error instanceof Error && error.stack) || error));
}

/** What is known of every test: this run's outcome, or the last one of a test that this run had nothing to do with. */
function merge(
  selected: readonly OfficialTest[],
  results: { earlier: Results; now: Results; written: Iterable<string> },
) {
  const merged = new Map(results.earlier);
  for (const { name } of selected) merged.delete(name);
  for (const name of results.written) {
    const outcome: Outcome = results.now.get(name) ?? results.earlier.get(name) ?? { result: 'not run' };
    merged.set(name, outcome);
  }
  return merged;
}

/** A cluster of our own, on a machine that has what its pods need. Whoever calls the run off is left with nothing of it. */
async function withOwnCluster<T>(work: (kubeconfig: string) => Promise<T>): Promise<T> {
  const machine = new TestMachine();
  const cluster = ownCluster();
  const cleanUp = async () => {
    await cluster.stop();
    await machine.remove();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void cleanUp().finally(() => process.exit(130)));
  }
  try {
    await machine.provide(new Progress());
    await cluster.start();
    return await work(cluster.kubeconfig);
  } finally {
    await cleanUp();
  }
}

/** A cluster of several machines, inside this one. */
async function withLab<T>(nodes: number, work: (kubeconfig: string) => Promise<T>): Promise<T> {
  const name = `conformance-${process.pid}`;
  const machine = new TestMachine();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void Lab.down(name).finally(() => process.exit(130)));
  }
  try {
    await machine.provide(new Progress());
    const lab = await Lab.up({ name, nodes }, (what) => console.log(what));
    return await work(lab.kubeconfig);
  } finally {
    await Lab.down(name);
    await machine.remove();
  }
}

async function run(tests: readonly ConformanceTest[], { kubeconfig, nodes, parallel }: Options): Promise<Results> {
  if (tests.length === 0) return new Map();
  const runAt = async (config: string) => {
    const connection = new ApiConnection(config);
    try {
      return await runTests(connection, tests, { parallel, onResult: show });
    } finally {
      connection.close();
    }
  };
  if (kubeconfig !== undefined) return runAt(kubeconfig);
  return nodes > 1 ? withLab(nodes, runAt) : withOwnCluster(runAt);
}

async function main(): Promise<number> {
  const { words, options } = parse();
  const selected = select(CATALOGUE, words);
  const written = await loadTests(selected);
  const results = await run(
    selected.flatMap(({ name }) => written.get(name) ?? []),
    options,
  );
  if (options.record) {
    const earlier = existsSync(DOCUMENT) ? parseDocument(readFileSync(DOCUMENT, 'utf8')) : new Map();
    writeFileSync(
      DOCUMENT,
      renderDocument(CATALOGUE, merge(selected, { earlier, now: results, written: written.keys() })),
    );
  }
  console.log(`\n${renderSummary(selected, results)}`);
  return [...results.values()].some(({ result }) => result === 'failed') ? 1 : 0;
}

process.exitCode = await main();
