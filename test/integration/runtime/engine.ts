import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import type { LogLimits } from '../../../src/agent/runtime/create-options/logging.ts';
import { DockerRuntime } from '../../../src/agent/runtime/docker.ts';
import type { ContainerSpec, ExecSession, HostMount, ObservedContainer } from '../../../src/agent/runtime/runtime.ts';
import { tar } from '../../../src/agent/runtime/tar.ts';
import type { Container, Pod } from '../../../src/api/types.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createLogger } from '../../../src/lib/logger.ts';

export const DOCKER_HOST = 'unix:///var/run/docker.sock';
const NETWORK = 'bramble-runtime-test';
const SUBNET = '10.198.1';
export const never = new AbortController().signal;

/** An engine of its own for one suite: its owner label tells its containers from everybody else's. */
export class TestEngine {
  readonly owner = `test-${randomUUID()}`;
  readonly image = `bramble-test/busybox:${this.owner}`;
  readonly runtime: DockerRuntime;
  #lastAddress = 10;

  /** @param logs limits of containers' logs; kubelet's when left out */
  constructor(logs?: LogLimits) {
    this.runtime = new DockerRuntime({
      host: DOCKER_HOST,
      owner: this.owner,
      network: NETWORK,
      ...(logs ? { logs } : {}),
      clock: systemClock,
      log: createLogger('silent'),
    });
  }

  async start(): Promise<void> {
    const busybox = readFileSync('/bin/busybox');
    const root = tar([
      { path: 'bin/busybox', mode: 0o755, content: busybox },
      { path: 'bin/sh', mode: 0o755, content: busybox },
      {
        path: 'etc/passwd',
        mode: 0o644,
        content: Buffer.from('root:x:0:0::/root:/bin/sh\nweb:x:1000:1000::/:/bin/sh\n'),
      },
    ]);
    execFileSync('docker', ['import', '-c', 'CMD ["sh"]', '-', this.image], { input: root });
    await this.runtime.networks.remove(NETWORK);
    await this.runtime.networks.create({
      name: NETWORK,
      subnet: `${SUBNET}.0/24`,
      gateway: `${SUBNET}.1`,
      labels: {},
      options: {},
    });
  }

  async stop(): Promise<void> {
    await this.clear();
    await this.runtime.networks.remove(NETWORK);
    execFileSync('docker', ['rmi', '-f', this.image]);
  }

  async clear(): Promise<void> {
    for (const { id } of await this.runtime.list()) await this.runtime.removeContainer(id);
  }

  address(): string {
    this.#lastAddress += 1;
    return `${SUBNET}.${this.#lastAddress}`;
  }

  async sandbox(pod: Pod, options: { ip?: string; attempt?: number; mounts?: HostMount[] } = {}): Promise<string> {
    const { ip = pod.spec.hostNetwork ? undefined : this.address(), attempt = 0, mounts = [] } = options;
    return this.runtime.runSandbox({ pod, attempt, hostname: pod.metadata.name, ip, mounts, labels: {} }, never);
  }

  async spec(pod: Pod, sandboxId: string, container: Partial<Container>, script?: string): Promise<ContainerSpec> {
    const image = await this.runtime.image(this.image);
    assert.ok(image);
    return {
      pod,
      container: { name: 'main', image: this.image, ...container },
      attempt: 0,
      sandboxId,
      image,
      env: [],
      command: container.command ?? (script === undefined ? undefined : ['sh', '-c', script]),
      args: container.args,
      mounts: [],
      labels: {},
    };
  }

  /** Creates and starts one container that runs a shell script. */
  async run(pod: Pod, sandboxId: string, script: string, container: Partial<Container> = {}): Promise<string> {
    const id = await this.runtime.createContainer(await this.spec(pod, sandboxId, container, script), never);
    await this.runtime.startContainer(id);
    return id;
  }

  async observe(id: string): Promise<ObservedContainer> {
    const found = (await this.runtime.list()).find((container) => container.id === id);
    assert.ok(found, `container ${id} is not listed`);
    return found;
  }

  async exited(id: string): Promise<ObservedContainer> {
    return eventually(async () => {
      const observed = await this.observe(id);
      return observed.state === 'exited' ? observed : undefined;
    });
  }

  async log(id: string): Promise<string> {
    return text(await this.runtime.logs(id, { follow: false, timestamps: false }, never));
  }
}

export function aPod(name: string, spec: Partial<Pod['spec']> = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: randomUUID() },
    spec: { containers: [], ...spec },
  };
}

/** Looks until there is something; the test's own time limit ends it. */
export async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await systemClock.sleep(20);
  }
}

export async function text(stream: NodeJS.ReadableStream): Promise<string> {
  return (await buffer(stream)).toString();
}

export async function finish(session: ExecSession): Promise<{ stdout: string; stderr: string; code: number }> {
  const [stdout, stderr] = await Promise.all([text(session.stdout), text(session.stderr)]);
  return { stdout, stderr, code: await session.exitCode() };
}
