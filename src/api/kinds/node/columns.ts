import type { Column } from '../../registry.ts';
import type { Node } from '../../types.ts';
import { AGE, NAME } from '../columns.ts';

const ROLE_PREFIX = 'node-role.kubernetes.io/';
const ROLE_LABEL = 'kubernetes.io/role';

export const NODE_COLUMNS: readonly Column<Node>[] = [
  NAME,
  {
    name: 'Status',
    type: 'string',
    description: 'Ready, NotReady or Unknown, and whether pods are scheduled here.',
    priority: 0,
    cell: statusText,
  },
  { name: 'Roles', type: 'string', description: 'Roles of the node, from its labels.', priority: 0, cell: rolesText },
  AGE,
  text('Version', 0, 'Version of the agent.', ({ status }) => status?.nodeInfo?.kubeletVersion ?? ''),
  text('Internal-IP', 1, 'Address inside of the cluster.', (node) => addressOf(node, 'InternalIP')),
  text('External-IP', 1, 'Address outside of the cluster.', (node) => addressOf(node, 'ExternalIP')),
  text('OS-Image', 1, 'Operating system.', ({ status }) => status?.nodeInfo?.osImage || '<unknown>'),
  text('Kernel-Version', 1, 'Kernel.', ({ status }) => status?.nodeInfo?.kernelVersion || '<unknown>'),
  text(
    'Container-Runtime',
    1,
    'Engine that runs the containers.',
    ({ status }) => status?.nodeInfo?.containerRuntimeVersion || '<unknown>',
  ),
];

function text(name: string, priority: 0 | 1, description: string, cell: (node: Node) => string): Column<Node> {
  return { name, type: 'string', description, priority, cell };
}

function statusText({ spec, status }: Node): string {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const health = ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown';
  return spec?.unschedulable ? `${health},SchedulingDisabled` : health;
}

function rolesText({ metadata }: Node): string {
  const roles = Object.entries(metadata.labels ?? {}).map(([key, value]) => {
    if (key.startsWith(ROLE_PREFIX)) return key.slice(ROLE_PREFIX.length);
    return key === ROLE_LABEL ? value : '';
  });
  return [...new Set(roles.filter((role) => role !== ''))].sort().join(',') || '<none>';
}

function addressOf({ status }: Node, wanted: 'InternalIP' | 'ExternalIP'): string {
  return status?.addresses?.find(({ type }) => type === wanted)?.address ?? '<none>';
}
