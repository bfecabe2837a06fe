import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from '../../../test/lab/host.ts';
import type { Lab } from '../../../test/lab/lab.ts';
import { type FailoverSide, harm, type Loss, mend, type Way } from './loss.ts';

const WITHIN_MS = 180_000;
const POLL_MS = 50;
const SERVICE = 'web';

interface SwarmNode {
  readonly ID: string;
  readonly Description: { readonly Hostname: string };
  readonly Status: { readonly State: string };
}

interface Task {
  readonly ID: string;
  readonly NodeID?: string;
  readonly DesiredState: string;
  readonly Status: { readonly State: string };
}

/** A service of one task in Docker's Swarm mode. The first node manages and runs nothing else; there is no agent beside the engine. */
export class SwarmSide implements FailoverSide {
  readonly name: string;
  readonly ways = ['power', 'cable', 'engine'] as const;
  readonly #lab: Lab;
  readonly #manager: Host;

  private constructor(name: string, lab: Lab) {
    this.name = name;
    this.#lab = lab;
    this.#manager = lab.host('n1');
  }

  /** @param heartbeat how often nodes report; three that fail to make one down */
  static async open(name: string, lab: Lab, heartbeat: string): Promise<SwarmSide> {
    const side = new SwarmSide(name, lab);
    const manager = side.#manager;
    const [, ...workers] = lab.nodes;
    await manager.run('docker', [
      'swarm',
      'init',
      '--advertise-addr',
      manager.address,
      '--dispatcher-heartbeat',
      heartbeat,
    ]);
    await manager.run('docker', ['node', 'update', '--availability', 'drain', manager.name]);
    const token = (await manager.run('docker', ['swarm', 'join-token', '-q', 'worker'])).trim();
    for (const worker of workers) {
      await worker.run('docker', ['pull', '-q', 'busybox:1']);
      await worker.run('docker', ['swarm', 'join', '--token', token, `${manager.address}:2377`]);
    }
    const flags = [
      '-q',
      '--detach',
      '--no-resolve-image',
      '--name',
      SERVICE,
      '--replicas',
      '1',
      '--stop-grace-period',
      '1s',
    ];
    await manager.run('docker', ['service', 'create', ...flags, 'busybox:1', 'sleep', '100000']);
    await side.#order();
    return side;
  }

  async lose(way: Way): Promise<Loss> {
    const task = await this.#order();
    const nodes = await this.#get<SwarmNode[]>('/nodes');
    const node = nodes.find(({ ID }) => ID === task.NodeID)?.Description.Hostname ?? '';
    const start = performance.now();
    await harm(this.#lab, node, way);
    const noticed = await this.#until('noticed', async () =>
      (await this.#get<SwarmNode[]>('/nodes')).find(({ ID, Status }) => ID === task.NodeID && Status.State !== 'ready'),
    );
    const replaced = await this.#until('replaced', async () => {
      const running = await this.#running();
      return running.find(({ NodeID }) => NodeID !== task.NodeID);
    });
    await mend(this.#lab, node);
    await this.#order();
    return { noticedMs: noticed.at - start, replacedMs: replaced.at - start };
  }

  /** Waits until all nodes are ready and one task runs. */
  async #order(): Promise<Task> {
    const { found } = await this.#until('in order', async () => {
      const nodes = await this.#get<SwarmNode[]>('/nodes');
      if (nodes.some(({ Status }) => Status.State !== 'ready')) return undefined;
      const running = await this.#running();
      return running.length === 1 ? running[0] : undefined;
    });
    return found;
  }

  async #running(): Promise<Task[]> {
    const filters = encodeURIComponent(JSON.stringify({ service: [SERVICE], 'desired-state': ['running'] }));
    const tasks = await this.#get<Task[]>(`/tasks?filters=${filters}`);
    return tasks.filter(({ Status }) => Status.State === 'running');
  }

  async #until<T>(
    what: string,
    look: () => Promise<T | undefined>,
  ): Promise<{ readonly found: T; readonly at: number }> {
    for (const end = performance.now() + WITHIN_MS; performance.now() < end; await sleep(POLL_MS)) {
      const found = await look();
      if (found !== undefined) return { found, at: performance.now() };
    }
    throw new Error(`${this.name}: not ${what} after ${WITHIN_MS / 1000} s`);
  }

  /** A look at the manager's engine, without a command's start. */
  #get<T>(path: string): Promise<T> {
    const socketPath = this.#manager.machine.path('/run/docker.sock');
    return new Promise((resolve, reject) => {
      const asked = request({ socketPath, path }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.once('end', () =>
          response.statusCode === 200 ? resolve(JSON.parse(text) as T) : reject(new Error(`${path}: ${text}`)),
        );
      });
      asked.once('error', reject);
      asked.end();
    });
  }
}
