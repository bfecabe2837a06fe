import { STATEFUL_SET } from '../../../api/kinds/stateful-set.ts';
import { aWorkload } from '../../../api/kinds/workload/test-workload.ts';
import type { ControllerRevision, PersistentVolumeClaim, Pod, StatefulSet } from '../../../api/types.ts';
import { claimsOf } from './claims.ts';
import { podOf } from './identity.ts';
import { type Action, plan } from './plan.ts';
import { revisionsOf } from './revisions.ts';
import { statusOf } from './status.ts';

/** For the tests of StatefulSets. */

export const NOW = Date.parse('2030-01-01T00:01:00Z');

/** `web`, with its defaults. */
export function aStatefulSet(spec: object = {}): StatefulSet {
  const set = aWorkload(STATEFUL_SET, { serviceName: 'peers', ...spec });
  set.metadata = { ...set.metadata, uid: 'own', generation: 1 };
  return set;
}

export type Condition = 'pending' | 'unready' | 'ready' | 'terminating' | 'failed' | 'succeeded';

const PHASES = { pending: 'Pending', failed: 'Failed', succeeded: 'Succeeded' } as const;

/** The pod in a condition. @param readyFor seconds */
export function inCondition(pod: Pod, condition: Condition, readyFor = 3600): Pod {
  const { deletionTimestamp: _none, ...metadata } = pod.metadata;
  const lastTransitionTime = new Date(NOW - readyFor * 1000).toISOString();
  const status = condition === 'ready' || condition === 'terminating' ? 'True' : 'False';
  const phase = condition in PHASES ? PHASES[condition as keyof typeof PHASES] : 'Running';
  return {
    ...pod,
    metadata: {
      ...metadata,
      uid: pod.metadata.uid ?? `uid-of-${pod.metadata.name}`,
      ...(condition === 'terminating' ? { deletionTimestamp: '2030-01-01T00:00:30Z' } : {}),
    },
    status: { phase, conditions: [{ type: 'Ready', status, lastTransitionTime }] },
  };
}

/** A pod of the set as it is, or of another revision. */
export function podAt(
  set: StatefulSet,
  ordinal: number,
  condition: Condition = 'ready',
  revision = revisionsOf(set, []).update.metadata.name,
): Pod {
  return inCondition(podOf(set, ordinal, { template: set.spec.template, revision }), condition);
}

/** `delete web-1`, one text for each action. */
export function texts(actions: readonly Action[]): string[] {
  return actions.map((action) => `${action.do} ${('claim' in action ? action.claim : action.pod).metadata.name}`);
}

/** A StatefulSet and what the API holds of it, without an API: actions are done at once, pods do what the test says. */
export class World {
  set: StatefulSet;
  pods = new Map<string, Pod>();
  claims = new Map<string, PersistentVolumeClaim>();
  revisions: ControllerRevision[] = [];
  #made = 0;

  constructor(set: StatefulSet) {
    this.set = set;
  }

  get view() {
    const claims = [...this.claims.values()];
    return { pods: [...this.pods.values()], claims, revisions: revisionsOf(this.set, this.revisions) };
  }

  /** One pass of the controller. @returns what it did */
  pass(): readonly Action[] {
    for (const { do: what, revision } of revisionsOf(this.set, this.revisions).history.actions) {
      const others = this.revisions.filter(({ metadata }) => metadata.name !== revision.metadata.name);
      if (what === 'create' || what === 'update') this.revisions = [...others, revision];
    }
    const actions = plan(this.set, this.view, NOW);
    for (const action of actions) this.#do(action);
    const { pods, revisions } = this.view;
    this.set = { ...this.set, status: statusOf(this.set, pods, { revisions, now: NOW }) };
    return actions;
  }

  change(name: string, condition: Condition): void {
    const pod = this.pods.get(name);
    if (pod) this.pods.set(name, inCondition(pod, condition));
  }

  #do(action: Action): void {
    if ('claim' in action) this.#doToClaim(action);
    else this.#doToPod(action);
  }

  #doToPod(action: Exclude<Action, { claim: PersistentVolumeClaim }>): void {
    const { name } = action.pod.metadata;
    if (action.do === 'create' && this.pods.has(name)) throw new Error(`${name} is there already`);
    if (action.do === 'delete') {
      const isGone = ['Failed', 'Succeeded'].includes(action.pod.status?.phase ?? '');
      if (isGone) this.pods.delete(name);
      else this.change(name, 'terminating');
      return;
    }
    if (action.do === 'create') {
      for (const claim of claimsOf(this.set, name)) {
        if (!this.claims.has(claim.metadata.name)) this.claims.set(claim.metadata.name, claim);
      }
    }
    this.#made += 1;
    const metadata = { ...action.pod.metadata, uid: action.pod.metadata.uid ?? `uid-${this.#made}` };
    const pod = { ...action.pod, metadata };
    this.pods.set(name, action.do === 'create' ? inCondition(pod, 'pending') : pod);
  }

  #doToClaim({ do: what, claim }: Extract<Action, { claim: PersistentVolumeClaim }>): void {
    const { uid = '' } = this.set.metadata;
    const others = (claim.metadata.ownerReferences ?? []).filter((owner) => owner.uid !== uid);
    const owner = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: this.set.metadata.name, uid };
    const ownerReferences = what === 'adoptClaim' ? [...others, owner] : others;
    const changed = { ...claim, metadata: { ...claim.metadata, ownerReferences } };
    this.claims.set(claim.metadata.name, what === 'createClaim' ? claim : changed);
  }
}
