import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../../../test/lab/lab.ts';
import { runningByPod } from './lab-world.ts';

const LOOK_MS = 1000;

/**
 * Looks all the while for a StatefulSet's pod that runs twice, on whatever nodes, cut off or not. Nodes are looked at one after
 * the other, so only two that are both there at a second look are twins.
 */
export async function watchForTwins(lab: Lab, signal: AbortSignal): Promise<string[]> {
  const found = new Set<string>();
  while (!signal.aborted) {
    const first = await runningByPod(lab);
    if ([...first].some(isTwin)) {
      const second = await runningByPod(lab);
      for (const [pod, ids] of [...first].filter(isTwin)) {
        const still = ids.filter((id) => second.get(pod)?.includes(id));
        if (still.length > 1)
          found.add(`${pod} ran ${still.length} times at once: ${still.map((id) => id.slice(0, 12)).join(', ')}`);
      }
    }
    // The signal ends the wait, and the loop's condition the loop.
    await sleep(LOOK_MS, undefined, { signal }).catch(() => {});
  }
  return [...found];
}

/** @param entry of a pod's name and the ids of its running containers; pods of our StatefulSets have one, and are called db-… */
function isTwin([pod, ids]: [string, string[]]): boolean {
  return pod.startsWith('db-') && ids.length > 1;
}
