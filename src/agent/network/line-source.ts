import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { backoffMs } from '../../lib/backoff.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Part } from '../../lib/lifecycle.ts';
import type { Logger } from '../../lib/logger.ts';
import { TOOL_ENVIRONMENT } from './command.ts';

export interface LineSourceOptions {
  /** A program that prints a line for each event and does not end: `ip monitor`. */
  readonly program: string;
  readonly args: readonly string[];
  readonly onLine: (line: string) => void;
  /** It runs (again): what happened before was not seen. */
  readonly onStart: () => void;
  readonly clock: Clock;
  readonly log: Logger;
}

const RESTART = { baseMs: 1_000, maxMs: 60_000 };
/** One that lived this long had not failed at its start. */
const LIVED_MS = 10_000;

/** The lines of one long-lived child process, which is started again when it ends. */
export class LineSource implements Part {
  readonly name: string;
  readonly #options: LineSourceOptions;
  readonly #stopping = new AbortController();
  #child: ChildProcess | undefined;
  #loop: Promise<void> | undefined;

  constructor(options: LineSourceOptions) {
    this.name = `${options.program}-events`;
    this.#options = options;
  }

  start(): void {
    this.#loop = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the agent is stopping'));
    this.#child?.kill();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { program, clock, log } = this.#options;
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted; ) {
      const startedAt = clock.monotonic();
      const words = await this.#once();
      if (signal.aborted) return;
      failures = clock.monotonic() - startedAt >= LIVED_MS ? 1 : failures + 1;
      // Transitions are told, turns are not. Sweeps go on finding what events would have told.
      log[failures === 1 ? 'warn' : 'debug']({ program, words }, 'no events from the kernel; will be started again');
      await clock.sleep(backoffMs(failures, RESTART), signal).catch(() => {}); // only an abort rejects: the loop ends
    }
  }

  /** @returns its last words, when it has ended. */
  #once(): Promise<string> {
    const { program, args, onLine, onStart } = this.#options;
    return new Promise((resolve) => {
      // An agent that is killed takes it along.
      const child = spawn('setpriv', ['--pdeathsig', 'TERM', program, ...args], {
        env: TOOL_ENVIRONMENT,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      this.#child = child;
      let words = '';
      child.once('spawn', onStart);
      createInterface({ input: child.stdout }).on('line', onLine);
      child.stderr.on('data', (chunk: Buffer) => {
        words = `${words}${chunk.toString()}`.slice(-500);
      });
      child.once('error', (error) => resolve(error.message));
      child.once('close', (status) => resolve(words.trim() || `ended with ${status}`));
      if (this.#stopping.signal.aborted) child.kill();
    });
  }
}
