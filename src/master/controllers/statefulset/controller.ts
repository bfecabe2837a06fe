import { isDeepStrictEqual } from 'node:util';
import { CONTROLLER_REVISION } from '../../../api/kinds/controller-revision.ts';
import { PERSISTENT_VOLUME_CLAIM } from '../../../api/kinds/persistent-volume-claim.ts';
import { POD } from '../../../api/kinds/pod.ts';
import { STATEFUL_SET } from '../../../api/kinds/stateful-set.ts';
import { keyOf, type ObjectKey } from '../../../api/registry.ts';
import type { ControllerRevision, KubeObject, StatefulSet } from '../../../api/types.ts';
import type { ControllerParts, Reconciler } from '../controller.ts';
import { HistoryKeeper } from '../history/keeper.ts';
import { truncate } from '../history/plan.ts';
import { revisionOfPod } from '../history/revision.ts';
import { ignoring } from '../ignore-errors.ts';
import { ownersConcerned } from '../workload/claim.ts';
import { isClaimOf } from './claims.ts';
import { Performer } from './performer.ts';
import { plan } from './plan.ts';
import { type Revisions, revisionsOf } from './revisions.ts';
import { claimPods } from './slots.ts';
import { nextAvailableMs, statusOf } from './status.ts';

/** Keeps the pods of StatefulSets: each with a name that lasts, coming and going in order. */
export function statefulSetController({ client, cache, events, clock }: ControllerParts): Reconciler {
  const performer = new Performer({ client, events });
  const history = new HistoryKeeper(client, STATEFUL_SET);
  const podsOf = ({ namespace }: ObjectKey) => cache.list(POD, namespace);
  // By name: most claims have no owner.
  const setsOfClaim = (claim: KubeObject) =>
    cache
      .list(STATEFUL_SET, claim.metadata.namespace)
      .filter((set) => isClaimOf(set, claim))
      .map(keyOf);
  const writeStatus = async (key: ObjectKey, set: StatefulSet, revisions: Revisions) => {
    const status = statusOf(set, podsOf(key), { revisions, now: clock.now() });
    if (isDeepStrictEqual(set.status, status)) return;
    await client.update(STATEFUL_SET, { ...set, status }, { subresource: 'status' });
  };
  const pass = async (key: ObjectKey, set: StatefulSet) => {
    const revisions = revisionsOf(set, cache.list(CONTROLLER_REVISION, key.namespace));
    if (!set.metadata.deletionTimestamp && !(await history.perform(set, revisions.history.actions))) return;
    try {
      const claims = cache.list(PERSISTENT_VOLUME_CLAIM, key.namespace);
      await performer.perform(set, plan(set, { pods: podsOf(key), claims, revisions }, clock.now()));
    } finally {
      // The cache has what was just written: the status tells of that, too.
      await writeStatus(key, set, revisions);
    }
    const live = new Set(claimPods(set, podsOf(key)).owned.map(revisionOfPod));
    const isLive = ({ metadata }: ControllerRevision) =>
      live.has(metadata.name) || metadata.name === revisions.current.metadata.name;
    if (!set.metadata.deletionTimestamp) await history.perform(set, truncate(set, revisions.history, isLive));
  };
  return {
    name: 'statefulset-controller',
    watches: [
      { kind: STATEFUL_SET },
      { kind: POD, keysOf: ownersConcerned(cache, STATEFUL_SET, (set) => set) },
      { kind: PERSISTENT_VOLUME_CLAIM, keysOf: setsOfClaim },
      { kind: CONTROLLER_REVISION, keysOf: ownersConcerned(cache, STATEFUL_SET, (set) => set) },
    ],
    async reconcile(key) {
      const set = cache.get(STATEFUL_SET, key);
      if (!set) return undefined;
      // Whatever was changed under our hands wakes us again.
      await ignoring(['Conflict', 'NotFound'], pass(key, set));
      return nextAvailableMs(set, podsOf(key), clock.now());
    },
  };
}
