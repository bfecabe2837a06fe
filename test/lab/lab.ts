import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { removeCgroups } from '../../scripts/lib/cgroups.ts';
import { bundledProgram } from '../../scripts/lib/program.ts';
import { pauseBinary } from '../../src/agent/runtime/pause-image.ts';
import { goArchitecture } from '../../src/agent/stats/host-facts.ts';
import { ApiClient } from '../../src/cli/api-client.ts';
import { type KubectlOptions, type KubectlResult, newestKubectl, runKubectl } from '../lib/kubectl.ts';
import { addressesOf, GATEWAY, REGISTRY_PORT } from './addresses.ts';
import * as daemons from './daemons.ts';
import { slowDisk } from './disk.ts';
import { killEngine, startEngine } from './engine.ts';
import { Host } from './host.ts';
import { provideImages } from './images.ts';
import type { Impairments } from './impairments.ts';
import { LanSwitch, wireOf } from './lan.ts';
import { Namespaces } from './namespaces.ts';
import { type HostPlan, type LabOptions, planHosts } from './plan.ts';
import { folderOf, LABS, type LabState, ownPidNamespace, readState, writeState } from './state.ts';

/** What can die of a node. */
export type Part = 'agent' | 'engine' | 'power';
type Say = (what: string) => void;

/** The process 1 of the lab itself; what furnishes the rest is in lan.ts. */
const BOOT = `set -e
hostname lab
mount --make-rprivate /
mount -t tmpfs tmpfs /run
ip link set lo up
touch "READY"
exec "PAUSE"`;

/**
 * Several machines on one: a master, nodes with Docker engines of their own, a client, joined by a LAN, all inside namespaces that end with
 * one process. Nothing of it is in the network of the machine it runs on but one link, so that kubectl reaches the master.
 */
export class Lab {
  readonly name: string;
  readonly folder: string;
  readonly hosts: ReadonlyMap<string, Host>;
  readonly #inside: Namespaces;
  readonly #lan: LanSwitch;
  readonly #state: LabState;
  #impairments: Impairments;
  #impairing: Promise<void> = Promise.resolve();

  private constructor(state: LabState) {
    this.name = state.name;
    this.folder = folderOf(state.name);
    this.#state = state;
    this.#inside = new Namespaces(state.first);
    this.#lan = new LanSwitch(this.#inside, state.index);
    this.hosts = new Map(state.hosts.map((record) => [record.name, new Host(record, this.folder)]));
    this.#impairments = state.impairments;
  }

