import { clash, hostPortsOf } from '../../api/kinds/pod/host-ports.ts';
import { matchesNodeAffinity } from '../../api/kinds/pod/node-affinity.ts';
import { allocatableOf, podRequests } from '../../api/kinds/pod/requests.ts';
import { tolerates } from '../../api/kinds/pod/tolerations.ts';
import type { Node, Pod } from '../../api/types.ts';

/** Why a node does not take a pod: it fails with this reason. */
export interface Refusal {
  readonly reason: string;
  readonly message: string;
}

/**
 * Why a pod that was never here may not begin; undefined when it may. The scheduler asks the same before; this is for pods that name
 * their node themselves, and for what has changed since.
 * @param held the pods that this one must fit beside.
 * Source: kubelet, lifecycle, predicate admit handler: the first of the reasons counts.
 */
export function unfit(pod: Pod, held: readonly Pod[], node: Node): Refusal | undefined {
  const shortage = missingResource(pod, held, node);
  if (shortage) return shortage;
  if (!matchesNodeAffinity(pod, node))
    return failed('NodeAffinity', "node(s) didn't match Pod's node affinity/selector");
  const taken = held.flatMap(hostPortsOf);
  if (hostPortsOf(pod).some((port) => taken.some((other) => clash(port, other))))
    return failed('NodePorts', "node(s) didn't have free ports for the requested pod ports");
  const banning = (node.spec.taints ?? []).filter(({ effect }) => effect === 'NoExecute');
  if (banning.some((taint) => !tolerates(pod.spec.tolerations ?? [], taint)))
    return failed('TaintToleration', "node(s) had taints that the pod didn't tolerate");
  return undefined;
}

/** Whether it was taken in some time: a pod that was stays, whatever has changed since. */
export function hasBegun({ status }: Pod): boolean {
  return status?.startTime !== undefined || (status?.phase ?? 'Pending') !== 'Pending';
}

function failed(predicate: string, why: string): Refusal {
  return { reason: predicate, message: `Predicate ${predicate} failed: ${why}` };
}

/** Of what the node has none of, nothing is asked: it may be the cluster's, not the node's. */
function missingResource(pod: Pod, held: readonly Pod[], node: Node): Refusal | undefined {
  const capacity = allocatableOf(node);
  const wanted = { pods: 1, ...podRequests(pod) };
  const each = held.map((other) => ({ pods: 1, ...podRequests(other) }) as Readonly<Record<string, number>>);
  const inOrder = new Set(['pods', 'cpu', 'memory', 'ephemeral-storage', ...Object.keys(wanted)]);
  for (const name of inOrder) {
    const requested = (wanted as Readonly<Record<string, number>>)[name] ?? 0;
    const limit = capacity[name];
    if (requested === 0 || limit === undefined) continue;
    const used = each.reduce((sum, amounts) => sum + (amounts[name] ?? 0), 0);
    if (requested + used <= limit) continue;
    const numbers = `requested: ${requested}, used: ${used}, capacity: ${limit}`;
    return { reason: `OutOf${name}`, message: `Node didn't have enough resource: ${name}, ${numbers}` };
  }
  return undefined;
}
