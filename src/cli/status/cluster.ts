import { podRequests } from '../../api/kinds/pod/requests.ts';
import { summarize } from '../../api/kinds/pod/summary.ts';
import { parseQuantity, wholeValue } from '../../api/meta/quantity.ts';
import type { CoreEvent, Node, Pod } from '../../api/types.ts';
import type { Millis } from '../../lib/clock.ts';
import type { MasterStatus } from '../../master/status-route.ts';

/** What was read from a master, in one moment. */
export interface ClusterFacts {
  readonly server: string;
  readonly master: MasterStatus;
  readonly nodes: readonly Node[];
  readonly pods: readonly Pod[];
  /** Events of type Warning. */
  readonly warnings: readonly CoreEvent[];
}

/** The cluster at a glance: what `bramble status --json` prints. */
export interface ClusterStatus {
  /** Nothing needs a person: no node, and no pod that should run. */
  readonly isWell: boolean;
  readonly master: MasterStatus & { readonly server: string };
  readonly nodes: readonly NodeStatus[];
  readonly pods: { readonly total: number; readonly troubled: readonly TroubledPod[] };
  /** The last ones, the newest first. */
  readonly warnings: readonly Warning[];
  /** Commands that lead on. */
  readonly next: readonly string[];
}

export interface NodeStatus {
  readonly name: string;
  readonly isReady: boolean;
  readonly isSchedulable: boolean;
  readonly architecture: string;
  readonly createdAt: string;
  readonly address: string;
  readonly pods: number;
  readonly maxPods: number;
  /** What the node's pods have asked for, of what there is for them: what the scheduler goes by. */
  readonly memoryRequestedBytes: number;
  readonly memoryBytes: number;
  /** Why it is not ready, then every bad condition. */
  readonly problems: readonly Problem[];
}

export interface Problem {
  readonly type: string;
  readonly message: string;
}

/** A pod that neither runs and is ready, nor has done its work. */
export interface TroubledPod {
  readonly namespace: string;
  readonly name: string;
  /** As `kubectl get pods` has it. */
  readonly status: string;
  /** '' when it has none yet. */
  readonly node: string;
  readonly createdAt: string;
  readonly message: string;
  /** Not so while it starts or ends, nor when its controller sees to it. */
  readonly isWrong: boolean;
}

export interface Warning {
  readonly lastSeen: string;
  readonly count: number;
  readonly object: string;
  readonly reason: string;
  readonly message: string;
}

const MAX_WARNINGS = 5;
/** A pod that is not there yet is no trouble for so long: images are pulled in this time, mostly. */
const STARTING_MS = 60_000;

/** Says what of the facts needs attention. */
export function judgeCluster({ server, master, nodes, pods, warnings }: ClusterFacts, now: Millis): ClusterStatus {
  const nodeStates = nodes.map((node) => nodeStatus(node, pods)).sort((a, b) => (a.name < b.name ? -1 : 1));
  const troubled = pods.map((pod) => troubleOf(pod, now)).filter((pod) => pod !== undefined);
  troubled.sort((a, b) => Number(b.isWrong) - Number(a.isWrong) || (b.createdAt < a.createdAt ? -1 : 1));
  const isWell = nodes.length > 0 && !nodeStates.some(hasProblem) && !troubled.some(({ isWrong }) => isWrong);
  return {
    isWell,
    master: { server, ...master },
    nodes: nodeStates,
    pods: { total: pods.length, troubled },
    warnings: lastWarnings(warnings),
    next: nextCommands(nodeStates, troubled),
  };
}

function hasProblem({ problems }: NodeStatus): boolean {
  return problems.length > 0;
}

function nodeStatus(node: Node, pods: readonly Pod[]): NodeStatus {
  const { metadata, spec, status } = node;
  const mine = pods.filter((pod) => pod.spec.nodeName === metadata.name && !hasEnded(pod));
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const isReady = ready?.status === 'True';
  return {
    name: metadata.name,
    isReady,
    isSchedulable: !spec?.unschedulable,
    architecture: status?.nodeInfo?.architecture ?? '',
    createdAt: metadata.creationTimestamp ?? '',
    address: status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '',
    pods: mine.length,
    maxPods: amount(status?.allocatable?.pods),
    memoryRequestedBytes: mine.reduce((sum, pod) => sum + (podRequests(pod).memory ?? 0), 0),
    memoryBytes: amount(status?.allocatable?.memory),
    problems: [
      ...(isReady ? [] : [{ type: 'NotReady', message: ready?.message ?? 'it has not reported yet' }]),
      // Of all conditions but Ready, True is the bad one.
      ...(status?.conditions ?? [])
        .filter(({ type, status: is }) => type !== 'Ready' && is === 'True')
        .map(({ type, message = '' }) => ({ type, message })),
    ],
  };
}

