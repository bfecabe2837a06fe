import type { Node, NodeCondition } from '../../api/types.ts';

export interface NodeEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

/** kubelet's reasons for a condition that has become False, and True. */
const REASONS: Readonly<Record<string, readonly [string, string]>> = {
  MemoryPressure: ['NodeHasSufficientMemory', 'NodeHasInsufficientMemory'],
  DiskPressure: ['NodeHasNoDiskPressure', 'NodeHasDiskPressure'],
  PIDPressure: ['NodeHasSufficientPID', 'NodeHasInsufficientPID'],
  Ready: ['NodeNotReady', 'NodeReady'],
};

/** What is to be told of a node whose conditions have changed. Of those that kubelet has none of, the condition's own words. */
export function conditionEvents(before: Node | undefined, after: Node): NodeEvent[] {
  return (after.status?.conditions ?? []).flatMap((condition) => {
    const old = before?.status?.conditions?.find(({ type }) => type === condition.type);
    return old?.status === condition.status ? [] : eventsOf(condition, after.metadata.name, old !== undefined);
  });
}

function eventsOf({ type, status, reason, message }: NodeCondition, node: string, wasKnown: boolean): NodeEvent[] {
  const isTrue = status === 'True';
  const reasons = REASONS[type];
  if (reasons) {
    const told = reasons[isTrue ? 1 : 0];
    return [{ type: 'Normal', reason: told, message: `Node ${node} status is now: ${told}` }];
  }
  // That a sensor shows nothing is news only where it has shown something.
  if (!isTrue && !wasKnown) return [];
  return [{ type: isTrue ? 'Warning' : 'Normal', reason: reason ?? type, message: message ?? '' }];
}
