import type { KindDefinition } from '../registry.ts';
import type { Node } from '../types.ts';
import { NODE_COLUMNS } from './node/columns.ts';
import { validate, validateStatusUpdate, validateUpdate } from './node/validation.ts';

export const NODE: KindDefinition<Node> = {
  group: '',
  version: 'v1',
  kind: 'Node',
  plural: 'nodes',
  singular: 'node',
  shortNames: ['no'],
  namespaced: false,
  hasStatus: true,
  hasGeneration: false,
  subresources: [{ name: 'proxy', kind: 'NodeProxyOptions', verbs: ['create', 'delete', 'get', 'patch', 'update'] }],
  selectableFields: ({ spec }) => ({ 'spec.unschedulable': String(spec?.unschedulable ?? false) }),
  columns: NODE_COLUMNS,
  strategy: {
    setDefaults(node) {
      node.spec ??= {};
      const { spec } = node;
      if (spec.podCIDR && !spec.podCIDRs?.length) spec.podCIDRs = [spec.podCIDR];
      if (!spec.podCIDR && spec.podCIDRs?.[0]) spec.podCIDR = spec.podCIDRs[0];
    },
    validate,
    validateUpdate,
    validateStatusUpdate,
  },
};
