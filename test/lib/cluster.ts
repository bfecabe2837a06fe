import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { AGENT_DEFAULTS } from '../../src/agent/config.ts';
import { NetworkError } from '../../src/agent/network/network-error.ts';
import { removeFromNode } from '../../src/agent/remove-from-node.ts';
import type { Node } from '../../src/api/types.ts';
import { ApiClient } from '../../src/cli/api-client.ts';
import { createToken } from '../../src/cli/commands/token.ts';
import { eventually } from './eventually.ts';
import { type Kubectl, type KubectlOptions, type KubectlResult, newestKubectl, runKubectl } from './kubectl.ts';

const BRAMBLE = resolve(import.meta.dirname, '../../bramble');

export interface ClusterOptions {
  /** Apart from other clusters on this machine: bridge name, pod and service networks. */
  readonly bridge?: string;
  readonly clusterCidr?: string;
  readonly serviceCidr?: string;
  readonly nodeName?: string;
  readonly agent?: boolean;
  /** What is run, with its first arguments; this checkout's source when left out. */
  readonly program?: readonly string[];
  /** The same, for the agent alone. */
  readonly agentProgram?: readonly string[];
  /** The engine that the agent uses. */
  readonly dockerHost?: string;
  /** A folder that exists, to keep everything but the logs in; it is emptied at the end. A new one when left out. */
  readonly dataDir?: string;
  /** The same, for the agent's own; the cluster's when left out. */
  readonly agentDataDir?: string;
  /** Given to the agent beside its own. */
  readonly agentFlags?: readonly string[];
  /** How long the node may take to be Ready; a minute when left out. */
  readonly readyWithinMs?: number;
}

