import { matchesNodeAffinity } from '../../../api/kinds/pod/node-affinity.ts';
import { tolerates } from '../../../api/kinds/pod/tolerations.ts';
import type { DaemonSet, Node, PodSpec, Toleration } from '../../../api/types.ts';

/** What daemons put up with, as nobody else can take their place (documented with DaemonSets, "Taints and tolerations"). */
const TOLERATED = [
  { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/disk-pressure', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/memory-pressure', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/pid-pressure', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' },
] as const;
const TOLERATED_ON_HOST_NETWORK = { key: 'node.kubernetes.io/network-unavailable', effect: 'NoSchedule' } as const;

/** Whether a node is one for a daemon. */
export interface Eligibility {
  /** A pod is created where there is none. */
  readonly shouldRun: boolean;
  /** A pod that is there may stay: what only keeps new pods away does not chase it off. */
  readonly shouldContinue: boolean;
}

/** Resources do not count: a daemon that does not fit waits. Source: kube-controller, NodeShouldRunDaemonPod. */
export function eligibilityOf({ spec }: DaemonSet, node: Node): Eligibility {
  const template = spec.template.spec;
  const isNamed = !template.nodeName || template.nodeName === node.metadata.name;
  if (!isNamed || !matchesNodeAffinity({ spec: template }, node)) return { shouldRun: false, shouldContinue: false };
  const tolerations = daemonTolerations(template);
  const untolerated = (node.spec.taints ?? []).filter((taint) => !tolerates(tolerations, taint));
  const has = (effect: string) => untolerated.some((taint) => taint.effect === effect);
  const isChasedOff = has('NoExecute');
  return { shouldRun: !isChasedOff && !has('NoSchedule'), shouldContinue: !isChasedOff };
}

/** Those of the template and what all daemons tolerate. */
export function daemonTolerations({ tolerations = [], hostNetwork }: PodSpec): Toleration[] {
  const ours = hostNetwork ? [...TOLERATED, TOLERATED_ON_HOST_NETWORK] : TOLERATED;
  const isThere = ({ key, effect }: { readonly key: string; readonly effect: string }) =>
    tolerations.some((own) => own.key === key && own.effect === effect && own.operator === 'Exists' && !own.value);
  const added = ours.filter((toleration) => !isThere(toleration));
  return [...tolerations, ...added.map((toleration) => ({ ...toleration, operator: 'Exists' as const }))];
}
