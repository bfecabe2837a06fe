/**
 * `npm test`: everything, on a machine that has nothing but Debian, node and npm. Installs what the tests need, starts a Docker
 * engine and a registry of its own where none answer, runs the static checks and every suite, and takes away what it started.
 * The last line counts: `N passed, N failed`.
 */
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Progress } from '../src/cli/up/progress.ts';
import { TestMachine } from './lib/test-machine.ts';

const ROOT = resolve(import.meta.dirname, '..');

interface Count {
  readonly passed: number;
  readonly failed: number;
}

/** Runs one command with its output shown, and counts what mocha says at the end. */
function run(program: string, args: readonly string[]): Promise<Count> {
  return new Promise((done) => {
    const child = spawn(join(ROOT, 'node_modules/.bin', program), args, {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let tail = '';
    child.stdout.on('data', (chunk: Buffer) => {
      process.stdout.write(chunk);
      tail = (tail + chunk.toString()).slice(-200_000);
    });
    child.once('error', () => done({ passed: 0, failed: 1 }));
    child.once('close', (code) => {
      const count = (word: string) => Number(new RegExp(`^\\s*(\\d+) ${word}`, 'm').exec(tail)?.[1] ?? 0);
      const [passed, failed] = [count('passing'), count('failing')];
      // A check that is no test suite counts as one; a suite that died without saying so has failed.
      done(code === 0 ? { passed: passed || 1, failed: 0 } : { passed, failed: failed || 1 });
    });
  });
}

/** Real engines and kernels stall at times: a test gets a second try, and is named when it needed one. */
const ONE_MORE_TRY = ['--retries', '1', '--require', 'test/lib/report-retries.ts'];

/** Title, program, its arguments. */
const STAGES: readonly (readonly [string, string, readonly string[]])[] = [
  ['Format and lint', 'biome', ['check', '.']],
  ['Import directions and sizes', 'node', ['scripts/check-layers.ts']],
  ['Types', 'tsc', ['--noEmit']],
  ['Dead code', 'knip', []],
  ['Unit tests', 'mocha', ['src/**/*.test.ts', 'scripts/**/*.test.ts']],
  ['Integration tests', 'mocha', ['--timeout', '120000', ...ONE_MORE_TRY, 'test/integration/**/*.test.ts']],
  ['End-to-end tests', 'mocha', ['--timeout', '180000', ...ONE_MORE_TRY, 'test/e2e/**/*.test.ts']],
];

const HELP = `Runs every check and test, as root; installs and starts what they need, and takes away what it started.

  npm test
  npm test -- --only types --only unit      stages whose titles begin so: ${STAGES.map(([title]) => title).join(', ')}
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
  const isWanted = ([title]: (typeof STAGES)[number]) =>
    !only || only.some((word) => title.toLowerCase().startsWith(word.toLowerCase()));
  if (!STAGES.some(isWanted)) {
    console.error(`no stage begins with ${only?.join(' or ')}\n\n${HELP}`);
    return 1;
  }
  if (process.getuid?.() !== 0) {
    console.error('the tests drive Docker and the kernel: run them as root (sudo npm test)');
    return 1;
  }
  const progress = new Progress();
  const machine = new TestMachine();
  const results: (readonly [string, Count])[] = [];
  try {
    await machine.provide(progress);
    for (const [title, program, args] of STAGES.filter(isWanted)) {
      progress.say(`\n== ${title}`);
      results.push([title, await run(program, args)]);
    }
  } finally {
    await machine.remove();
  }
  progress.say('');
  for (const [title, { passed, failed }] of results)
    progress.say(`${failed ? '✗' : '✓'} ${title}: ${passed} passed, ${failed} failed`);
  const total = (pick: (count: Count) => number) => results.reduce((sum, [, count]) => sum + pick(count), 0);
  const failed = total((count) => count.failed);
  progress.say(`${total((count) => count.passed)} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
}

process.exitCode = await main();
