import type { Logger } from './logger.ts';

/** A part that runs: started in order, stopped in reverse. */
export interface Part {
  readonly name: string;
  start?(): Promise<void> | void;
  stop?(): Promise<void> | void;
}

/** Starts parts in the order they were added and stops them in reverse; a part whose start fails stops those before it. */
export class Lifecycle {
  readonly #log: Logger;
  readonly #parts: Part[] = [];
  readonly #started: Part[] = [];

  constructor(log: Logger) {
    this.#log = log;
  }

  add(...parts: Part[]): this {
    this.#parts.push(...parts);
    return this;
  }

  /** @throws what the first failing part threw, after the parts before it were stopped. */
  async start(): Promise<void> {
    for (const part of this.#parts) {
      try {
        await part.start?.();
      } catch (error) {
        await this.stop();
        throw error;
      }
      this.#started.push(part);
      this.#log.debug({ part: part.name }, 'started');
    }
  }

  /** Safe to call twice. A part that fails to stop is logged and does not keep the others from stopping. */
  async stop(): Promise<void> {
    for (let part = this.#started.pop(); part; part = this.#started.pop()) {
      try {
        await part.stop?.();
        this.#log.debug({ part: part.name }, 'stopped');
      } catch (err) {
        this.#log.error({ part: part.name, err }, 'part failed to stop');
      }
    }
  }
}
