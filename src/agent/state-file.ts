import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Node } from '../api/types.ts';
import { type Clock, toRfc3339 } from '../lib/clock.ts';
import type { Part } from '../lib/lifecycle.ts';
import type { Logger } from '../lib/logger.ts';
import type { AgentConfig } from './config.ts';
import { contactPath } from './uplink/contact.ts';
import type { Uplink } from './uplink/uplink.ts';

/** What an agent says of itself to whoever is root on its machine: `bramble status` and `bramble join` read it. */
export interface AgentState {
  readonly pid: number;
  readonly nodeName: string;
  readonly masters: readonly string[];
  /** RFC 3339; '' while there is no session. */
  readonly connectedSince: string;
  /** As the master has it. */
  readonly isReady: boolean;
  readonly readyMessage: string;
  readonly address: string;
}

/** In memory (/run): it is of use while the agent runs, and gone after a boot. */
export function statePath(dataDir: string): string {
  return contactPath(dataDir).replace('contact-', 'agent-');
}

/** @returns undefined when no agent with this data directory runs. */
export async function readAgentState(dataDir: string): Promise<AgentState | undefined> {
  try {
    const state = JSON.parse(await readFile(statePath(dataDir), 'utf8')) as AgentState;
    process.kill(state.pid, 0);
    return state;
  } catch {
    return undefined; // never started, ended, or just being written: it is asked again
  }
}

/** Keeps the file true. */
export class StateFile implements Part {
  readonly name = 'state-file';
  readonly #path: string;
  readonly #base: Pick<AgentState, 'pid' | 'nodeName' | 'masters'>;
  readonly #options: { readonly uplink: Uplink; readonly clock: Clock; readonly log: Logger };
  #connectedSince = '';
  #writing: Promise<void> = Promise.resolve();
  #unsubscribe: readonly (() => void)[] = [];

  constructor(
    of: Pick<AgentConfig, 'dataDir' | 'nodeName' | 'masters'>,
    options: { readonly uplink: Uplink; readonly clock: Clock; readonly log: Logger },
  ) {
    const masters = of.masters.map(({ host, port }) => `${host}:${port}`);
    this.#path = statePath(of.dataDir);
    this.#base = { pid: process.pid, nodeName: of.nodeName, masters };
    this.#options = options;
  }

  start(): void {
    const { uplink } = this.#options;
    this.#unsubscribe = [uplink.contact.subscribe(() => this.#write()), uplink.onNode(() => this.#write())];
    this.#write();
  }

  async stop(): Promise<void> {
    for (const end of this.#unsubscribe) end();
    await this.#writing;
    await rm(this.#path, { force: true });
  }

  #write(): void {
    this.#writing = this.#writing
      .then(() => this.#replace())
      .catch((err: unknown) =>
        this.#options.log.debug({ file: this.#path, err }, 'cannot note the state of this agent'),
      );
  }

  async #replace(): Promise<void> {
    const { uplink, clock } = this.#options;
    const isLive = uplink.contact.silenceMs === 0;
    if (!isLive) this.#connectedSince = '';
    else if (this.#connectedSince === '') this.#connectedSince = toRfc3339(clock.now());
    const state: AgentState = { ...this.#base, connectedSince: this.#connectedSince, ...readiness(uplink.node) };
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o755 });
    await writeFile(`${this.#path}.new`, JSON.stringify(state), { mode: 0o600 });
    await rename(`${this.#path}.new`, this.#path);
  }
}

function readiness(node: Node | undefined): Pick<AgentState, 'isReady' | 'readyMessage' | 'address'> {
  const ready = node?.status?.conditions?.find(({ type }) => type === 'Ready');
  const address = node?.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '';
  return {
    isReady: ready?.status === 'True',
    readyMessage: ready?.message ?? 'the master has not heard of it yet',
    address,
  };
}
