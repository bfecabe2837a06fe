import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from './eventually.ts';

const run = promisify(execFile);

/**
 * A Docker engine of the test's own, that may be stopped and killed without hurting anybody: own files, socket, containerd and
 * bridge. It writes no firewall rules: its chains would be those of the machine's engine, and it would begin by emptying them.
 */
export class PrivateEngine {
  /** Short, since the paths of sockets end at 107 characters. */
  readonly folder = `/tmp/engine-${randomBytes(4).toString('hex')}`;
  /** A bridge of its own: with none at all an engine takes the machine's docker0 away. */
  readonly #bridge = `engine${randomBytes(3).toString('hex')}`;
  #process: ChildProcess | undefined;

  get host(): string {
    return `unix://${join(this.folder, 'docker.sock')}`;
  }

  async start(): Promise<void> {
    const at = (name: string) => join(this.folder, name);
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const files = [`--data-root=${at('data')}`, `--exec-root=${at('run')}`, `--pidfile=${at('docker.pid')}`];
    writeFileSync(at('daemon.json'), '{}');
    await this.#makeBridge();
    const network = [`--bridge=${this.#bridge}`, '--iptables=false', '--ip6tables=false'];
    const flags = [`--config-file=${at('daemon.json')}`, ...network, '--live-restore', '--group=root'];
    const log = openSync(at('dockerd.log'), 'a');
    this.#process = spawn('dockerd', ['--host', this.host, ...files, ...flags], { stdio: ['ignore', log, log] });
    closeSync(log);
    await eventually(() => this.docker('version'), 30_000).catch((cause: Error) => {
      throw new Error(readFileSync(at('dockerd.log'), 'utf8').slice(-3000), { cause });
    });
  }

  async docker(...args: string[]): Promise<string> {
    return (await run('docker', ['--host', this.host, ...args])).stdout.trim();
  }

  /** Copies images of the machine's engine. */
  async load(...references: string[]): Promise<void> {
    await run('sh', ['-c', `docker save ${references.join(' ')} | docker --host ${this.host} load`]);
  }

  /** Stops the engine; its containers run on. */
  async stop(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((done) => child.once('exit', done));
    child.kill('SIGTERM');
    await gone;
  }

  /** Ends it for good and leaves nothing behind. */
  async remove(): Promise<void> {
    if (!this.#process) await this.start();
    const containers = (await this.docker('ps', '-aq')).split('\n').filter(Boolean);
    if (containers.length > 0) await this.docker('rm', '-f', ...containers);
    const networks = (await this.docker('network', 'ls', '--quiet', '--filter', 'type=custom'))
      .split('\n')
      .filter(Boolean);
    if (networks.length > 0) await this.docker('network', 'rm', ...networks);
    await this.stop();
    await this.#unmountAll();
    await run('ip', ['link', 'delete', this.#bridge]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #makeBridge(): Promise<void> {
    if (existsSync(`/sys/class/net/${this.#bridge}`)) return;
    await run('ip', ['link', 'add', this.#bridge, 'type', 'bridge']);
    const [a = 0, b = 0] = randomBytes(2);
    await run('ip', ['address', 'add', `10.${200 + (a % 50)}.${b}.1/24`, 'dev', this.#bridge]);
    await run('ip', ['link', 'set', this.#bridge, 'up']);
  }

  async #unmountAll(): Promise<void> {
    const mounts = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .map((line) => line.split(' ')[1] ?? '')
      .filter((point) => point.startsWith(`${this.folder}/`));
    for (const point of mounts.reverse()) await run('umount', ['-l', point]);
  }
}
