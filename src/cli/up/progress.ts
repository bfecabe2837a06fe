import { styleText } from 'node:util';

/** Tells a person what goes on: one line a step, with the seconds it took. On a terminal the seconds count while it runs. */
export class Progress {
  readonly #out: NodeJS.WriteStream;

  constructor(out: NodeJS.WriteStream = process.stdout) {
    this.#out = out;
  }

  /** @param work returns a note that is shown behind the title ("already there"), or nothing. */
  async step(title: string, work: () => Promise<string | undefined>): Promise<void> {
    const start = performance.now();
    const seconds = () => Math.round((performance.now() - start) / 1000);
    const timer = this.#out.isTTY
      ? setInterval(() => this.#out.write(`\r• ${title} … ${seconds()} s`), 1000)
      : undefined;
    this.#out.write(this.#out.isTTY ? `• ${title} …` : `• ${title} …\n`);
    try {
      const note = await work();
      const took = seconds() >= 2 ? ` (${seconds()} s)` : '';
      this.#finish(`${this.#paint('green', '✓')} ${title}${note ? `: ${note}` : ''}${took}`);
    } catch (error) {
      this.#finish(`${this.#paint('red', '✗')} ${title}`);
      throw error;
    } finally {
      clearInterval(timer);
    }
  }

  say(text: string): void {
    this.#out.write(`${text}\n`);
  }

  #finish(line: string): void {
    this.#out.write(this.#out.isTTY ? `\r\x1b[K${line}\n` : `${line}\n`);
  }

  #paint(colour: 'green' | 'red', text: string): string {
    return this.#out.isTTY ? styleText(colour, text) : text;
  }
}
