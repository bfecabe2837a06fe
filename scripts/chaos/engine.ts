import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { engineAnswers } from '../../src/cli/up/engine.ts';

const CONTAINERD_PID = '/run/docker/containerd/containerd.pid';

/** The Docker engine of the machine inside, with containers that outlive it unless it is told otherwise. */
export class Engine {
  readonly #folder: string;
  readonly #cgroupParent: string;
  readonly #liveRestore: boolean;
  #child: ChildProcess | undefined;

  constructor(folder: string, cgroupParent: string, { liveRestore = true }: { readonly liveRestore?: boolean } = {}) {
    this.#folder = folder;
    this.#cgroupParent = cgroupParent;
    this.#liveRestore = liveRestore;
  }

  get isUp(): boolean {
    return this.#child !== undefined;
  }

  get logFile(): string {
    return join(this.#folder, 'dockerd.log');
  }

  async start(): Promise<void> {
    const log = openSync(this.logFile, 'a');
    const flags = [
      `--live-restore=${this.#liveRestore}`,
      `--data-root=${join(this.#folder, 'docker')}`,
      `--cgroup-parent=${this.#cgroupParent}`,
    ];
    const child = spawn('dockerd', flags, { stdio: ['ignore', log, log] });
    closeSync(log);
    this.#child = child;
    for (let tries = 0; tries < 300; tries++) {
      if (await engineAnswers()) return;
      if (child.exitCode !== null) break;
      await sleep(100);
    }
    throw new Error(`dockerd does not start:\n${readFileSync(this.logFile, 'utf8').slice(-2000)}`);
  }

  /** Kills it and its containerd, as the kernel would for want of memory; shims and containers run on. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child) return;
    const gone = once(child, 'exit');
    const containerd = Number(readFileSync(CONTAINERD_PID, 'utf8'));
    child.kill('SIGKILL');
    // Left alone it holds its lock, and the next dockerd waits for it in vain.
    process.kill(containerd, 'SIGKILL');
    await gone;
  }
}
