import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerState, Pod, PodCondition } from '../../../src/api/types.ts';
import { eventually } from '../../lib/eventually.ts';
import type { Collection } from './collection.ts';
import type { Context } from './context.ts';
import { EVENTS, PODS } from './kinds.ts';
import { exec } from './web-socket.ts';

/** The pods of a test's namespace, and what a user sees of them. */
export class Pods {
  readonly all: Collection<Pod>;
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
    this.all = context.all(PODS);
  }

  create(pod: Pod): Promise<Pod> {
    return this.all.create(pod);
  }

  get(name: string): Promise<Pod> {
    return this.all.get(name);
  }

  /** The pod as soon as `check` does not throw for it. */
  until(name: string, check: (pod: Pod) => void, timeoutMs = 60_000): Promise<Pod> {
    return eventually(async () => {
      const pod = await this.get(name);
      try {
        check(pod);
      } catch (cause) {
        throw new Error(`pod ${name}: ${String(cause)}; its status: ${JSON.stringify(pod.status)}`, { cause });
      }
      return pod;
    }, timeoutMs);
  }

  phase(name: string, phase: string, timeoutMs?: number): Promise<Pod> {
    return this.until(name, (pod) => assert.equal(pod.status?.phase, phase), timeoutMs);
  }

  /** Running, with every container ready. */
  ready(name: string, timeoutMs?: number): Promise<Pod> {
    return this.until(name, (pod) => assert.equal(condition(pod, 'Ready')?.status, 'True'), timeoutMs);
  }

  /** What a container has printed so far. @param query of the log's path: `tailLines=1` */
  async logs(name: string, container = 'main', query = ''): Promise<string> {
    const path = `${this.all.path(name, 'log')}?container=${container}&${query}`;
    const { code, text } = await this.#context.connection.send('GET', path, { accept: '*/*' });
    assert.equal(code, 200, text);
    return text;
  }

  /** What a container has printed, once it matches. */
  output(name: string, pattern: RegExp, container = 'main', timeoutMs = 60_000): Promise<string> {
    return eventually(async () => {
      const text = await this.logs(name, container);
      assert.match(text.slice(-2000), pattern);
      return text;
    }, timeoutMs);
  }

  /** Creates a pod and waits until it has ended, well. @returns what its container `main` printed */
  async run(pod: Pod): Promise<string> {
    const { name } = pod.metadata;
    await this.create(pod);
    const { status } = await this.until(name, (seen) => assert.match(seen.status?.phase ?? '', /Succeeded|Failed/));
    const output = await this.logs(name);
    assert.equal(status?.phase, 'Succeeded', `pod ${name} printed ${output}; its status: ${JSON.stringify(status)}`);
    return output;
  }

  /** What a command prints in a running container. */
  async exec(name: string, command: readonly string[], container = 'main'): Promise<string> {
    const query = new URLSearchParams([
      ['container', container],
      ['stdout', 'true'],
      ['stderr', 'true'],
      ...command.map((word) => ['command', word]),
    ]);
    return exec(this.#context.connection, `${this.all.path(name, 'exec')}?${query}`);
  }

  /** Deletes it and waits until it is gone. */
  async remove(name: string, options: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.all.delete(name, options);
    await this.#context.gone(this.all, name);
  }

  /** The address of a pod that is ready. */
  async address(name: string): Promise<string> {
    const ip = (await this.ready(name)).status?.podIP;
    assert.ok(ip, `pod ${name} is ready without an address`);
    return ip;
  }

  /** Waits for an event about the pod. @param pattern of `Reason message` */
  event(name: string, pattern: RegExp, timeoutMs = 60_000): Promise<void> {
    return eventually(async () => {
      const { items } = await this.#context.all(EVENTS).list({ fieldSelector: `involvedObject.name=${name}` });
      assert.match(items.map(({ reason, message }) => `${reason} ${message}`).join('\n'), pattern);
    }, timeoutMs);
  }
}

export function condition(pod: Pod, type: string): PodCondition | undefined {
  return pod.status?.conditions?.find((each) => each.type === type);
}

/** The state that a container is in: `running`, `waiting`, `terminated`. */
export function stateOf(pod: Pod, container = 'main'): ContainerState {
  const all = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  return all.find(({ name }) => name === container)?.state ?? {};
}

export function restarts(pod: Pod, container = 'main'): number {
  const all = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  return all.find(({ name }) => name === container)?.restartCount ?? 0;
}

/** Fails as soon as `check` throws within this time, looking all the while. */
export async function consistently(check: () => Promise<void>, durationMs: number): Promise<void> {
  for (const end = Date.now() + durationMs; Date.now() < end; await sleep(200)) await check();
}
