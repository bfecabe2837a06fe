import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { removeFromNode } from '../../src/agent/remove-from-node.ts';
import type { Node } from '../../src/api/types.ts';
import { ApiClient } from '../../src/cli/api-client.ts';
import { createToken } from '../../src/cli/commands/token.ts';
import { isReady } from '../../src/cli/up/daemons.ts';

export type DaemonName = 'master' | 'agent';

export interface InstallationOptions {
  /** Everything it keeps is below this folder; `stop` removes it. */
  readonly dataDir: string;
  /** The program and its first arguments. */
  readonly program: readonly string[];
  /** Link name of the pods' bridge: two installations on one engine need two. */
  readonly bridge: string;
  readonly clusterCidr: string;
  readonly serviceCidr: string;
  readonly nodeName: string;
  /** This machine towards its agents; 127.0.0.1 when absent. */
  readonly address?: string;
  /** Given to the agent beside its own. */
  readonly agentFlags?: readonly string[];
  /** Daemons write to the terminal, not to files. */
  readonly isTalkative?: boolean;
}

const READY_WITHIN_MS = 60_000;

/** A master and an agent as child processes beside whatever else runs here: on ports, a bridge and networks of their own. */
export class Installation {
  readonly options: InstallationOptions;
  readonly #children = new Map<DaemonName, ChildProcess>();
  #hasJoined = false;
  #ports: { readonly api: number; readonly grpc: number } | undefined;

  constructor(options: InstallationOptions) {
    this.options = options;
    mkdirSync(options.dataDir, { recursive: true });
  }

  get kubeconfig(): string {
    return join(this.options.dataDir, 'kubeconfig');
  }

  get api(): ApiClient {
    return new ApiClient(this.kubeconfig);
  }

  /** Where its agents dial, once the master was started. */
  get grpcAddress(): string {
    return `${this.options.address ?? '127.0.0.1'}:${this.#ports?.grpc}`;
  }

  /** Process id; undefined when it does not run. */
  pidOf(name: DaemonName): number | undefined {
    const child = this.#children.get(name);
    return child && child.exitCode === null && child.signalCode === null ? child.pid : undefined;
  }

  logOf(name: DaemonName): string {
    return join(this.options.dataDir, `${name}.log`);
  }

  /** Starts the master and waits for the first `ok` of /readyz. @returns how many ms that took. */
  async startMaster(): Promise<number> {
    const start = performance.now();
    await this.spawnMaster();
    await this.#until('master', async () => (await this.api.get('/readyz')) === 'ok');
    return performance.now() - start;
  }

  /** Starts the agent, with a token the first time, and waits until its node is Ready. */
  async startAgent(): Promise<void> {
    await this.spawnAgent();
    const path = `/api/v1/nodes/${this.options.nodeName}`;
    await this.#until('agent', async () => isReady(await this.api.get<Node>(path)));
    this.#hasJoined = true;
  }

  /** Starts the master and waits for nothing. */
  async spawnMaster(): Promise<void> {
    const { clusterCidr, serviceCidr, address = '127.0.0.1' } = this.options;
    const { api, grpc } = await this.#usePorts();
    this.#spawn('master', [
      `--listen=${address}:${api}`,
      `--grpc-listen=${address}:${grpc}`,
      `--advertise-address=${address}`,
      `--cluster-cidr=${clusterCidr}`,
      `--service-cidr=${serviceCidr}`,
      `--cluster-dns=${serviceCidr.replace(/\.0\.0\/.*/, '.0.10')}`,
    ]);
  }

  /** Starts the agent and waits for nothing. Once it has joined it needs no token, and so no master to make one. */
  async spawnAgent(): Promise<void> {
    const { bridge, nodeName, address = '127.0.0.1', agentFlags = [] } = this.options;
    const { grpc } = await this.#usePorts();
    const flags = [`--master=${address}:${grpc}`, `--node-name=${nodeName}`, `--bridge=${bridge}`, ...agentFlags];
    this.#spawn('agent', flags, this.#hasJoined ? {} : { BRAMBLE_TOKEN: await createToken(this.api, { ttl: '1h' }) });
  }

  /** Ends a daemon and waits until it is gone. */
  async end(name: DaemonName, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#children.get(name);
    this.#children.delete(name);
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((done) => child.once('exit', done));
    child.kill(signal);
    await gone;
  }

  /** Ends both and takes away what they made in Docker, the kernel and the file system. */
  async stop(): Promise<void> {
    const { dataDir, bridge } = this.options;
    await this.end('agent');
    await this.end('master');
    await removeFromNode(dataDir, undefined, bridge);
    rmSync(dataDir, { recursive: true, force: true });
  }

  async #usePorts(): Promise<{ readonly api: number; readonly grpc: number }> {
    this.#ports ??= { api: await freePort(), grpc: await freePort() };
    return this.#ports;
  }

  #spawn(name: DaemonName, flags: readonly string[], env: Readonly<Record<string, string>> = {}): void {
    const { dataDir, program, isTalkative } = this.options;
    const [file = '', ...first] = program;
    const log = openSync(this.logOf(name), 'a', 0o600);
    const output = isTalkative ? 'inherit' : log;
    const child = spawn(file, [...first, name, `--data-dir=${dataDir}`, ...flags], {
      env: { ...process.env, ...env },
      stdio: ['ignore', output, output],
    });
    closeSync(log);
    this.#children.set(name, child);
  }

  async #until(name: DaemonName, isDone: () => Promise<boolean>): Promise<void> {
    let why = 'not ready';
    for (const end = Date.now() + READY_WITHIN_MS; Date.now() < end; await sleep(10)) {
      if (this.pidOf(name) === undefined) {
        why = 'it ended';
        break;
      }
      try {
        if (await isDone()) return;
        why = 'not ready';
      } catch (error) {
        // Not there yet: the last reason is told when the time is over.
        why = error instanceof Error ? error.message : String(error);
      }
    }
    throw new Error(`the ${name} does not come up (${why}):\n${readFileSync(this.logOf(name), 'utf8').slice(-2000)}`);
  }
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
