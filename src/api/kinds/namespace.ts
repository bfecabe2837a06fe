import { invalid } from '../meta/field-errors.ts';
import { validateFinalizerName } from '../meta/object-meta.ts';
import { checkDns1123Label } from '../meta/validation.ts';
import type { KindDefinition } from '../registry.ts';
import type { Namespace } from '../types.ts';
import { AGE, NAME } from './columns.ts';

/** On every namespace, with its name: what namespaceSelectors select by. */
const NAME_LABEL = 'kubernetes.io/metadata.name';
/** Held until the namespace is empty. */
const NAMESPACE_FINALIZER = 'kubernetes';

export const NAMESPACE: KindDefinition<Namespace> = {
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  singular: 'namespace',
  shortNames: ['ns'],
  namespaced: false,
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  hasStatus: true,
  hasGeneration: false,
  subresources: [{ name: 'finalize', kind: 'Namespace', verbs: ['update'] }],
  selectableFields: ({ status }) => ({ 'status.phase': status?.phase ?? '' }),
  columns: [
    NAME,
    {
      name: 'Status',
      type: 'string',
      description: 'Active, or Terminating while its objects are being deleted.',
      priority: 0,
      cell: ({ status }) => status?.phase ?? '',
    },
    AGE,
  ],
  strategy: {
    setDefaults({ metadata }) {
      if (metadata.name) metadata.labels = { ...metadata.labels, [NAME_LABEL]: metadata.name };
    },
    prepareForCreate(namespace) {
      const finalizers = namespace.spec?.finalizers ?? [];
      const isHeld = finalizers.includes(NAMESPACE_FINALIZER);
      namespace.spec = { finalizers: isHeld ? finalizers : [...finalizers, NAMESPACE_FINALIZER] };
      namespace.status = { phase: 'Active' };
    },
    prepareForUpdate(namespace, old) {
      // Only `/finalize` changes them.
      namespace.spec = structuredClone(old.spec);
    },
    validate: ({ spec }) => (spec?.finalizers ?? []).flatMap((name) => validateFinalizerName(name, 'spec.finalizers')),
    validateStatusUpdate({ metadata, status }) {
      const [phase, when] = metadata.deletionTimestamp ? ['Terminating', 'not empty'] : ['Active', 'empty'];
      if (status?.phase === phase) return [];
      // The capital is Kubernetes' own.
      return [invalid('status.Phase', status?.phase, `may only be '${phase}' if \`deletionTimestamp\` is ${when}`)];
    },
    validateName: checkDns1123Label,
  },
};
