import assert from 'node:assert/strict';
import type { Pod, StatefulSet } from '../../../src/api/types.ts';
import { IDLE } from '../../e2e/pods/manifests.ts';
import type { Collection } from './collection.ts';
import type { Context } from './context.ts';
import { SERVICES, STATEFUL_SETS } from './kinds.ts';
import { condition, Pods } from './pods.ts';
import { idleTemplate } from './workloads.ts';

const NAME = 'ss';
export const LABELS = { foo: 'bar', baz: 'blah' };
const SELECTOR = 'foo=bar,baz=blah';

/** One StatefulSet `ss` whose pods are ready while `/tmp/well` is there: a test takes it away to make them unhealthy. */
export class Stateful {
  readonly sets: Collection<StatefulSet>;
  readonly pods: Pods;
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
    this.sets = context.all(STATEFUL_SETS);
    this.pods = new Pods(context);
  }

  async create(replicas: number, spec: Partial<StatefulSet['spec']> = {}): Promise<StatefulSet> {
    const ports = [{ port: 80 }];
    await this.#context
      .all(SERVICES)
      .create({ metadata: { name: 'test' }, spec: { clusterIP: 'None', selector: LABELS, ports } });
    const readinessProbe = { exec: { command: ['test', '-e', '/tmp/well'] }, periodSeconds: 1, failureThreshold: 1 };
    const template = idleTemplate(LABELS, { readinessProbe, command: ['sh', '-c', `touch /tmp/well; ${IDLE}`] });
    return this.sets.create({
      metadata: { name: NAME },
      spec: { serviceName: 'test', replicas, selector: { matchLabels: LABELS }, template, ...spec },
    });
  }

  get(): Promise<StatefulSet> {
    return this.sets.get(NAME);
  }

  edit(change: (set: StatefulSet) => Partial<StatefulSet['spec']>): Promise<StatefulSet> {
    return this.sets.edit(NAME, (set) => ({ ...set, spec: { ...set.spec, ...change(set) } }));
  }

  /** Changes what its pods are made from. @param value of an environment variable */
  changeTemplate(value: string): Promise<StatefulSet> {
    return this.edit(({ spec }) => {
      const { template } = spec;
      const containers = template.spec.containers.map((each) => ({ ...each, env: [{ name: 'VERSION', value }] }));
      return { template: { ...template, spec: { ...template.spec, containers } } };
    });
  }

  /** Its pods in the order of their ordinals. */
  async list(): Promise<Pod[]> {
    const { items } = await this.pods.all.list({ labelSelector: SELECTOR });
    return items.sort((a, b) => ordinal(a) - ordinal(b));
  }

  /** Waits for this many pods, all of them ready, and for a status that says so. */
  async ready(replicas: number, timeoutMs = 120_000): Promise<Pod[]> {
    return this.#context.eventually(async () => {
      const pods = await this.list();
      assert.deepEqual(
        pods.map((pod) => [pod.metadata.name, condition(pod, 'Ready')?.status, pod.metadata.deletionTimestamp]),
        Array.from({ length: replicas }, (_, nr) => [`${NAME}-${nr}`, 'True', undefined]),
      );
      const { status } = await this.get();
      assert.deepEqual([status?.replicas, status?.readyReplicas ?? 0], [replicas, replicas]);
      return pods;
    }, timeoutMs);
  }

  async setWell(pod: string, well: boolean): Promise<void> {
    await this.pods.exec(pod, well ? ['touch', '/tmp/well'] : ['rm', '/tmp/well']);
    await this.pods.until(pod, (seen) => assert.equal(condition(seen, 'Ready')?.status, well ? 'True' : 'False'));
  }

  /** Makes a pod well that may be gone by now. */
  async heal(pod: string): Promise<void> {
    await this.#context.eventually(async () => {
      if (await this.pods.all.find(pod)) await this.pods.exec(pod, ['touch', '/tmp/well']);
    });
  }

  /** Waits until these pods, by ordinal, are of these revisions and ready. */
  async revisions(expected: readonly (string | undefined)[]): Promise<void> {
    await this.#context.eventually(async () => {
      const pods = await this.ready(expected.length, 0);
      assert.deepEqual(pods.map(revisionOf), expected);
    }, 120_000);
  }
}

function ordinal(pod: Pod): number {
  return Number(pod.metadata.name.split('-').at(-1));
}

export function revisionOf(pod: Pod): string | undefined {
  return pod.metadata.labels?.['controller-revision-hash'];
}
