import { tolerates } from '../../../api/kinds/pod/tolerations.ts';
import { type FilterPlugin, unresolvable } from '../framework.ts';

const TAINT = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' } as const;
const REFUSAL = unresolvable('node(s) were unschedulable');

/** A cordoned node takes no pod but those that tolerate its taint. */
export const nodeUnschedulable: FilterPlugin = {
  name: 'NodeUnschedulable',
  prepare({ pod }) {
    if (tolerates(pod.spec.tolerations ?? [], TAINT)) return undefined;
    return ({ node }) => (node.spec.unschedulable ? REFUSAL : undefined);
  },
};
