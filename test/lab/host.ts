import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RunOptions, runCommand } from '../../src/cli/up/run-command.ts';
import type { Lan } from './addresses.ts';
import { type FirstProcess, Namespaces } from './namespaces.ts';

export type Role = 'master' | 'node' | 'client';

/** What is known of a host beyond the life of the process that made it. */
export interface HostRecord {
  readonly name: string;
  readonly role: Role;
  readonly lan: Lan;
  /** Last byte of its address. */
  readonly byte: number;
  readonly address: string;
  /** Flags and environment of its master or agent. */
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** undefined: it has no power. */
  readonly first?: FirstProcess;
}

/**
 * A machine starts: an /etc of its own (name, machine-id, resolver, settings of Docker), a /run that is empty at every start,
 * /sys with its own links and the real cgroups (a plain `mount -t sysfs` would hide them, and no container could start).
 * Process 1 is the pause program, which reaps what loses its parent. $1 name, $2 folder
 */
const BOOT = `
hostname NAME
mount --make-rprivate /
mount --bind FOLDER/etc /etc
mkdir -p FOLDER/cgroup
mount --rbind /sys/fs/cgroup FOLDER/cgroup
mount -t sysfs sysfs /sys
mount --move FOLDER/cgroup /sys/fs/cgroup
mount -t tmpfs tmpfs /run
mkdir -p /run/lock /run/lab
ip link set lo up
# As a fresh Debian has it: Docker turns it on, and then closes the FORWARD chain.
echo 0 > /proc/sys/net/ipv4/ip_forward
exec FOLDER/../../pause`;

/** One machine of a lab: namespaces that come and go with its power, and a folder, its disk, that stays. */
export class Host {
  readonly record: HostRecord;
  readonly folder: string;
  #machine: Namespaces | undefined;

  /** @param labFolder holds `hosts/` and the pause program */
  constructor(record: HostRecord, labFolder: string) {
    this.record = record;
    this.folder = join(labFolder, 'hosts', record.name);
    if (record.first) this.#machine = new Namespaces(record.first);
  }

  get name(): string {
    return this.record.name;
  }

  get address(): string {
    return this.record.address;
  }

  get isUp(): boolean {
    return this.#machine?.isAlive ?? false;
  }

  /** @throws Error when the host has no power */
  get machine(): Namespaces {
    if (!this.#machine?.isAlive) throw new Error(`${this.name} has no power: boot it`);
    return this.#machine;
  }

  /** Makes its disk, as an installer would. @param files below /etc, by path */
  async install(files: Readonly<Record<string, string>>): Promise<void> {
    mkdirSync(this.folder, { recursive: true });
    await runCommand('cp', ['-a', '/etc', this.folder]);
    for (const [path, text] of Object.entries(files)) {
      const file = join(this.folder, 'etc', path);
      mkdirSync(join(file, '..'), { recursive: true });
      // It may be a link to a place that all hosts share.
      rmSync(file, { force: true });
      writeFileSync(file, text);
    }
  }

  async powerOn(lab: Namespaces): Promise<void> {
    if (this.isUp) return;
    const ready = join(this.folder, 'powered');
    rmSync(ready, { force: true });
    const boot = BOOT.replaceAll('NAME', this.name)
      .replaceAll('FOLDER', this.folder)
      .replace('exec', `touch ${ready}; exec`);
    this.#machine = await Namespaces.make(`set -e${boot}`, { inside: lab, ready, log: this.logOf('boot') });
  }

  async powerOff(): Promise<void> {
    await this.#machine?.end();
    this.#machine = undefined;
  }

  /** Where its master or agent keeps what it knows. */
  get dataDir(): string {
    return join(this.folder, 'data');
  }

  /** All log files there are. */
  logs(): string[] {
    return readdirSync(this.folder)
      .filter((file) => file.endsWith('.log'))
      .map((file) => join(this.folder, file));
  }

  logOf(what: string): string {
    return join(this.folder, `${what}.log`);
  }

  /** Runs a program on the host. @returns its output @throws Error with its last lines when it fails */
  async run(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
    return this.machine.run(program, args, options);
  }

  /** Starts a program that is known by a name from then on. @returns once it has a process id, which is before it does anything */
  async start(name: string, command: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<void> {
    const remembered = ['sh', '-c', 'echo $$ > "/run/lab/$0.pid"; exec "$@"', name, ...command];
    rmSync(this.machine.path(`/run/lab/${name}.pid`), { force: true });
    this.machine.start(remembered, this.logOf(name), env);
    while (!existsSync(this.machine.path(`/run/lab/${name}.pid`))) await sleep(5);
  }

  /** Its process id on the host; undefined when no such program runs. */
  async pidOf(name: string): Promise<number | undefined> {
    if (!this.isUp) return undefined;
    const script = 'pid=$(cat /run/lab/$1.pid 2>/dev/null) && kill -0 "$pid" 2>/dev/null && echo $pid || true';
    const text = await this.machine.shell(script, name);
    return text.trim() === '' ? undefined : Number(text);
  }

  /** Sends a signal to a program started by `start` and, unless told otherwise, waits until it is gone. */
  async signal(name: string, signal: 'TERM' | 'KILL' | 'STOP' | 'CONT'): Promise<void> {
    const pid = await this.pidOf(name);
    if (pid === undefined) return;
    const wait = signal === 'TERM' || signal === 'KILL' ? 'while kill -0 $1 2>/dev/null; do sleep 0.02; done' : '';
    await this.machine.shell(`kill -${signal} $1; ${wait}`, String(pid));
  }

  toJSON(): HostRecord {
    return { ...this.record, first: this.isUp ? this.machine.first : undefined };
  }
}
