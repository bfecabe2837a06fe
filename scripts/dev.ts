/**
 * `npm run dev`: a master and an agent from this checkout's sources, on ports, a bridge and networks of their own, started
 * again when a file changes. Their logs go to the terminal. Ctrl-C ends them and leaves nothing.
 */
import { type FSWatcher, mkdtempSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { engineAnswers } from '../src/cli/up/engine.ts';
import { daemonsOf } from './dev/daemons-of.ts';
import { type DaemonName, Installation } from './lib/installation.ts';

const ROOT = resolve(import.meta.dirname, '..');
/** An editor that saves all, or a git checkout, changes many files at once: one restart is enough. */
const QUIET_MS = 200;

/** Starts again what changed files are part of; one restart at a time. */
class Reloader {
  readonly #cluster: Installation;
  readonly #changed = new Set<DaemonName>();
  #timer: NodeJS.Timeout | undefined;
  #restarting: Promise<void> = Promise.resolve();

  constructor(cluster: Installation) {
    this.#cluster = cluster;
  }

  /** @param file path from the root of the checkout */
  changed(file: string): void {
    const daemons = daemonsOf(file);
    if (daemons.length === 0) return;
    for (const name of daemons) this.#changed.add(name);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#restarting = this.#restarting.then(() => this.#restart());
    }, QUIET_MS);
  }

  /** Lets a restart that is under way come to its end; none follows. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#restarting;
  }

  async #restart(): Promise<void> {
    // The master first: the agent's first start asks it for a token.
    const names = (['master', 'agent'] as const).filter((name) => this.#changed.has(name));
    this.#changed.clear();
    console.log(`dev: changed; starting ${names.join(' and ')} again`);
    try {
      for (const name of names) await this.#cluster.end(name);
      for (const name of names) await startOne(this.#cluster, name);
      console.log('dev: ready');
    } catch (error) {
      // A file saved half-way: the next change is the next chance.
      console.error(`dev: ${error instanceof Error ? error.message : error}\ndev: waiting for the next change`);
    }
  }
}

function startOne(cluster: Installation, name: DaemonName): Promise<unknown> {
  return name === 'master' ? cluster.startMaster() : cluster.startAgent();
}

function watchSources(reloader: Reloader): FSWatcher[] {
  return ['src', 'proto'].map((folder) =>
    watch(join(ROOT, folder), { recursive: true }, (_, file) => reloader.changed(`${folder}/${file ?? ''}`)),
  );
}

async function main(): Promise<void> {
  if (!(await engineAnswers())) throw new Error("no Docker engine answers: start it, or let 'npm run up' install it");
  const cluster = new Installation({
    dataDir: mkdtempSync(join(tmpdir(), 'bramble-dev-')),
    program: [join(ROOT, 'bramble')],
    bridge: 'bdev0',
    clusterCidr: '10.188.0.0/16',
    serviceCidr: '10.189.0.0/16',
    nodeName: 'dev',
    isTalkative: true,
  });
  const stopped = new Promise<void>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done());
  });
  const reloader = new Reloader(cluster);
  const watchers = watchSources(reloader);
  try {
    await Promise.race([stopped, cluster.startMaster().then(() => cluster.startAgent())]);
    console.log(`
dev: one master and one agent (a second agent would need a Docker engine of its own)
dev: export KUBECONFIG=${cluster.kubeconfig}
dev: Ctrl-C ends them and takes everything away
`);
    await stopped;
  } finally {
    for (const watcher of watchers) watcher.close();
    await reloader.stop();
    await cluster.stop();
  }
}

await main().catch((error: unknown) => {
  console.error(`dev: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
});
