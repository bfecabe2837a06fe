import { isDeepStrictEqual } from 'node:util';
import { CONTROLLER_REVISION } from '../../../api/kinds/controller-revision.ts';
import { DAEMON_SET } from '../../../api/kinds/daemon-set.ts';
import { NODE } from '../../../api/kinds/node.ts';
import { POD } from '../../../api/kinds/pod.ts';
import { keyOf, type ObjectKey } from '../../../api/registry.ts';
import type { ControllerRevision, DaemonSet, KubeObject, Node } from '../../../api/types.ts';
import type { ControllerParts, Reconciler } from '../controller.ts';
import { HistoryKeeper } from '../history/keeper.ts';
import { historyOf, truncate } from '../history/plan.ts';
import { CONTROLLER_REVISION_HASH, revisionOfPod } from '../history/revision.ts';
import { ignoring } from '../ignore-errors.ts';
import { claim, ownersConcerned } from '../workload/claim.ts';
import { FailedPods } from './failed-pods.ts';
import { Performer } from './performer.ts';
import { placementOf } from './placement.ts';
import { type Action, plan } from './plan.ts';
import { nextAvailableMs, statusOf } from './status.ts';

/** Keeps one pod of every DaemonSet on each node that is for it. */
export function daemonSetController({ client, cache, events, clock }: ControllerParts): Reconciler {
  const performer = new Performer({ client, events });
  const history = new HistoryKeeper(client, DAEMON_SET);
  const failedPods = new FailedPods();
  const observe = (key: ObjectKey, hash: string) => ({
    nodes: cache.list(NODE),
    pods: cache.list(POD, key.namespace),
    hash,
  });
  const writeStatus = async (key: ObjectKey, set: DaemonSet, hash: string) => {
    const status = statusOf(set, observe(key, hash), clock.now());
    if (isDeepStrictEqual(set.status, status)) return;
    await client.update(DAEMON_SET, { ...set, status }, { subresource: 'status' });
  };
  const perform = async (set: DaemonSet, actions: readonly Action[], hash: string) => {
    const [now, date] = [clock.monotonic(), clock.now()];
    for (const action of actions) {
      if (action.do !== 'delete' || action.because !== 'failed') continue;
      failedPods.replaced(set, action.node ?? '', { pod: action.pod, now, date });
    }
    await performer.perform(set, actions, hash);
  };
  const pass = async (key: ObjectKey, set: DaemonSet) => {
    const past = historyOf(set, cache.list(CONTROLLER_REVISION, key.namespace), CONTROLLER_REVISION_HASH);
    const hash = hashOf(past.current);
    if (!set.metadata.deletionTimestamp && !(await history.perform(set, past.actions))) return;
    const now = clock.monotonic();
    const isHeld = (node: string) => failedPods.heldUntil(set, node, now) !== undefined;
    try {
      await perform(set, plan(set, { ...observe(key, hash), isHeld }, clock.now()), hash);
    } finally {
      // The cache has what was just written: the status tells of that, too.
      await writeStatus(key, set, hash);
    }
    const live = new Set(claim(set, cache.list(POD, key.namespace)).owned.map(revisionOfPod));
    if (set.metadata.deletionTimestamp) return;
    await history.perform(
      set,
      truncate(set, past, (revision) => live.has(hashOf(revision))),
    );
  };
  const nextRetryMs = (set: DaemonSet) => {
    const now = clock.monotonic();
    const { places } = placementOf(set, cache.list(NODE), cache.list(POD, set.metadata.namespace));
    const waiting = places.filter(({ pods }) => pods.some(({ status }) => status?.phase === 'Failed'));
    const waits = waiting.flatMap(({ node }) => failedPods.heldUntil(set, node, now) ?? []).map((at) => at - now);
    return waits.length > 0 ? Math.min(...waits) : undefined;
  };
  return {
    name: 'daemonset-controller',
    watches: [
      { kind: DAEMON_SET },
      { kind: POD, keysOf: ownersConcerned(cache, DAEMON_SET, (set) => set) },
      { kind: CONTROLLER_REVISION, keysOf: ownersConcerned(cache, DAEMON_SET, (set) => set) },
      { kind: NODE, keysOf: (node, was) => (isForOthersNow(node, was) ? cache.list(DAEMON_SET).map(keyOf) : []) },
    ],
    async reconcile(key) {
      const set = cache.get(DAEMON_SET, key);
      if (!set) {
        failedPods.forget(key);
        return undefined;
      }
      // Whatever was changed under our hands wakes us again.
      await ignoring(['Conflict', 'NotFound'], pass(key, set));
      const waits = [nextAvailableMs(set, cache.list(POD, key.namespace), clock.now()), nextRetryMs(set)];
      const known = waits.filter((ms) => ms !== undefined);
      return known.length > 0 ? Math.min(...known) : undefined;
    },
  };
}

function hashOf({ metadata }: ControllerRevision): string {
  return metadata.labels?.[CONTROLLER_REVISION_HASH] ?? '';
}

/** A node that came, went, or whose labels or taints changed: heartbeats are nobody's business here. */
function isForOthersNow(node: KubeObject, previous: KubeObject | undefined): boolean {
  if (!previous) return true;
  const facts = ({ metadata, spec }: Node) => ({ labels: metadata.labels, taints: spec.taints });
  return !isDeepStrictEqual(facts(node as Node), facts(previous as Node));
}
