/**
 * `npm test`: everything, on a machine that has nothing but Debian, node and npm. Installs what the tests need, starts a Docker
 * engine and a registry of its own where none answer, runs the static checks and every suite, and takes away what it started.
 * The last line counts: `N passed, N failed`.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Progress } from '../src/cli/up/progress.ts';
import { TestMachine } from './lib/test-machine.ts';
import { type Count, TestStage } from './lib/test-stage.ts';

const ROOT = resolve(import.meta.dirname, '..');

/** Real engines and kernels stall at times: a test gets a second try, and it is said which one needed it, and why. */
const ONE_MORE_TRY = ['--retries', '1'];
const END_TO_END = ['--timeout', '180000', ...ONE_MORE_TRY];
/** End-to-end tests that touch nothing but what they make themselves: labs, and clusters with a bridge and address ranges of their own. */
const LABS = 'test/e2e/lab/**/*.test.ts';
const OWN_CLUSTERS = [
  'backup/*',
  'bad-input/agent-disk',
  'bad-input/disk',
  'bad-input/engine',
  'bad-input/identity',
  'build/*',
  'edge/*',
  'nodes/health',
  'workloads/master-killed',
].map((name) => `test/e2e/${name}.test.ts`);
const NOT_APART = [LABS, ...OWN_CLUSTERS].flatMap((files) => ['--ignore', files]);

interface Stage {
  readonly title: string;
  readonly program: string;
  readonly args: readonly string[];
}

/**
 * Two that run beside each other, since tests of a real system wait for clocks half of the time. What one has on the machine's engine
 * and in its network (bridges, address ranges, rules, images it removes) bears other names than the other's; labs are apart from both.
 */
const LANES: readonly (readonly Stage[])[] = [
  [
    { title: 'Format and lint', program: 'biome', args: ['check', '.'] },
    { title: 'Import directions and sizes', program: 'node', args: ['scripts/check-layers.ts'] },
    { title: 'Types', program: 'tsc', args: ['--noEmit'] },
    { title: 'Dead code', program: 'knip', args: [] },
    { title: 'Unit tests', program: 'mocha', args: ['src/**/*.test.ts', 'scripts/**/*.test.ts'] },
    {
      title: 'Integration tests',
      program: 'mocha',
      args: ['--timeout', '120000', ...ONE_MORE_TRY, 'test/integration/**/*.test.ts'],
    },
    { title: 'End-to-end tests', program: 'mocha', args: [...END_TO_END, ...NOT_APART, 'test/e2e/**/*.test.ts'] },
  ],
  [
    { title: 'Lab tests', program: 'mocha', args: [...END_TO_END, LABS] },
    { title: 'Tests with clusters of their own', program: 'mocha', args: [...END_TO_END, ...OWN_CLUSTERS] },
  ],
];
const STAGES = LANES.flat();

const HELP = `Runs every check and test, as root; installs and starts what they need, and takes away what it started.

  npm test
  npm test -- --only types --only unit      stages whose titles begin so: ${STAGES.map(({ title }) => title).join(', ')}
`;

/** @returns what is wrong with the command line, in words, where something is */
function parse() {
  try {
    return parseArgs({ options: { help: { type: 'boolean' }, only: { type: 'string', multiple: true } } }).values;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function main(): Promise<number> {
  const values = parse();
  if (typeof values === 'string') {
    console.error(`${values}\n\n${HELP}`);
    return 1;
  }
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const { only } = values;
  const wanted = STAGES.filter(
    ({ title }) => !only || only.some((word) => title.toLowerCase().startsWith(word.toLowerCase())),
  );
  if (wanted.length === 0) {
    console.error(`no stage begins with ${only?.join(' or ')}\n\n${HELP}`);
    return 1;
  }
  if (process.getuid?.() !== 0) {
    console.error('the tests drive Docker and the kernel: run them as root (sudo npm test)');
    return 1;
  }
  const progress = new Progress();
  const results = await runAll(wanted, progress);
  progress.say('');
  for (const [title, { passed, failed }] of results)
    progress.say(`${failed ? '✗' : '✓'} ${title}: ${passed} passed, ${failed} failed`);
  const total = (pick: (count: Count) => number) => results.reduce((sum, [, count]) => sum + pick(count), 0);
  const failed = total((count) => count.failed);
  progress.say(`${total((count) => count.passed)} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
}

/** The output of a stage comes when those before it, of whatever lane, have ended. */
async function runAll(wanted: readonly Stage[], progress: Progress): Promise<(readonly [string, Count])[]> {
  const machine = new TestMachine();
  const results: (readonly [string, Count])[] = [];
  const runs = new Map(wanted.map((stage) => [stage, new TestStage(ROOT, stage.program, stage.args)]));
  const interrupt = (signal: NodeJS.Signals) => {
    for (const run of runs.values()) run.interrupt(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, interrupt);
  try {
    await machine.provide(progress);
    const lanes = LANES.map(async (stages) => {
      for (const stage of stages) await runs.get(stage)?.run();
    });
    for (const [{ title }, run] of runs) {
      progress.say(`\n== ${title}`);
      results.push([title, await run.show()]);
    }
    await Promise.all(lanes);
  } finally {
    await machine.remove();
  }
  return results;
}

process.exitCode = await main();
