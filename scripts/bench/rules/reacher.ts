import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Host } from '../../../test/lab/host.ts';

const CHILD = join(import.meta.dirname, 'reach-child.ts');

/** Looks from a host, about every millisecond, whether an address takes connections. */
export class Reacher {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  constructor(host: Host) {
    const [nsenter = '', ...entry] = host.machine.entry();
    this.#child = spawn(nsenter, [...entry, process.execPath, CHILD], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** @returns ms from just before `act` began until the first connection that was as wanted */
  async time(wanted: 'reached' | 'refused', address: string, port: number, act: () => Promise<unknown>) {
    this.#child.stdin.write(`${wanted} ${address} ${port}\n`);
    const first = await this.#line();
    if (first !== 'looking') throw new Error(`${address}:${port} is ${wanted} before anything was done`);
    const start = process.hrtime.bigint();
    const [end] = await Promise.all([this.#line(), act()]);
    return Number(BigInt(end) - start) / 1e6;
  }

  close(): void {
    this.#child.stdin.end();
  }

  async #line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('what looks for connections has ended');
    return value;
  }
}
