import type { Pod } from '../../../api/types.ts';
import type { Millis } from '../../../lib/clock.ts';
import { isPodReady } from './pod-state.ts';

/** How much it costs to delete a pod, compared with its siblings; 0 unless it says so. */
const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';

const PHASES: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/** What is known of a pod when one has to go. */
interface Candidate {
  readonly pod: Pod;
  /** The cheaper goes first, by the first number that differs. */
  readonly rank: readonly number[];
}

/**
 * The pods that go when `count` of them have to: without a node before those with one, pending before running, not ready before ready,
 * by deletion cost, doubled up on a node, ready for a shorter time, restarted more often, younger. Times count by their
 * magnitude only, so that not always the youngest goes. Source: kube-controller, ActivePodsWithRanks.
 * @param related pods whose presence makes a node doubly used: those of all that share the owner's owner, with `pods` among them
 */
export function chooseVictims(
  pods: readonly Pod[],
  count: number,
  { related, now }: { readonly related: readonly Pod[]; readonly now: Millis },
): Pod[] {
  if (count <= 0) return [];
  if (count >= pods.length) return [...pods];
  const onNode = countByNode(related);
  const candidates = pods.map((pod) => ({ pod, rank: rankOf(pod, onNode.get(pod.spec.nodeName ?? '') ?? 0, now) }));
  return candidates
    .sort(compare)
    .slice(0, count)
    .map(({ pod }) => pod);
}

function rankOf(pod: Pod, onSameNode: number, now: Millis): number[] {
  const isReady = isPodReady(pod);
  const readySince = pod.status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime;
  return [
    pod.spec.nodeName ? 1 : 0,
    PHASES[pod.status?.phase ?? 'Pending'] ?? 0,
    isReady ? 1 : 0,
    deletionCost(pod),
    -onSameNode,
    isReady ? magnitudeOfAge(readySince, now) : 0,
    ...maxRestarts(pod).map((restarts) => -restarts),
    magnitudeOfAge(pod.metadata.creationTimestamp, now),
  ];
}

/** Equal ranks go by uid, which nobody chose. */
function compare(a: Candidate, b: Candidate): number {
  const at = a.rank.findIndex((value, index) => value !== b.rank[index]);
  if (at >= 0) return (a.rank[at] ?? 0) - (b.rank[at] ?? 0);
  return (a.pod.metadata.uid ?? '') < (b.pod.metadata.uid ?? '') ? -1 : 1;
}

function countByNode(pods: readonly Pod[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { spec } of pods) {
    if (spec.nodeName) counts.set(spec.nodeName, (counts.get(spec.nodeName) ?? 0) + 1);
  }
  return counts;
}

/** Text that is no whole number of 32 bits counts as none: `+1` and `01` are refused, as in Kubernetes. */
function deletionCost({ metadata }: Pod): number {
  const text = metadata.annotations?.[DELETION_COST] ?? '0';
  const cost = /^(0|-?[1-9]\d*)$/.test(text) ? Number(text) : 0;
  return Math.abs(cost) < 2 ** 31 ? cost : 0;
}

/** Of the containers and, when those are equal, of the init containers that go on running. */
function maxRestarts({ status }: Pod): [number, number] {
  const most = (list: readonly { readonly restartCount?: number }[] = []) =>
    list.reduce((max, { restartCount = 0 }) => Math.max(max, restartCount), 0);
  return [most(status?.containerStatuses), most(status?.initContainerStatuses)];
}

/** 10 s are 33 and 12 s are 33, an hour is 41: the binary logarithm of nanoseconds; -1 for a time that is not known. */
function magnitudeOfAge(since: string | undefined, now: Millis): number {
  const ageMs = now - Date.parse(since ?? '');
  return ageMs > 0 ? Math.floor(Math.log2(ageMs * 1e6)) : -1;
}
