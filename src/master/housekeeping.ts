import { type ScheduledTask, schedule } from 'node-cron';
import type { Part } from '../lib/lifecycle.ts';
import type { Logger } from '../lib/logger.ts';

/** Something that is done at set times of the day, whatever happens elsewhere. */
export interface Chore {
  readonly name: string;
  /** Minute, hour, day of month, month, day of week; the machine's own time zone. */
  readonly cron: string;
  run(): Promise<void>;
}

/** Does chores by the clock. One that fails is logged and comes again at its next time; one still running is not begun again. */
export class Housekeeping implements Part {
  readonly name = 'housekeeping';
  readonly #chores: readonly Chore[];
  readonly #log: Logger;
  #tasks: ScheduledTask[] = [];

  constructor(chores: readonly Chore[], log: Logger) {
    this.#chores = chores;
    this.#log = log;
  }

  start(): void {
    this.#tasks = this.#chores.map((chore) => schedule(chore.cron, () => this.#do(chore), { noOverlap: true }));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#tasks.map((task) => task.destroy()));
  }

  async #do(chore: Chore): Promise<void> {
    try {
      await chore.run();
      this.#log.debug({ chore: chore.name }, 'chore done');
    } catch (err) {
      this.#log.warn({ chore: chore.name, err }, 'chore failed; it comes again at its next time');
    }
  }
}