/** A real master and agent as processes of their own, on free ports, with everything below one folder. */
export class TestCluster {
  readonly dataDir: string;
  readonly agentDataDir: string;
  readonly nodeName: string;
  readonly #ownsDataDir: boolean;
  /** Apart from the data, whose disk a test may fill. */
  readonly #logDir = join(tmpdir(), `bramble-test-logs-${newId()}`);
  readonly #options: Required<Omit<ClusterOptions, 'dataDir' | 'agentDataDir' | 'agentFlags'>> & {
    agentFlags: readonly string[];
  };
  readonly #daemons = new Map<string, ChildProcess>();
  #port = 0;
  #grpcPort = 0;
  #ingressPorts = { http: 0, https: 0 };

  constructor({ dataDir, agentDataDir, ...options }: ClusterOptions = {}) {
    this.dataDir = dataDir ?? join(tmpdir(), `bramble-test-${newId()}`);
    this.agentDataDir = agentDataDir ?? this.dataDir;
    this.#ownsDataDir = dataDir === undefined;
    this.#options = {
      bridge: 'btest0',
      clusterCidr: '10.142.0.0/16',
      serviceCidr: '10.143.0.0/16',
      nodeName: 'test-node',
      agent: true,
      program: [BRAMBLE],
      agentProgram: options.program ?? [BRAMBLE],
      dockerHost: AGENT_DEFAULTS['docker-host'],
      agentFlags: [],
      readyWithinMs: 60_000,
      ...options,
    };
    this.nodeName = this.#options.nodeName;
  }

  get kubeconfig(): string {
    return join(this.dataDir, 'kubeconfig');
  }

  get api(): ApiClient {
    return new ApiClient(this.kubeconfig);
  }

  get port(): number {
    return this.#port;
  }

  get grpcPort(): number {
    return this.#grpcPort;
  }

  /** Where Ingresses are served. */
  get ingressPorts(): { readonly http: number; readonly https: number } {
    return this.#ingressPorts;
  }

  async start(): Promise<this> {
    for (const folder of [this.dataDir, this.#logDir]) mkdirSync(folder, { recursive: true, mode: 0o700 });
    [this.#port, this.#grpcPort] = [await freePort(), await freePort()];
    this.#ingressPorts = { http: await freePort(), https: await freePort() };
    try {
      await this.startMaster();
      if (this.#options.agent) await this.startAgent();
      return this;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async startMaster(): Promise<void> {
    this.launchMaster();
    await this.masterIsReady();
  }

  /** Starts the master and leaves it to itself. */
  launchMaster(): void {
    const { clusterCidr, serviceCidr } = this.#options;
    this.#spawn('master', [
      `--listen=0.0.0.0:${this.#port}`,
      `--grpc-listen=127.0.0.1:${this.#grpcPort}`,
      `--advertise-address=${ownAddress()}`,
      `--cluster-cidr=${clusterCidr}`,
      `--service-cidr=${serviceCidr}`,
      `--cluster-dns=${serviceCidr.replace(/\.0\.0\/.*/, '.0.10')}`,
    ]);
  }

  /** Waits until a master that was started answers. */
  async masterIsReady(): Promise<void> {
    await eventually(async () => {
      this.#mustRun('master');
      if ((await this.api.get('/readyz')) !== 'ok') throw new Error('the master is not ready');
    });
  }

  async startAgent(): Promise<void> {
    await this.joinAgent();
    await eventually(() => this.#nodeIsReady(), this.#options.readyWithinMs).catch((cause: Error) => {
      throw new Error(`${cause.message}; the agent's log ends with\n${this.log('agent')}`, { cause });
    });
  }

  /** Starts the agent and leaves it to itself. @param token a new one when left out. */
  async joinAgent(token?: string): Promise<void> {
    const { bridge, nodeName, dockerHost } = this.#options;
    const { http, https } = this.#ingressPorts;
    const ports = [`--ingress-http-port=${http}`, `--ingress-https-port=${https}`];
    const args = [`--master=127.0.0.1:${this.#grpcPort}`, `--node-name=${nodeName}`, `--bridge=${bridge}`, ...ports];
    const word = token ?? (await createToken(this.api, { ttl: '10m' }));
    this.#spawn('agent', [...args, `--docker-host=${dockerHost}`, ...this.#options.agentFlags], {
      BRAMBLE_TOKEN: word,
    });
  }

  /** Ends the agent in good order and starts it with other flags. */
  async restartAgent(flags: readonly string[]): Promise<void> {
    await this.kill('agent', 'SIGTERM');
    this.#options.agentFlags = flags;
    await this.joinAgent();
  }

  /** Does this daemon run? */
  runs(name: 'master' | 'agent'): boolean {
    const child = this.#daemons.get(name);
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /** Ends a daemon as a power cut would, and waits until it is gone. */
  async kill(name: 'master' | 'agent', signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#daemons.get(name);
    this.#daemons.delete(name);
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((done) => child.once('exit', done));
    child.kill(signal);
    await gone;
  }

  pidOf(name: 'master' | 'agent'): number {
    return this.#daemons.get(name)?.pid ?? 0;
  }

  /** The newest installed kubectl, or the one given, with this cluster's kubeconfig. */
  kubectl(
    args: readonly string[],
    options: Partial<KubectlOptions> & { kubectl?: Kubectl } = {},
  ): Promise<KubectlResult> {
    return runKubectl(options.kubectl ?? newestKubectl(), args, { kubeconfig: this.kubeconfig, ...options });
  }

  /** The end of a daemon's log, for a failing test. */
  log(name: 'master' | 'agent', lines = 30): string {
    return readFileSync(join(this.#logDir, `${name}.log`), 'utf8')
      .trim()
      .split('\n')
      .slice(-lines)
      .join('\n');
  }

  /** Stops everything and leaves nothing behind. */
  async stop(): Promise<void> {
    if (!existsSync(this.dataDir)) return; // never started
    await this.kill('agent', 'SIGTERM');
    await this.kill('master', 'SIGTERM');
    if (this.#options.agent) await this.#removeFromNode();
    for (const entry of readdirSync(this.dataDir)) rmSync(join(this.dataDir, entry), { recursive: true, force: true });
    if (this.#ownsDataDir) rmSync(this.dataDir, { recursive: true, force: true });
    rmSync(this.#logDir, { recursive: true, force: true });
  }

  async #removeFromNode(): Promise<void> {
    try {
      await removeFromNode(this.agentDataDir, this.#options.dockerHost, this.#options.bridge);
    } catch (error) {
      // Docker 20.10's own fault, once in some thousand containers, and mended by its next start: no reason to fail what was tested.
      if (!(error instanceof NetworkError && error.code === 'EndpointsMiscounted')) throw error;
      console.log(`    left behind: ${error.message}`);
    }
  }

  #spawn(name: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): void {
    const [program = '', ...first] = name === 'agent' ? this.#options.agentProgram : this.#options.program;
    const child = spawn(
      program,
      [
        ...first,
        name,
        `--data-dir=${name === 'agent' ? this.agentDataDir : this.dataDir}`,
        '--log-level=debug',
        ...args,
      ],
      {
        env: { ...process.env, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const log = createWriteStream(join(this.#logDir, `${name}.log`), { flags: 'a' });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    this.#daemons.set(name, child);
  }

  #mustRun(name: 'master' | 'agent'): void {
    if (this.#daemons.get(name)?.exitCode !== null) throw new Error(`the ${name} ended:\n${this.log(name)}`);
  }

  async #nodeIsReady(): Promise<void> {
    this.#mustRun('agent');
    const node = await this.api.get<Node>(`/api/v1/nodes/${this.nodeName}`);
    const ready = node.status?.conditions?.find(({ type }) => type === 'Ready');
    if (ready?.status !== 'True') throw new Error(`the node is not Ready: ${ready?.message}`);
  }
}

/** Eight letters that no other run has. */
function newId(): string {
  return randomBytes(4).toString('hex');
}

/** The first address of this machine that is not its loopback's: the Endpoints of `kubernetes` may not hold one of those. */
function ownAddress(): string {
  const own = Object.values(networkInterfaces())
    .flat()
    .find((address) => address?.family === 'IPv4' && !address.internal);
  if (!own) throw new Error('this machine has no address but the loopback');
  return own.address;
}

/** A port of 127.0.0.1 that nothing listens on. */
export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