function amount(text: unknown): number {
  return text === undefined ? 0 : wholeValue(parseQuantity(String(text)));
}

function hasEnded({ status }: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}

function troubleOf(pod: Pod, now: Millis): TroubledPod | undefined {
  const { metadata, spec, status } = pod;
  if (status?.phase === 'Succeeded') return undefined;
  const isReady = status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True');
  const isFine = status?.phase === 'Running' && isReady && !metadata.deletionTimestamp;
  // What a controller has failed stays to be looked at; the controller has made another one, or says why not.
  const isReplaced =
    status?.phase === 'Failed' && (metadata.ownerReferences ?? []).some(({ controller }) => controller);
  if (isFine || isReplaced) return undefined;
  const { status: word } = summarize(pod);
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    status: word === 'Running' ? 'NotReady' : word,
    node: spec.nodeName ?? '',
    createdAt: metadata.creationTimestamp ?? '',
    message: messageOf(pod),
    isWrong: !isPassing(pod, word, now),
  };
}

const STARTING = new Set(['Pending', 'ContainerCreating', 'PodInitializing', 'Running']);

/** Does it start or end right now, as pods do? */
function isPassing({ metadata }: Pod, word: string, now: Millis): boolean {
  const { deletionTimestamp, creationTimestamp } = metadata;
  // The deletion's time is when the grace period ends.
  if (deletionTimestamp) return now < Date.parse(deletionTimestamp) + STARTING_MS;
  const isStarting = STARTING.has(word) || /^Init:\d/.test(word);
  return isStarting && now < Date.parse(creationTimestamp ?? '') + STARTING_MS;
}

/** The most exact of what there is: a container's own words, then the scheduler's, then the pod's. */
function messageOf({ status }: Pod): string {
  for (const container of [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]) {
    const { waiting, terminated } = container.state ?? {};
    const ended = terminated && terminated.exitCode !== 0 ? terminated : undefined;
    const text = waiting?.message ?? ended?.message;
    if (text) return `${container.name}: ${text}`;
    if (ended) return `${container.name}: ended with exit code ${ended.exitCode}`;
  }
  const unmet = (wanted: string) =>
    status?.conditions?.find(({ type, status: is }) => type === wanted && is === 'False')?.message;
  return unmet('PodScheduled') || status?.message || unmet('Ready') || '';
}

function lastWarnings(events: readonly CoreEvent[]): Warning[] {
  return events
    .map((event) => ({
      lastSeen:
        event.series?.lastObservedTime ??
        event.lastTimestamp ??
        event.eventTime ??
        event.metadata.creationTimestamp ??
        '',
      count: event.series?.count ?? event.count ?? 1,
      object: `${(event.involvedObject?.kind ?? '').toLowerCase()}/${event.involvedObject?.name ?? ''}`,
      reason: event.reason ?? '',
      message: (event.message ?? '').trim(),
    }))
    .sort((a, b) => Date.parse(b.lastSeen) - Date.parse(a.lastSeen))
    .slice(0, MAX_WARNINGS);
}

function nextCommands(nodes: readonly NodeStatus[], troubled: readonly TroubledPod[]): string[] {
  if (nodes.length === 0)
    return ['bramble token create', 'bramble join MASTER --token WORD   # on the machine to be a node'];
  const node = nodes.find(hasProblem);
  const pod = troubled.find(({ isWrong }) => isWrong);
  const next = node ? [`kubectl describe node ${node.name}`] : [];
  if (pod) next.push(`kubectl ${lookAt(pod)} -n ${pod.namespace} ${pod.name}`);
  if (next.length > 0) return next;
  return ['kubectl get pods -A -o wide', 'bramble token create   # to have another machine join'];
}

/** What a container said before it fell is in its log; everything else is in the events. */
function lookAt({ status }: TroubledPod): string {
  return status === 'CrashLoopBackOff' ? 'logs --previous --all-containers' : 'describe pod';
}
