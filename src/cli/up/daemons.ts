import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { execPath } from 'node:process';
import { isSea } from 'node:sea';
import { setTimeout as sleep } from 'node:timers/promises';
import { AGENT_DEFAULTS } from '../../agent/config.ts';
import type { Node, Pod } from '../../api/types.ts';
import { ApiClient } from '../api-client.ts';
import { createToken } from '../commands/token.ts';
import { kubeconfigOf } from '../data-dir.ts';
import { BackgroundProgram } from './background.ts';
import { runCommand } from './run-command.ts';

/** Flags for the two daemons beside --data-dir. */
export interface DaemonFlags {
  readonly master: readonly string[];
  readonly agent: readonly string[];
}

/** The master and the agent of this machine as background programs. */
export class Daemons {
  readonly master: BackgroundProgram;
  readonly agent: BackgroundProgram;
  readonly #dataDir: string;
  readonly #flags: DaemonFlags;

  constructor(dataDir: string, flags: DaemonFlags) {
    this.#dataDir = dataDir;
    this.#flags = flags;
    this.master = new BackgroundProgram(dataDir, 'master');
    this.agent = new BackgroundProgram(dataDir, 'agent');
  }

  /** Starts the master when it does not run, and waits until its API is ready. */
  async startMaster(program: readonly string[]): Promise<string | undefined> {
    const isThere = this.master.pid !== undefined;
    if (!isThere) run(this.master, program, ['master', '--data-dir', this.#dataDir, ...this.#flags.master]);
    await this.#until(this.master, async () => (await this.api().get('/readyz')) === 'ok');
    return isThere ? 'runs already' : undefined;
  }

  /** Starts the agent when it does not run, with a token of a few minutes the first time, and waits until its node is Ready. */
  async startAgent(program: readonly string[]): Promise<string | undefined> {
    const isThere = this.agent.pid !== undefined;
    if (!isThere) {
      const token = await createToken(this.api(), { ttl: '10m', description: 'the node of `bramble up`' });
      const args = ['agent', '--data-dir', this.#dataDir, ...this.#flags.agent];
      // Not as a flag: the command line of a process can be read by everybody.
      run(this.agent, program, args, { BRAMBLE_TOKEN: token });
      writeFileSync(this.#agentFlagsFile, JSON.stringify(this.#flags.agent));
    }
    await this.#until(this.agent, async () => (await this.nodes()).some(isReady));
    return isThere ? 'runs already' : undefined;
  }

  /** The engine and the bridge that the agent was last started with: what there is to take away bears the bridge's name. */
  agentPlace(): { readonly dockerHost: string; readonly bridge: string } {
    const flags = existsSync(this.#agentFlagsFile)
      ? (JSON.parse(readFileSync(this.#agentFlagsFile, 'utf8')) as readonly string[])
      : [];
    const flag = (key: 'docker-host' | 'bridge') =>
      flags.findLast((text) => text.startsWith(`--${key}=`))?.slice(key.length + 3) ?? AGENT_DEFAULTS[key];
    return { dockerHost: flag('docker-host'), bridge: flag('bridge') };
  }

  get #agentFlagsFile(): string {
    return join(this.#dataDir, 'run', 'agent-flags.json');
  }

  api(): ApiClient {
    return new ApiClient(kubeconfigOf(this.#dataDir));
  }

  async nodes(): Promise<Node[]> {
    return (await this.api().get<{ items: Node[] }>('/api/v1/nodes')).items;
  }

  /** Asks again until `isDone`; a refused connection or a missing file is "not yet". */
  async #until(program: BackgroundProgram, isDone: () => Promise<boolean>): Promise<void> {
    let last: unknown;
    for (const end = Date.now() + 60_000; Date.now() < end; await sleep(100)) {
      if (program.pid === undefined) break;
      try {
        if (await isDone()) return;
      } catch (error) {
        last = error;
      }
    }
    const why =
      program.pid === undefined
        ? 'ended'
        : `is not ready after 60 s${last instanceof Error ? ` (${last.message})` : ''}`;
    throw new Error(`the ${program.name} ${why}; ${program.logFile} ends with:\n  ${program.lastLines()}`);
  }
}

function run(daemon: BackgroundProgram, program: readonly string[], args: readonly string[], env = {}): void {
  const [file = '', ...first] = program;
  daemon.start(file, [...first, ...args], env);
}

export function isReady(object: Node | Pod): boolean {
  return (object.status?.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True');
}

/**
 * How daemons are started: by the single executable that this is, else from the bundle, which is built first in a checkout, since a compiler in a daemon's memory
 * is paid for all day. @returns the program and its first arguments.
 */
export async function daemonProgram(): Promise<readonly string[]> {
  if (isSea()) return [execPath];
  const checkout = resolve(import.meta.dirname, '../../..');
  const builder = join(checkout, 'scripts/build.ts');
  if (!existsSync(builder)) return [execPath, process.argv[1] ?? ''];
  await runCommand(execPath, [builder, '--if-changed'], { cwd: checkout });
  return [join(checkout, 'dist/bramble')];
}
