import { isExtended } from '../../api/kinds/pod/validation/resources.ts';
import type { NodeStatus } from '../../api/types.ts';

type Resources = Pick<NodeStatus, 'capacity' | 'allocatable'>;

/**
 * An agent's word on what its node has, with the extended resources that somebody else put into the node's capacity
 * (`example.com/dongle`): those are not the agent's to take away, and all of them may be given to pods. Source: kubelet, MachineInfo.
 */
export function withExtended(held: NodeStatus | undefined, reported: Resources): Resources {
  const extended = Object.entries(held?.capacity ?? {}).filter(([name]) => isExtended(name));
  if (!reported.capacity || extended.length === 0) return reported;
  return {
    capacity: { ...Object.fromEntries(extended), ...reported.capacity },
    allocatable: { ...Object.fromEntries(extended), ...reported.allocatable },
  };
}
