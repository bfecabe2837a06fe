import { POD } from '../../../api/kinds/pod.ts';
import { ApiError } from '../../../api/meta/errors.ts';
import { keyOf } from '../../../api/registry.ts';
import type { Pod } from '../../../api/types.ts';
import type { ResourceClient } from '../../resource-client.ts';
import { isTracked, TRACKING_FINALIZER } from './pod-facts.ts';

/** The pod as it is once its Job does not hold it any more. */
export function untracked(pod: Pod): Pod {
  const { finalizers, ...metadata } = pod.metadata;
  const others = finalizers?.filter((name) => name !== TRACKING_FINALIZER) ?? [];
  return { ...pod, metadata: { ...metadata, ...(others.length > 0 ? { finalizers: others } : {}) } };
}

/** Lets a pod go. Its node writes into it at the same time: whoever loses that race tries again with what is there then. */
export async function removeTrackingFinalizer(client: ResourceClient, pod: Pod): Promise<void> {
  let current: Pod | undefined = pod;
  while (current && isTracked(current) && current.metadata.uid === pod.metadata.uid) {
    if (await isWritten(client, untracked(current))) return;
    current = await find(client, pod);
  }
}

/** @returns false when somebody else wrote first */
async function isWritten(client: ResourceClient, pod: Pod): Promise<boolean> {
  try {
    await client.update(POD, pod);
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.reason === 'Conflict') return false;
    if (error instanceof ApiError && error.reason === 'NotFound') return true;
    throw error;
  }
}

async function find(client: ResourceClient, pod: Pod): Promise<Pod | undefined> {
  try {
    return await client.get(POD, keyOf(pod));
  } catch (error) {
    if (error instanceof ApiError && error.reason === 'NotFound') return undefined;
    throw error;
  }
}
