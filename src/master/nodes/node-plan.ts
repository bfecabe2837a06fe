import { isDeepStrictEqual } from 'node:util';
import { LAN_ANNOTATIONS } from '../../api/kinds/node/lan-facts.ts';
import { VOLUMES_FOLDER } from '../../api/kinds/storage/names.ts';
import type { Node, NodeCondition, NodeStatus } from '../../api/types.ts';
import { type Millis, toRfc3339 } from '../../lib/clock.ts';
import type { Eviction } from './disruption.ts';
import { withExtended } from './extended-resources.ts';
import { mayNodeSet } from './node-labels.ts';
import { desiredTaints } from './taints.ts';

/** The SHA-256 of the key that a node is known by. Deleting the Node forgets it, so another machine may take the name. */
export const KEY_ANNOTATION = 'node.bramble.dev/key-sha256';

/** An unchanged status is written anew (in memory only) this often, for its heartbeat times (kubelet: nodeStatusReportFrequency). */
const HEARTBEAT_WRITE_MS = 300_000;

const AGENT_CONDITIONS = ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready'];

/**
 * The object's labels with those that the agent reports laid over, and the few annotations that are the agent's own as it reports them.
 * @returns the same object when nothing changes.
 */
export function mergeMetadata(node: Node, reported: Node): Node {
  const given = Object.entries(reported.metadata.labels ?? {}).filter(([key]) => mayNodeSet(key));
  const labels = { ...node.metadata.labels, ...Object.fromEntries(given) };
  const annotations = mergeAnnotations(node, reported);
  const { labels: oldLabels, annotations: oldAnnotations } = node.metadata;
  if (isDeepStrictEqual([labels, annotations], [{ ...oldLabels }, { ...oldAnnotations }])) return node;
  return { ...node, metadata: { ...node.metadata, labels, annotations } };
}

function mergeAnnotations(node: Node, reported: Node): Record<string, string> {
  const isOwn = ([key]: readonly [string, string]) => LAN_ANNOTATIONS.includes(key);
  const held = Object.entries(node.metadata.annotations ?? {}).filter((pair) => !isOwn(pair));
  const folder = reported.metadata.annotations?.[VOLUMES_FOLDER];
  return {
    ...Object.fromEntries([...held, ...Object.entries(reported.metadata.annotations ?? {}).filter(isOwn)]),
    ...(folder === undefined ? {} : { [VOLUMES_FOLDER]: folder }),
  };
}

/** The Node to create for an agent that was never here. */
export function newNode(reported: Node, options: { name: string; podCidr: string; keyHash: string }): Node {
  const bare: Node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: options.name, annotations: { [KEY_ANNOTATION]: options.keyHash } },
    spec: { podCIDR: options.podCidr, podCIDRs: [options.podCidr] },
  };
  return mergeMetadata(bare, reported);
}

/** Conditions with their times: lastTransitionTime moves only when the status does. Others' conditions stay. */
function mergeConditions(
  held: readonly NodeCondition[],
  reported: readonly NodeCondition[],
  now: Millis,
): NodeCondition[] {
  const at = toRfc3339(now);
  const merged = reported.map((condition): NodeCondition => {
    const before = held.find((other) => other.type === condition.type);
    const transition = before?.status === condition.status ? before.lastTransitionTime : undefined;
    return { ...condition, lastHeartbeatTime: at, lastTransitionTime: transition ?? at };
  });
  const foreign = held.filter((condition) => !reported.some((other) => other.type === condition.type));
  // Ready stays last, where kubectl's readers expect it.
  return [...foreign, ...merged].sort((a, b) => Number(a.type === 'Ready') - Number(b.type === 'Ready'));
}

