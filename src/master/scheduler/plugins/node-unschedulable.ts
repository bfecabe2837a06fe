import type { FilterPlugin } from '../framework.ts';
import { tolerates } from '../tolerations.ts';

const TAINT = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' } as const;

/** A cordoned node takes no pod but those that tolerate its taint. */
export const nodeUnschedulable: FilterPlugin = {
  name: 'NodeUnschedulable',
  filter: (pod, { node }) =>
    node.spec.unschedulable && !tolerates(pod.spec.tolerations ?? [], TAINT) ? ['node(s) were unschedulable'] : [],
};
