import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

export interface Count {
  readonly passed: number;
  readonly failed: number;
}

/** A program of node_modules whose output is kept until somebody wants to see it, and shown as it comes from then on. */
export class TestStage {
  readonly #command: readonly [string, readonly string[], string];
  readonly #count = Promise.withResolvers<Count>();
  readonly #kept: Buffer[] = [];
  #isShown = false;
  #tail = '';
  #child: ChildProcess | undefined;
  #isInterrupted = false;

  constructor(root: string, program: string, args: readonly string[]) {
    this.#command = [join(root, 'node_modules/.bin', program), args, root];
  }

  /** Runs it to its end. One that was interrupted before has failed. */
  async run(): Promise<void> {
    if (this.#isInterrupted) return this.#count.resolve({ passed: 0, failed: 1 });
    const [program, args, cwd] = this.#command;
    // Detached from the terminal, which sends Ctrl-C to clusters under test as well: they are to end in good order.
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => this.#take(chunk));
    child.once('error', () => this.#count.resolve({ passed: 0, failed: 1 }));
    child.once('close', (code) => this.#count.resolve(countOf(this.#tail, code)));
    await this.#count.promise;
  }

  /** Passes a signal on to it. */
  interrupt(signal: NodeJS.Signals): void {
    this.#isInterrupted = true;
    this.#child?.kill(signal);
  }

  /** Shows what it has said so far and all that is to come. @returns what it has counted, at its end */
  async show(): Promise<Count> {
    this.#isShown = true;
    for (const chunk of this.#kept.splice(0)) process.stdout.write(chunk);
    return await this.#count.promise;
  }

  #take(chunk: Buffer): void {
    if (this.#isShown) process.stdout.write(chunk);
    else this.#kept.push(chunk);
    this.#tail = (this.#tail + chunk.toString()).slice(-200_000);
  }
}

/** What mocha says at the end. A check that is no test suite counts as one; a suite that died without saying so has failed. */
function countOf(text: string, code: number | null): Count {
  const count = (word: string) => Number(new RegExp(`^\\s*(\\d+) ${word}`, 'm').exec(text)?.[1] ?? 0);
  const [passed, failed] = [count('passing'), count('failing')];
  return code === 0 ? { passed: passed || 1, failed: 0 } : { passed, failed: failed || 1 };
}
