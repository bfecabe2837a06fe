import type { Deployment, ReplicaSet } from '../../../api/types.ts';
import { maxSurge } from './limits.ts';

/** Which rollout of the Deployment a ReplicaSet belongs to, and which one the Deployment is in. */
export const REVISION = 'deployment.kubernetes.io/revision';
/** The revisions that a ReplicaSet had before it was rolled back to. */
const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';
/** The size of the Deployment, and with what a rollout may add, when the ReplicaSet was last scaled. */
const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas';
const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas';
/** Longer histories lose their beginning. */
const MAX_HISTORY_LENGTH = 2000;
const NOT_HANDED_DOWN: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  'deprecated.deployment.rollback.to',
]);

type Annotations = Readonly<Record<string, string>>;

/** A 64-bit number, as Kubernetes reads it. @returns 0 for a ReplicaSet that no Deployment has numbered. */
export function revisionOf({ metadata }: ReplicaSet): bigint {
  const text = metadata.annotations?.[REVISION] ?? '';
  return /^\d+$/.test(text) ? BigInt(text) : 0n;
}

/** @returns undefined where no Deployment has scaled the ReplicaSet. */
export function desiredReplicasOf({ metadata }: ReplicaSet): number | undefined {
  return wholeNumber(metadata.annotations?.[DESIRED_REPLICAS]);
}

export function maxReplicasOf({ metadata }: ReplicaSet): number | undefined {
  return wholeNumber(metadata.annotations?.[MAX_REPLICAS]);
}

/** The ReplicaSet as of a Deployment of this size; itself when it says so already. */
export function withSize(set: ReplicaSet, deployment: Deployment): ReplicaSet {
  const { replicas } = deployment.spec;
  const size = { [DESIRED_REPLICAS]: String(replicas), [MAX_REPLICAS]: String(replicas + maxSurge(deployment)) };
  return withAnnotations(set, size);
}

/**
 * The ReplicaSet of the current template with what its Deployment hands down (the change cause among it), and with its number:
 * one that is used again gets a new number and keeps the old ones as its history.
 */
export function withRevision(set: ReplicaSet, deployment: Deployment, revision: bigint): ReplicaSet {
  const handedDown = Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => !NOT_HANDED_DOWN.has(key));
  const current = set.metadata.annotations ?? {};
  const isOlder = revisionOf(set) < revision;
  return withAnnotations(set, {
    ...Object.fromEntries(handedDown),
    ...(isOlder ? { [REVISION]: String(revision) } : {}),
    ...(isOlder ? historyOf(current) : {}),
  });
}

function historyOf(annotations: Annotations): Annotations {
  const last = annotations[REVISION];
  if (!last) return {};
  const history = [...(annotations[REVISION_HISTORY] ?? '').split(',').filter(Boolean), last];
  while (history.join().length > MAX_HISTORY_LENGTH) history.shift();
  return { [REVISION_HISTORY]: history.join() };
}

function withAnnotations(set: ReplicaSet, added: Annotations): ReplicaSet {
  const annotations = set.metadata.annotations ?? {};
  if (Object.entries(added).every(([key, value]) => annotations[key] === value)) return set;
  return { ...set, metadata: { ...set.metadata, annotations: { ...annotations, ...added } } };
}

function wholeNumber(text: string | undefined): number | undefined {
  return /^\d+$/.test(text ?? '') ? Number(text) : undefined;
}
