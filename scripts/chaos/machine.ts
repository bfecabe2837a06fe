import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { removeCgroups } from '../lib/cgroups.ts';
import { childOf } from '../lib/processes.ts';

/** Not the usual /tmp, which may be a tmpfs: Docker's layers want a file system that overlays can lie on. */
const PARENT = '/var/tmp';

/**
 * Turns fresh namespaces into a machine: its own network with a default route, /run (so that /var/run/docker.sock is its own),
 * and /sys of its own links with the cgroups of the real one. Process 1 is this shell, which reaps what loses its parent.
 */
const BOOT = `set -e
hostname chaos
mount --make-rprivate /
mkdir -p "$0/cgroup"
mount --rbind /sys/fs/cgroup "$0/cgroup"
mount -t sysfs sysfs /sys
mount --move "$0/cgroup" /sys/fs/cgroup
mount -t tmpfs tmpfs /run
ip link set lo up
ip link add uplink0 type bridge
ip addr add 192.0.2.10/24 dev uplink0
ip link set uplink0 up
ip route add default via 192.0.2.1
set +e
"$@"
exit $?
`;

/** A machine inside this one: nothing that runs in it can touch what runs outside, and it ends with its process 1. */
export class Machine {
  readonly folder = mkdtempSync(join(PARENT, 'bramble-chaos-'));
  #child: ChildProcess | undefined;
  #ended: Promise<unknown> = Promise.resolve();

  /** Cgroup that its engine puts containers into. */
  get cgroupParent(): string {
    return `/${this.folder.split('/').at(-1)}`;
  }

  /** Runs one command as all that the machine does. @returns its exit code. */
  run(command: readonly string[]): Promise<number> {
    const namespaces = ['--net', '--mount', '--uts', '--pid', '--fork', '--mount-proc', '--kill-child'];
    const child = spawn('unshare', [...namespaces, 'bash', '-c', BOOT, this.folder, ...command], { stdio: 'inherit' });
    this.#child = child;
    this.#ended = new Promise((done) => child.once('close', done));
    // The terminal sends Ctrl-C to all of us: whoever is inside ends first, and its exit code says so.
    const ignore = () => {};
    process.on('SIGINT', ignore);
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => {
        process.off('SIGINT', ignore);
        this.#child = undefined;
        resolve(code ?? 1);
      });
    });
  }

  /** Ends all that runs in it, then takes its files and cgroups away. */
  async stop(): Promise<void> {
    const pid = this.#child?.pid;
    if (pid !== undefined) process.kill(childOf(pid) ?? pid, 'SIGKILL'); // the kernel ends all others with process 1
    await this.#ended;
    await this.remove();
  }

  /** Takes its files and cgroups away, once nothing runs in it any more. */
  async remove(): Promise<void> {
    await removeCgroups(this.cgroupParent);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
