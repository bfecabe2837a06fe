import { setTimeout as sleep } from 'node:timers/promises';
import { SANDBOX_NAME } from '../../src/agent/runtime/create-options/labels.ts';
import { runCommand } from '../../src/cli/up/run-command.ts';
import type { DaemonName, Installation } from '../lib/installation.ts';
import type { Engine } from './engine.ts';
import { type EngineContainer, listContainers } from './engine-view.ts';
import type { Ledger } from './ledger.ts';
import type { Random } from './random.ts';

/** How often each happens, relative to the others. */
const WEIGHTS = { container: 10, agent: 4, master: 3, engine: 2 } as const;
export type Fault = keyof typeof WEIGHTS;

/** The third restart of a container waits 20 s, the fifth 80 s: more kills of one would only lengthen the run. */
const MAX_KILLS = { container: 3, sandbox: 1 } as const;
const LONGEST_ABSENCE_MS = 4000;

export interface FaultTargets {
  readonly cluster: Installation;
  readonly engine: Engine;
  /** Names of pods whose containers are left alone. */
  readonly bystanders: ReadonlySet<string>;
}

/** Kills containers and daemons at random, and starts the daemons again a moment later. */
export class Faults {
  readonly counts: Record<Fault, number> = { container: 0, agent: 0, master: 0, engine: 0 };
  readonly #targets: FaultTargets;
  readonly #ledger: Ledger;
  readonly #random: Random;
  readonly #absences = new Map<Fault, Promise<void>>();

  constructor(targets: FaultTargets, ledger: Ledger, random: Random) {
    this.#targets = targets;
    this.#ledger = ledger;
    this.#random = random;
  }

  /** Goes on until the signal; returns when everything that was killed has been started again. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(this.#random.between(200, 2500), undefined, { signal }).catch(() => {}); // the loop's condition ends it
      if (!signal.aborted) await this.#one();
    }
    await Promise.all(this.#absences.values());
  }

  async #one(): Promise<void> {
    const fault = this.#random.weighted(WEIGHTS);
    if (fault === 'container') return this.#killContainer();
    if (this.#absences.has(fault)) return;
    if (fault === 'engine') await this.#killEngine();
    else await this.#killDaemon(fault);
  }

  async #killContainer(): Promise<void> {
    const running = await this.#running();
    const targets = running.filter((one) => !this.#targets.bystanders.has(one.podName) && this.#mayKill(one));
    const target = this.#random.pick(targets);
    if (!target) return;
    this.#ledger.killed(target);
    this.counts.container += 1;
    // It may have ended by itself, or the engine may be on its way down: written down it is all the same.
    await runCommand('docker', ['kill', target.id]).catch(() => {});
  }

  #mayKill(target: EngineContainer): boolean {
    const isSandbox = target.container === SANDBOX_NAME;
    return this.#ledger.kills(target) < (isSandbox ? MAX_KILLS.sandbox : MAX_KILLS.container);
  }

  async #killDaemon(name: DaemonName): Promise<void> {
    const { cluster } = this.#targets;
    this.counts[name] += 1;
    await cluster.end(name, 'SIGKILL');
    this.#bringBack(name, () => (name === 'master' ? cluster.startMaster().then(() => {}) : cluster.spawnAgent()));
  }

  async #killEngine(): Promise<void> {
    const running = await this.#running();
    // Nobody else kills meanwhile, and the look is a few milliseconds old: these must run on.
    this.#ledger.engineDied(running, Date.now());
    this.counts.engine += 1;
    await this.#targets.engine.kill();
    this.#bringBack('engine', () => this.#targets.engine.start());
  }

  #bringBack(fault: Fault, start: () => Promise<void>): void {
    const absence = sleep(this.#random.between(0, LONGEST_ABSENCE_MS))
      .then(start)
      .then(() => void this.#absences.delete(fault));
    // Told when the run ends; until then it must not end the process.
    absence.catch(() => {});
    this.#absences.set(fault, absence);
  }

  /** Nothing while the engine is away. */
  async #running(): Promise<EngineContainer[]> {
    if (!this.#targets.engine.isUp) return [];
    const { bridge } = this.#targets.cluster.options;
    const all = await listContainers(runCommand, bridge).catch(() => []);
    return all.filter(({ isRunning }) => isRunning);
  }
}
