import type { Node, NodeCondition } from '../../api/types.ts';
import type { EventRecorder } from '../resource-client.ts';

type NodeEvent = Parameters<EventRecorder['record']>[1];

/** kubelet's reasons, for a condition that is not there and one that is. */
const REASONS: Readonly<Record<string, { readonly False: string; readonly True: string }>> = {
  MemoryPressure: { False: 'NodeHasSufficientMemory', True: 'NodeHasInsufficientMemory' },
  DiskPressure: { False: 'NodeHasNoDiskPressure', True: 'NodeHasDiskPressure' },
  PIDPressure: { False: 'NodeHasSufficientPID', True: 'NodeHasInsufficientPID' },
  Ready: { False: 'NodeNotReady', True: 'NodeReady' },
};
const CONTROLLER = 'node-controller';

function statusNow(name: string, reason: string, source: Pick<NodeEvent, 'component' | 'host'>): NodeEvent {
  return { type: 'Normal', reason, message: `Node ${name} status is now: ${reason}`, ...source };
}

function conditionEvent(name: string, before: NodeCondition | undefined, after: NodeCondition): NodeEvent[] {
  const reasons = REASONS[after.type];
  if (!reasons || before?.status === after.status) return [];
  const kubelet = { component: 'kubelet', host: name };
  if (after.status === 'True' || after.status === 'False') return [statusNow(name, reasons[after.status], kubelet)];
  // Of all that becomes unknown with the node's silence, Kubernetes tells once: of a node that was ready.
  const isLost = after.type === 'Ready' && before?.status === 'True';
  return isLost ? [statusNow(name, reasons.False, { component: CONTROLLER })] : [];
}

/** What is told of a node whose object changed so: kubelet's and the node lifecycle controller's words. */
export function eventsOfChange(before: Node, after: Node): NodeEvent[] {
  const { name } = after.metadata;
  const held = before.status?.conditions ?? [];
  return (after.status?.conditions ?? []).flatMap((condition) =>
    conditionEvent(
      name,
      held.find(({ type }) => type === condition.type),
      condition,
    ),
  );
}

/** `kubectl cordon` and `uncordon`, as kubelet tells of them. */
export function scheduleEvents(before: Node, after: Node): NodeEvent[] {
  const isClosed = after.spec.unschedulable ?? false;
  if ((before.spec.unschedulable ?? false) === isClosed) return [];
  const { name } = after.metadata;
  return [statusNow(name, isClosed ? 'NodeNotSchedulable' : 'NodeSchedulable', { component: 'kubelet', host: name })];
}

export function registeredEvent({ metadata: { name } }: Node): NodeEvent {
  const message = `Node ${name} event: Registered Node ${name} in Controller`;
  return { type: 'Normal', reason: 'RegisteredNode', message, component: CONTROLLER };
}

/** Ours: Kubernetes knows no machine that takes another's Node over. */
export function replacedEvent({ metadata: { name } }: Node, address: string): NodeEvent {
  const message = `Node ${name} was taken over by the machine at ${address}, set up anew with another key; the old key is refused`;
  return { type: 'Normal', reason: 'NodeReplaced', message, component: CONTROLLER };
}

export function removingEvent({ metadata: { name } }: Node): NodeEvent {
  const message = `Node ${name} event: Removing Node ${name} from Controller`;
  return { type: 'Normal', reason: 'RemovingNode', message, component: CONTROLLER };
}