  /** Builds a lab, after taking away what one of that name has left, and waits until its nodes are Ready. */
  static async up(options: LabOptions, say: Say = () => {}): Promise<Lab> {
    await Lab.down(options.name);
    try {
      const { lab, plans, images } = await Lab.#make(options, say);
      await lab.#serve(images);
      say(`starting ${plans.length} machines`);
      await Promise.all(plans.map((plan) => lab.#install(plan)));
      if (lab.#state.hasCluster) await lab.#startCluster(say);
      return lab;
    } catch (error) {
      await Lab.down(options.name);
      throw error;
    }
  }

  /** Its files and its LANs. */
  static async #make(options: LabOptions, say: Say) {
    const folder = folderOf(options.name);
    mkdirSync(join(folder, 'hosts'), { recursive: true, mode: 0o700 });
    say('building the program and the images');
    const { command: program } = await bundledProgram(join(folder, 'program'));
    const images = await provideImages((packages) => say(`building images of ${packages}`));
    writeFileSync(join(folder, 'pause'), pauseBinary(goArchitecture(process.arch)), { mode: 0o755 });
    const paths = { ready: join(folder, 'ready'), log: join(folder, 'boot.log') };
    const boot = BOOT.replace('READY', paths.ready).replace('PAUSE', join(folder, 'pause'));
    const { first } = await Namespaces.make(boot, paths);
    // Known from here on, so that whatever goes wrong can be taken away.
    const bare: LabState = {
      name: options.name,
      index: 0,
      first,
      pidNamespace: ownPidNamespace(),
      program,
      hasCluster: options.cluster ?? true,
      hosts: [],
      impairments: { partitions: [], loss: {} },
    };
    writeState(bare);
    const { index } = await LanSwitch.make(new Namespaces(first));
    const plans = planHosts(options, addressesOf(index));
    const lab = new Lab({ ...bare, index, hosts: plans.map(({ record }) => record) });
    lab.#save();
    return { lab, plans, images };
  }

  /** A lab that another process has made. @throws Error when there is none of that name */
  static open(name: string): Lab {
    const state = readState(name);
    if (!state || !new Namespaces(state.first).isAlive) throw new Error(`there is no lab '${name}': npm run lab -- up`);
    return new Lab(state);
  }

  /** Takes a lab away, or what a crash has left of one. @returns false when there was none */
  static async down(name: string): Promise<boolean> {
    const folder = folderOf(name);
    if (!existsSync(folder)) return false;
    const state = readState(name);
    if (state) await new Namespaces(state.first).end();
    await removeCgroups(cgroupOf(name));
    rmSync(folder, { recursive: true, force: true });
    return true;
  }

  /** Names of those that were made where we are, running or not: of others nobody here knows whether they run. */
  static names(): string[] {
    const all = existsSync(LABS) ? readdirSync(LABS) : [];
    return all.filter((name) => (readState(name)?.pidNamespace ?? ownPidNamespace()) === ownPidNamespace());
  }

  down(): Promise<boolean> {
    return Lab.down(this.name);
  }

  /** Its addresses follow from it: 198.18.<index>.0/24. */
  get index(): number {
    return this.#state.index;
  }

  get kubeconfig(): string {
    return daemons.kubeconfigOn(this.host('master'));
  }

  get api(): ApiClient {
    return new ApiClient(this.kubeconfig);
  }

  /** kubectl with the lab's kubeconfig. Never throws for an exit code. */
  kubectl(args: readonly string[], options: Partial<KubectlOptions> = {}): Promise<KubectlResult> {
    return runKubectl(newestKubectl(), args, { kubeconfig: this.kubeconfig, ...options });
  }

  get nodes(): Host[] {
    return [...this.hosts.values()].filter(({ record }) => record.role === 'node');
  }

  /** @throws Error that lists the names there are */
  host(name: string): Host {
    const host = this.hosts.get(name);
    if (!host) throw new Error(`there is no host '${name}': ${[...this.hosts.keys()].join(', ')}`);
    return host;
  }

  /** Pulls a host's cable. */
  async cut(name: string): Promise<void> {
    await this.#lan.plug(this.host(name).name, false);
  }

  /** Plugs a host's cable in, and undoes all that slows, loses or parts on it. */
  async heal(name: string): Promise<void> {
    const host = this.host(name);
    const wire = wireOf(name);
    const { [wire]: _, ...loss } = this.#impairments.loss;
    await this.#impair({
      partitions: this.#impairments.partitions.filter(({ a, b }) => a.wire !== wire && b.wire !== wire),
      loss,
    });
    await this.slowDisk(name, undefined);
    if (!host.isUp) return;
    await this.#lan.plug(name, true);
    await this.slow(name, undefined);
  }

  /** Two hosts that everybody else sees do not see each other. */
  async partition(one: string, other: string): Promise<void> {
    const [a, b] = [this.host(one), this.host(other)].map(({ name, address }) => ({ wire: wireOf(name), address }));
    if (!a || !b) return;
    await this.#impair({ ...this.#impairments, partitions: [...this.#impairments.partitions, { a, b }] });
  }

  /** A host's cable loses so many of 100 frames, each way. */
  async lose(name: string, percent: number): Promise<void> {
    const wire = wireOf(this.host(name).name);
    await this.#impair({ ...this.#impairments, loss: { ...this.#impairments.loss, [wire]: percent } });
  }

  /** @param rate as tc(8) has it, `10mbit`; undefined: as fast as it can */
  async slow(name: string, rate: string | undefined): Promise<void> {
    await this.#lan.limit(name, this.host(name).machine, rate);
  }

