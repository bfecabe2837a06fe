/**
 * `npm test`: everything, on a machine that has nothing but Debian, node and npm. Installs what the tests need, starts a Docker
 * engine and a registry of its own where none answer, runs the static checks and every suite, and takes away what it started.
 * The last line counts: `N passed, N failed`.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { BackgroundProgram } from '../src/cli/up/background.ts';
import { engineAnswers, engineProgram, startEngine } from '../src/cli/up/engine.ts';
import { provideImages } from '../src/cli/up/example.ts';
import { RECIPES } from '../src/cli/up/images/recipes.ts';
import { RegistryMirror } from '../src/cli/up/mirror.ts';
import { installPackages } from '../src/cli/up/packages.ts';
import { Progress } from '../src/cli/up/progress.ts';
import { hasProgram } from '../src/cli/up/run-command.ts';

const ROOT = resolve(import.meta.dirname, '..');

/** Program → Debian package. */
const NEEDED: readonly (readonly [string, string])[] = [
  ['dockerd', 'docker.io'],
  ['iptables', 'iptables'],
  ['nft', 'nftables'],
  ['conntrack', 'conntrack'],
  ['ip', 'iproute2'],
  ['curl', 'curl'],
  ['gcc', 'gcc'],
  ['openssl', 'openssl'],
  ['script', 'bsdutils'],
  ['busybox', 'busybox-static'],
  ['kubectl', 'kubernetes-client'],
  ['docker-registry', 'docker-registry'],
  ['python3', 'python3'],
  ['ps', 'procps'],
];

/** File → Debian package. */
const NEEDED_FILES: readonly (readonly [string, string])[] = [['/usr/include/stdlib.h', 'libc6-dev']];

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

const STAGES: readonly (readonly [string, string, readonly string[]])[] = [
  ['Format and lint', 'biome', ['check', '.']],
  ['Import directions and sizes', 'node', ['scripts/check-layers.ts']],
  ['Types', 'tsc', ['--noEmit']],
  ['Dead code', 'knip', []],
  ['Unit tests', 'mocha', ['src/**/*.test.ts', 'scripts/**/*.test.ts']],
  ['Integration tests', 'mocha', ['--timeout', '120000', ...ONE_MORE_TRY, 'test/integration/**/*.test.ts']],
  ['End-to-end tests', 'mocha', ['--timeout', '180000', ...ONE_MORE_TRY, 'test/e2e/**/*.test.ts']],
];

async function provide(dataDir: string, progress: Progress): Promise<{ engine: BackgroundProgram | undefined }> {
  const missing = new Set<string>();
  for (const [program, name] of NEEDED) if (!(await hasProgram(program))) missing.add(name);
  for (const [file, name] of NEEDED_FILES) if (!existsSync(file)) missing.add(name);
  if (missing.size > 0) {
    await progress.step(`Installing ${[...missing].join(', ')}`, async () => {
      await installPackages([...missing]);
      return undefined;
    });
  }
  let engine: BackgroundProgram | undefined;
  if (!(await engineAnswers())) {
    engine = engineProgram(dataDir);
    const program = engine;
    await progress.step('Starting Docker', async () => {
      await startEngine(program);
      return undefined;
    });
  }
  await progress.step('Looking for images', () =>
    provideImages(
      dataDir,
      RECIPES.map(({ reference }) => reference),
    ),
  );
  return { engine };
}

async function main(): Promise<number> {
  if (process.getuid?.() !== 0) {
    console.error('the tests drive Docker and the kernel: run them as root (sudo npm test)');
    return 1;
  }
  const progress = new Progress();
  const dataDir = mkdtempSync(join(tmpdir(), 'bramble-tests-'));
  const results: (readonly [string, Count])[] = [];
  const { engine } = await provide(dataDir, progress);
  try {
    for (const [title, program, args] of STAGES) {
      progress.say(`\n== ${title}`);
      results.push([title, await run(program, args)]);
    }
  } finally {
    await new RegistryMirror(dataDir).remove();
    await engine?.stop();
    rmSync(dataDir, { recursive: true, force: true });
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
