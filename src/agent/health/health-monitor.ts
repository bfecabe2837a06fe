import type { NodeCondition } from '../../api/types.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Part } from '../../lib/lifecycle.ts';
import type { Logger } from '../../lib/logger.ts';
import { Repeating } from '../../lib/repeating.ts';
import { healthCondition } from './conditions.ts';
import { readDiskStats } from './diskstats.ts';
import { HEALTHY, judgeHealth, type Readings } from './judge-health.ts';
import { Sensors } from './sensors.ts';

export interface HealthMonitorOptions {
  /** `/sys`, but in tests. */
  readonly sysfs: string;
  /** Docker's data, on whose disk pods wait. */
  readonly dataFolder: () => string;
  readonly onChange: () => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The kernel keeps what it reads itself: a look is a few reads of its memory. */
const LOOK_EVERY_MS = 10_000;

/** Watches power, heat and disk of this machine; a condition for each sensor that it has. */
export class HealthMonitor implements Part {
  readonly name = 'health';
  readonly #options: HealthMonitorOptions;
  readonly #sensors: Sensors;
  readonly #loop: Repeating;
  #state = HEALTHY;
  #conditions: readonly NodeCondition[] = [];

  constructor(options: HealthMonitorOptions) {
    this.#options = options;
    this.#sensors = new Sensors(options.sysfs);
    this.#loop = new Repeating({
      pass: () => this.#look(),
      pauseMs: () => LOOK_EVERY_MS,
      onFailure: (err, inARow) => {
        if (inARow === 1) options.log.warn({ err }, 'could not read the sensors of this machine');
      },
      clock: options.clock,
    });
  }

  get conditions(): readonly NodeCondition[] {
    return this.#conditions;
  }

  start(): void {
    this.#loop.start();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  async #look(): Promise<void> {
    const { clock, dataFolder, onChange, log } = this.#options;
    const disk = await readDiskStats(dataFolder()).catch(() => undefined); // Docker's folder may be out of sight
    const readings: Readings = { ...(await this.#sensors.read()), disk };
    const { state, verdicts } = judgeHealth(this.#state, readings, clock.now());
    this.#state = state;
    const before = new Map(this.#conditions.map((condition) => [condition.type, condition]));
    // A message is made when the condition changes and kept: it holds figures that change with every look.
    this.#conditions = await Promise.all(
      verdicts.map(async (verdict) => {
        const held = before.get(verdict.type);
        if (held && (held.status === 'True') === verdict.isBad) return held;
        const facts = verdict.isBad ? await machineFacts() : { board: '', celsius: undefined };
        return healthCondition(verdict, { ...facts, device: disk?.device ?? '' });
      }),
    );
    const changed = this.#conditions.filter((condition) => before.get(condition.type) !== condition);
    if (changed.length === 0) return;
    for (const { type, status, message } of changed) log.info({ type, status, message }, 'health of this machine');
    onChange();
  }
}

/** Asked when something is wrong, not before: systeminformation runs programs for it. */
async function machineFacts(): Promise<{ board: string; celsius: number | undefined }> {
  const { default: si } = await import('systeminformation');
  const [system, temperature] = await Promise.all([si.system(), si.cpuTemperature()]);
  return { board: system.model, celsius: temperature.main ?? undefined };
}