  /** The daemons that run on a host sync so many times a second at most; undefined: as often as they can. */
  async slowDisk(name: string, writesPerSecond: number | undefined): Promise<void> {
    await slowDisk(this.host(name), `${cgroupOf(this.name)}/${name}-disk`, writesPerSecond);
  }

  /** Kills a part of a node, or of the master its only one, without a word. */
  async kill(name: string, part: Part = 'power'): Promise<void> {
    const host = this.host(name);
    if (part === 'engine') return killEngine(host);
    if (part === 'agent') return host.signal(host.record.role === 'master' ? 'master' : 'agent', 'KILL');
    await host.powerOff();
    await this.#lan.unplugged(name);
    this.#save();
  }

  /** Gives a host power. Nothing is started on it. */
  async powerOn(name: string): Promise<void> {
    const host = this.host(name);
    if (host.isUp) return;
    await host.powerOn(this.#inside);
    await this.#lan.connect({ ...host.record, machine: host.machine });
    this.#save();
  }

  /** Starts Docker on a host unless it runs, and waits until it answers. */
  async startEngine(name: string): Promise<void> {
    await startEngine(this.host(name));
  }

  /** Starts whatever does not run on a host: the machine, Docker, agent or master. Waits for nothing beyond Docker's answer. */
  async boot(name: string): Promise<void> {
    const host = this.host(name);
    await this.powerOn(name);
    const { role } = host.record;
    if (role === 'node') await startEngine(host);
    if (!this.#state.hasCluster) return;
    if (role === 'master') await daemons.startMaster(host, this.#state.program);
    if (role !== 'node') return;
    await daemons.startAgent(host, { program: this.#state.program, master: this.host('master') });
  }

  async #install({ record, files }: HostPlan): Promise<void> {
    const host = this.host(record.name);
    await host.install(files({ folder: host.folder, cgroupParent: `${cgroupOf(this.name)}/${record.name}` }));
    await this.powerOn(record.name);
    if (record.role === 'node') await startEngine(host);
  }

  async #startCluster(say: Say): Promise<void> {
    const master = this.host('master');
    say('starting the master');
    await this.boot('master');
    await daemons.masterAnswers(master, () => this.api);
    say('joining the nodes');
    const token = await daemons.joinToken(this.api);
    for (const node of this.nodes) await daemons.startAgent(node, { program: this.#state.program, master, token });
    await daemons.nodesAreReady(this.nodes, this.api);
  }

  /** The registry and the resolver, on the gateway of the LAN. */
  async #serve(images: string): Promise<void> {
    const gateway = `${addressesOf(this.#state.index).near}.${GATEWAY}`;
    const settings = {
      version: '0.1',
      log: { level: 'warn' },
      storage: {
        filesystem: { rootdirectory: images },
        maintenance: { uploadpurging: { enabled: false }, readonly: { enabled: true } },
      },
      http: { addr: `:${REGISTRY_PORT}` },
    };
    const file = join(this.folder, 'registry.yml');
    // JSON is YAML too.
    writeFileSync(file, JSON.stringify(settings));
    this.#inside.start(['docker-registry', 'serve', file], join(this.folder, 'registry.log'));
    const names = [...this.hosts.values()].map(({ name, address }) => `${name}=${address}`);
    const resolver = [execPath, join(import.meta.dirname, 'dns-child.ts'), '0.0.0.0', ...names];
    this.#inside.start(resolver, join(this.folder, 'dns.log'));
    await this.#inside.shell(
      `for i in $(seq 100); do curl -sf $1 > /dev/null && exit 0; sleep 0.05; done; exit 1`,
      `http://${gateway}:${REGISTRY_PORT}/v2/`,
    );
  }

  async #impair(impairments: Impairments): Promise<void> {
    this.#impairments = impairments;
    this.#save();
    // One after the other: the last said is what holds.
    this.#impairing = this.#impairing.catch(() => {}).then(() => this.#lan.impair(impairments));
    await this.#impairing;
  }

  #save(): void {
    const hosts = [...this.hosts.values()].map((host) => host.toJSON());
    writeState({ ...this.#state, hosts, impairments: this.#impairments });
  }
}

function cgroupOf(name: string): string {
  return `/bramble-lab-${name}`;
}
