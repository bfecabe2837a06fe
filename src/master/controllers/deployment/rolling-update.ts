import type { Deployment, ReplicaSet } from '../../../api/types.ts';
import { maxUnavailable } from './limits.ts';
import { newSetReplicas } from './new-set.ts';
import { resized } from './scale.ts';
import {
  activeOf,
  allOf,
  availableReplicas,
  type CompleteSets,
  type Sets,
  wantedReplicas,
  withChanged,
} from './sets.ts';

/**
 * One step of a rolling update: the new set grows as far as the surge allows, or else the old ones shrink as far as what is available
 * allows, broken pods first. `sets` itself when neither can.
 */
export function rollForward(deployment: Deployment, sets: CompleteSets): Sets {
  const grown = withChanged(sets, [resizedNewSet(deployment, sets)]);
  return grown === sets ? shrinkOld(deployment, sets) : grown;
}

function resizedNewSet(deployment: Deployment, sets: CompleteSets): ReplicaSet {
  const { replicas } = deployment.spec;
  const { newSet } = sets;
  // Too large, it shrinks; else the surge says how far it grows.
  const target = newSet.spec.replicas > replicas ? replicas : newSetReplicas(deployment, sets);
  return resized(deployment, newSet, target);
}

function shrinkOld(deployment: Deployment, sets: CompleteSets): Sets {
  const { newSet } = sets;
  const minAvailable = deployment.spec.replicas - maxUnavailable(deployment);
  const newUnavailable = newSet.spec.replicas - availableReplicas(newSet);
  // New pods that are not there yet are no reason to take old ones away.
  const room = wantedReplicas(allOf(sets)) - minAvailable - newUnavailable;
  const old = activeOf(sets.old);
  if (old.length === 0 || room <= 0) return sets;
  const cleaned = take(deployment, old, room, (set) => set.spec.replicas - availableReplicas(set));
  const available = [...cleaned, newSet].reduce((sum, set) => sum + availableReplicas(set), 0);
  const shrunk = take(deployment, cleaned, available - minAvailable, (set) => set.spec.replicas);
  return withChanged(sets, shrunk);
}

/** The sets, oldest first, with `count` replicas fewer together, of each at most what `most` says. */
function take(
  deployment: Deployment,
  sets: readonly ReplicaSet[],
  count: number,
  most: (set: ReplicaSet) => number,
): ReplicaSet[] {
  let left = count;
  return sets.map((set) => {
    const taken = Math.max(0, Math.min(left, most(set)));
    left -= taken;
    return resized(deployment, set, set.spec.replicas - taken);
  });
}