/** The conditions of a node that has fallen silent (Kubernetes' node lifecycle controller, its words). */
function unknownConditions(held: readonly NodeCondition[], now: Millis): NodeCondition[] {
  const at = toRfc3339(now);
  const types = new Set([...held.map((condition) => condition.type), ...AGENT_CONDITIONS]);
  return [...types].map((type): NodeCondition => {
    const before = held.find((condition) => condition.type === type);
    if (before && (before.status === 'Unknown' || !AGENT_CONDITIONS.includes(type))) return before;
    if (before) {
      const message = 'Kubelet stopped posting node status.';
      return { ...before, status: 'Unknown', reason: 'NodeStatusUnknown', message, lastTransitionTime: at };
    }
    const message = 'Kubelet never posted node status.';
    return { type, status: 'Unknown', reason: 'NodeStatusNeverUpdated', message, lastTransitionTime: at };
  });
}

/** What is known of one node beside its object. */
export interface NodeSigns {
  /** What the agent said last; undefined when it has not been here since the master started. */
  readonly reported: Node | undefined;
  /** How long nothing was heard of it, while the master was listening. */
  readonly silentMs: Millis;
  /** Whether its pods may be driven away when it is not ready. */
  readonly eviction: Eviction;
}

export interface NodePlan {
  /** Written through /status; undefined when nothing is to be written. */
  readonly status: NodeStatus | undefined;
  /** Only heartbeat times differ: not worth the disk. */
  readonly isVolatile: boolean;
  /** Labels, annotations or taints differ: written through the main resource, after the status. */
  readonly node: Node | undefined;
  /** When to look again at the latest. */
  readonly lookAgainMs: number;
}

function withoutHeartbeats(status: NodeStatus | undefined): unknown {
  const conditions = (status?.conditions ?? []).map(({ lastHeartbeatTime: _, ...rest }) => rest);
  // Through JSON: a field that is undefined is one that is not there.
  return JSON.parse(JSON.stringify({ ...status, conditions }));
}

function oldestHeartbeat(status: NodeStatus | undefined): Millis {
  const times = (status?.conditions ?? []).map((condition) => Date.parse(condition.lastHeartbeatTime ?? ''));
  return Math.min(...times.filter((time) => !Number.isNaN(time)));
}

export interface PlanTimes {
  readonly now: Millis;
  /** Silence that long after the last heartbeat makes a node's state unknown. */
  readonly graceMs: Millis;
}

function desiredStatus(node: Node, signs: NodeSigns, { now, graceMs }: PlanTimes): NodeStatus {
  const held = node.status?.conditions ?? [];
  if (signs.silentMs >= graceMs) {
    return { ...node.status, conditions: unknownConditions(held, now) };
  }
  const { conditions = [], ...facts } = signs.reported?.status ?? {};
  if (!signs.reported) return { ...node.status };
  const resources = withExtended(node.status, facts);
  return { ...node.status, ...facts, ...resources, conditions: mergeConditions(held, conditions, now) };
}

/** Decides what a Node object must become, from what its agent said and how long it has been silent. */
export function planNode(node: Node, signs: NodeSigns, times: PlanTimes): NodePlan {
  const { now, graceMs } = times;
  const status = desiredStatus(node, signs, times);
  const isSame = isDeepStrictEqual(withoutHeartbeats(status), withoutHeartbeats(node.status));
  const isAlive = signs.silentMs < graceMs;
  const isStale = isAlive && now - oldestHeartbeat(node.status) >= HEARTBEAT_WRITE_MS;
  const labelled = signs.reported ? mergeMetadata(node, signs.reported) : node;
  const taints = desiredTaints({ ...labelled, status }, now, signs.eviction);
  const isTaintChanged = !isDeepStrictEqual(taints, labelled.spec.taints ?? []);
  const wanted = isTaintChanged
    ? { ...labelled, spec: { ...labelled.spec, taints: taints.length > 0 ? [...taints] : undefined } }
    : labelled;
  return {
    status: isSame && !isStale ? undefined : status,
    isVolatile: isSame,
    node: wanted === node ? undefined : wanted,
    lookAgainMs: isAlive ? graceMs - signs.silentMs : HEARTBEAT_WRITE_MS,
  };
}
