import { DAEMON_SET } from '../../../api/kinds/daemon-set.ts';
import { aWorkload } from '../../../api/kinds/workload/test-workload.ts';
import type { DaemonSet, Node, Pod } from '../../../api/types.ts';
import { daemonPod } from './daemon-pod.ts';
import { type Action, plan } from './plan.ts';

/** For the tables of DaemonSets. */

export const NOW = Date.parse('2030-01-01T00:01:00Z');
export const HASH = 'new';

/** `web`, with its defaults. */
export function aDaemonSet(spec: object = {}): DaemonSet {
  const set = aWorkload(DAEMON_SET, spec);
  set.metadata = { ...set.metadata, uid: 'own', generation: 1 };
  return set;
}

export type Condition = 'pending' | 'unready' | 'ready' | 'terminating' | 'failed' | 'succeeded';

const PHASES = { pending: 'Pending', failed: 'Failed', succeeded: 'Succeeded' } as const;

/** @param readyFor seconds */
export function inCondition(pod: Pod, condition: Condition, readyFor = 3600): Pod {
  const lastTransitionTime = new Date(NOW - readyFor * 1000).toISOString();
  const status = condition === 'ready' || condition === 'terminating' ? 'True' : 'False';
  const phase = condition in PHASES ? PHASES[condition as keyof typeof PHASES] : 'Running';
  const leaving = condition === 'terminating' ? { deletionTimestamp: '2030-01-01T00:00:30Z' } : {};
  return {
    ...pod,
    metadata: { ...pod.metadata, ...leaving },
    status: { phase, conditions: [{ type: 'Ready', status, lastTransitionTime }] },
  };
}

/** A pod of the set that is bound to the node. */
export function podOn(
  set: DaemonSet,
  node: string,
  condition: Condition = 'ready',
  facts: { hash?: string; name?: string } = {},
): Pod {
  const { hash = HASH, name = `web-${node}-${hash}` } = facts;
  const { metadata, spec, ...rest } = daemonPod(set, node, hash);
  const pod = { ...rest, metadata: { ...metadata, name, uid: name }, spec: { ...spec, nodeName: node } };
  return inCondition(pod, condition);
}

/** `create pi-1`, `delete web-pi-1-old`: one text for each action. */
export function texts(actions: readonly Action[]): string[] {
  return actions.map((action) => `${action.do} ${action.do === 'create' ? action.node : action.pod.metadata.name}`);
}

/** What is done with these nodes and pods; failed pods of the nodes in `held` have to wait. */
export function decide(
  set: DaemonSet,
  nodes: readonly Node[],
  pods: readonly Pod[],
  held: readonly string[] = [],
): Action[] {
  return plan(set, { nodes, pods, hash: HASH, isHeld: (node) => held.includes(node) }, NOW);
}
