import type { Deployment, Pod, ReplicaSet } from '../../src/api/types.ts';
import { REVISION } from '../../src/master/controllers/deployment/annotations.ts';
import { type Action, plan } from '../../src/master/controllers/deployment/plan.ts';

/** A Deployment `web` of this size and image, with what defaults give it. */
export function aDeployment(replicas: number, spec: Partial<Deployment['spec']> & { image?: string } = {}): Deployment {
  const { image = 'web:1', ...rest } = spec;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default', uid: 'uid-of-web', generation: 1 },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image }] } },
      ...rest,
    },
    status: {},
  };
}

/** What a planner's world becomes by its actions, as the API would make it: a Deployment and its ReplicaSets. */
export class DeploymentWorld {
  deployment: Deployment;
  sets: ReplicaSet[] = [];
  pods: Pod[] = [];
  now = Date.parse('2030-01-01T00:00:00Z');
  #made = 0;

  constructor(deployment: Deployment) {
    this.deployment = deployment;
  }

  /** A change of the Deployment's spec, as a user makes it. */
  edit(spec: Partial<Deployment['spec']>): void {
    const { metadata } = this.deployment;
    this.deployment = {
      ...this.deployment,
      metadata: { ...metadata, generation: (metadata.generation ?? 0) + 1 },
      spec: { ...this.deployment.spec, ...spec },
    };
  }

  /** The same template with another image. */
  setImage(image: string): void {
    const { template } = this.deployment.spec;
    this.edit({ template: { ...template, spec: { containers: [{ name: 'main', image }] } } });
  }

  /** Plans one step, a second later, and does it. */
  pass(): Action[] {
    this.now += 1000;
    const actions = plan(this.deployment, { replicaSets: this.sets, pods: this.pods }, this.now);
    for (const action of actions) this.#perform(action);
    return actions;
  }

  /** Passes, and pods that become available as soon as they are wanted, until nothing is left to do. */
  finish(): void {
    for (let passes = 0; passes < 200; passes++) {
      this.report();
      if (this.pass().length === 0) return;
    }
    throw new Error('a rollout without an end');
  }

  /** As the ReplicaSet controller reports: every set has its pods, and so many of them are available. */
  report(available: (set: ReplicaSet) => number = ({ spec }) => spec.replicas): void {
    this.sets = this.sets.map((set) => {
      const count = Math.min(available(set), set.spec.replicas);
      const status = { replicas: set.spec.replicas, readyReplicas: count, availableReplicas: count };
      return { ...set, status: { ...status, observedGeneration: set.metadata.generation ?? 0 } };
    });
  }

  /** The sets' sizes by image: `{ 'web:1': 3 }`. */
  get sizes(): Record<string, number> {
    return Object.fromEntries(
      this.sets.map(({ spec }) => [spec.template.spec.containers[0]?.image ?? '', spec.replicas]),
    );
  }

  #perform(action: Action): void {
    switch (action.do) {
      case 'createSet': {
        this.#made += 1;
        const creationTimestamp = new Date(this.#made * 1000).toISOString();
        const metadata = { ...action.set.metadata, uid: `uid-${this.#made}`, generation: 1, creationTimestamp };
        this.sets = [...this.sets, { ...action.set, metadata, status: { replicas: 0 } }];
        return;
      }
      case 'updateSet':
        this.sets = this.sets.map((set) =>
          set.metadata.uid === action.set.metadata.uid ? risen(action.set, set) : set,
        );
        return;
      case 'deleteSet':
        this.sets = this.sets.filter((set) => set.metadata.uid !== action.set.metadata.uid);
        return;
      case 'setStatus': {
        const { metadata } = this.deployment;
        const { revision } = action;
        const annotations = { ...metadata.annotations, ...(revision === undefined ? {} : { [REVISION]: revision }) };
        this.deployment = { ...this.deployment, metadata: { ...metadata, annotations }, status: action.status };
        return;
      }
      default:
        throw new Error(`nothing here is ${action.do}ed`);
    }
  }
}

function risen(set: ReplicaSet, before: ReplicaSet): ReplicaSet {
  if (set.spec === before.spec) return set;
  return { ...set, metadata: { ...set.metadata, generation: (before.metadata.generation ?? 0) + 1 } };
}
