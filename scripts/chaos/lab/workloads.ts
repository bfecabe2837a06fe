import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../../../src/cli/api-client.ts';
import { persist } from '../persist.ts';
import type { Random } from '../random.ts';

const KINDS = { Deployment: 'deployments', StatefulSet: 'statefulsets' } as const;
export type WorkloadKind = keyof typeof KINDS;

/** What the API has said yes to. */
export interface Wanted {
  readonly kind: WorkloadKind;
  readonly name: string;
  readonly replicas: number;
}

const APPS = '/apis/apps/v1/namespaces/default';
const SERVICES = '/api/v1/namespaces/default/services';
const MAX_WORKLOADS = 4;
const MAX_REPLICAS = 4;
/** Says its name on port 80, and ends at once when asked to, as a server does. */
const SERVE =
  'trap "exit 0" TERM; mkdir -p /www; hostname > /www/index.html; httpd -p 80 -h /www; while :; do sleep 3600 & wait $!; done';
const TEMPLATE_SPEC = {
  terminationGracePeriodSeconds: 2,
  containers: [{ name: 'main', image: 'busybox:1', command: ['sh', '-c', SERVE] }],
};

/** Whether a Service of its name leads to its pods. */
export function hasService({ kind }: Pick<Wanted, 'kind'>): boolean {
  return kind === 'Deployment';
}

/** Creates, scales and deletes Deployments with Services and StatefulSets as people do; what it has been promised is its ledger. */
export class Workloads {
  readonly #api: () => ApiClient;
  readonly #random: Random;
  readonly #wanted = new Map<string, Wanted>();
  #made = 0;
  #scaled = 0;
  #deleted = 0;

  constructor(api: () => ApiClient, random: Random) {
    this.#api = api;
    this.#random = random;
  }

  get wanted(): readonly Wanted[] {
    return [...this.#wanted.values()];
  }

  get counts(): string {
    return `${this.#made} workloads created, ${this.#scaled} scaled, ${this.#deleted} deleted`;
  }

  /** Goes on until the signal; returns when the last thing it began is done. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const isFull = this.#wanted.size >= MAX_WORKLOADS;
      const chance = this.#random.next();
      if (this.#wanted.size < 2 || (!isFull && chance < 0.3)) await this.create();
      else if (chance < 0.75) await this.#scale();
      else await this.#delete(this.#random.pick(this.wanted));
      // The signal ends the wait, and the loop's condition the loop.
      await sleep(this.#random.between(1000, 6000), undefined, { signal }).catch(() => {});
    }
  }

  async create(kind = this.#kind(), replicas = this.#count()): Promise<void> {
    const name = `${kind === 'Deployment' ? 'web' : 'db'}-${this.#made++}`;
    const labels = { app: name };
    await persist(
      () =>
        this.#api().create(`${APPS}/${KINDS[kind]}`, {
          apiVersion: 'apps/v1',
          kind,
          metadata: { name },
          spec: {
            replicas,
            selector: { matchLabels: labels },
            template: { metadata: { labels }, spec: TEMPLATE_SPEC },
            ...(kind === 'StatefulSet' ? { serviceName: name } : {}),
          },
        }),
      409,
    );
    if (hasService({ kind })) {
      const service = { metadata: { name }, spec: { selector: labels, ports: [{ port: 80 }] } };
      await persist(() => this.#api().create(SERVICES, service), 409);
    }
    this.#wanted.set(name, { kind, name, replicas });
  }

  async deleteAll(): Promise<void> {
    for (const workload of this.wanted) await this.#delete(workload);
  }

  async #scale(): Promise<void> {
    const workload = this.#random.pick(this.wanted);
    if (!workload) return;
    const replicas = this.#count();
    const path = `${APPS}/${KINDS[workload.kind]}/${workload.name}/scale`;
    const metadata = { name: workload.name, namespace: 'default' };
    const scale = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata, spec: { replicas } };
    await persist(() => this.#api().update(path, scale));
    this.#scaled++;
    this.#wanted.set(workload.name, { ...workload, replicas });
  }

  async #delete(workload: Wanted | undefined): Promise<void> {
    if (!workload) return;
    await persist(() => this.#api().delete(`${APPS}/${KINDS[workload.kind]}/${workload.name}`), 404);
    if (hasService(workload)) await persist(() => this.#api().delete(`${SERVICES}/${workload.name}`), 404);
    this.#deleted++;
    this.#wanted.delete(workload.name);
  }

  #kind(): WorkloadKind {
    return this.#random.next() < 0.6 ? 'Deployment' : 'StatefulSet';
  }

  #count(): number {
    return 1 + Math.floor(this.#random.next() * MAX_REPLICAS);
  }
}
