import { ageText, durationText } from '../../meta/age.ts';
import type { Column } from '../../registry.ts';
import type { Pod } from '../../types.ts';
import { summarize } from './summary.ts';

const NONE = '<none>';

export const POD_COLUMNS: readonly Column<Pod>[] = [
  {
    name: 'Name',
    type: 'string',
    format: 'name',
    description: 'Name must be unique within a namespace.',
    priority: 0,
    cell: (pod) => pod.metadata.name,
  },
  {
    name: 'Ready',
    type: 'string',
    description: 'The aggregate readiness state of this pod for accepting traffic.',
    priority: 0,
    cell: readyCell,
  },
  {
    name: 'Status',
    type: 'string',
    description: 'The aggregate status of the containers in this pod.',
    priority: 0,
    cell: (pod) => summarize(pod).status,
  },
  {
    name: 'Restarts',
    type: 'string',
    description:
      'The number of times the containers in this pod have been restarted and when the last container in this pod has restarted.',
    priority: 0,
    cell: restartsCell,
  },
  {
    name: 'Age',
    type: 'string',
    description: 'The time since this object was created.',
    priority: 0,
    cell: (pod, nowMs) => ageText(pod.metadata.creationTimestamp, nowMs),
  },
  {
    name: 'IP',
    type: 'string',
    description: 'The IP address allocated to the pod.',
    priority: 1,
    cell: (pod) => pod.status?.podIPs?.[0]?.ip || NONE,
  },
  {
    name: 'Node',
    type: 'string',
    description: 'The node that the pod is placed on.',
    priority: 1,
    cell: (pod) => pod.spec.nodeName || NONE,
  },
  {
    name: 'Nominated Node',
    type: 'string',
    description: 'The node that is kept free for the pod until others there have ended.',
    priority: 1,
    cell: (pod) => pod.status?.nominatedNodeName || NONE,
  },
  {
    name: 'Readiness Gates',
    type: 'string',
    description: 'The conditions, beside those of its containers, that must be true for the pod to be ready.',
    priority: 1,
    cell: gatesCell,
  },
];

function readyCell(pod: Pod): string {
  const { ready, total } = summarize(pod);
  return `${ready}/${total}`;
}

function restartsCell(pod: Pod, nowMs: number): string {
  const { restarts, lastRestartMs } = summarize(pod);
  if (restarts === 0 || lastRestartMs === undefined) return String(restarts);
  return `${restarts} (${durationText(nowMs - lastRestartMs)} ago)`;
}

function gatesCell(pod: Pod): string {
  const gates = pod.spec.readinessGates ?? [];
  if (gates.length === 0) return NONE;
  const isTrue = new Set(pod.status?.conditions?.filter(({ status }) => status === 'True').map(({ type }) => type));
  return `${gates.filter((gate) => isTrue.has(gate.conditionType)).length}/${gates.length}`;
}
