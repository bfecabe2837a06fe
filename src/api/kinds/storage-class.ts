import { isDeepStrictEqual } from 'node:util';
import type { StatusCause } from '../meta/errors.ts';
import { forbidden, immutable, invalidEach, required } from '../meta/field-errors.ts';
import { checkQualifiedName } from '../meta/validation.ts';
import type { KindDefinition } from '../registry.ts';
import type { StorageClass } from '../types.ts';
import { AGE, NAME } from './columns.ts';
import { oneOf, oneOfIfSet } from './pod/validation/values.ts';
import { DEFAULT_CLASS, LOCAL_PATH } from './storage/names.ts';
import { topologyCauses } from './storage/topology.ts';
import { text } from './workload/columns.ts';

/** The class that every cluster has: folders on the nodes' own disks. */
export const LOCAL_PATH_CLASS: StorageClass = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'local-path', annotations: { [DEFAULT_CLASS]: 'true' } },
  provisioner: LOCAL_PATH,
  reclaimPolicy: 'Delete',
  volumeBindingMode: 'WaitForFirstConsumer',
  allowVolumeExpansion: true,
};

const BINDING_MODES = ['Immediate', 'WaitForFirstConsumer'];

export const STORAGE_CLASS: KindDefinition<StorageClass> = {
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'StorageClass',
  plural: 'storageclasses',
  singular: 'storageclass',
  shortNames: ['sc'],
  namespaced: false,
  hasStatus: false,
  hasGeneration: false,
  columns: [
    { ...NAME, cell: (object) => `${object.metadata.name}${isDefaultClass(object) ? ' (default)' : ''}` },
    text('Provisioner', 'Who makes its volumes.', ({ provisioner }) => provisioner),
    text(
      'ReclaimPolicy',
      'What becomes of a volume when its claim goes.',
      ({ reclaimPolicy }) => reclaimPolicy ?? 'Delete',
    ),
    text(
      'VolumeBindingMode',
      'Whether a claim waits for its pod.',
      ({ volumeBindingMode }) => volumeBindingMode ?? 'Immediate',
    ),
    {
      name: 'AllowVolumeExpansion',
      type: 'string',
      description: 'Whether claims may grow.',
      priority: 0,
      cell: ({ allowVolumeExpansion }) => String(allowVolumeExpansion ?? false),
    },
    AGE,
  ],
  strategy: {
    setDefaults(storageClass) {
      storageClass.reclaimPolicy ||= 'Delete';
      storageClass.volumeBindingMode ||= 'Immediate';
    },
    validate,
    validateUpdate,
    warnings: ({ mountOptions }) =>
      mountOptions?.length ? ['mountOptions: is accepted but not acted on by this version of Bramble'] : [],
  },
};

export function isDefaultClass({ metadata }: Pick<StorageClass, 'metadata'>): boolean {
  return metadata.annotations?.[DEFAULT_CLASS] === 'true';
}

/** Its claims are bound once a pod that names them has a node. */
export function waitsForConsumer({ volumeBindingMode }: StorageClass): boolean {
  return volumeBindingMode === 'WaitForFirstConsumer';
}

/** Source: storage/validation, ValidateStorageClass. */
function validate(storageClass: StorageClass): StatusCause[] {
  const { provisioner, reclaimPolicy, volumeBindingMode, parameters, allowedTopologies } = storageClass;
  return [
    ...(provisioner
      ? invalidEach('provisioner', provisioner, checkQualifiedName(provisioner.toLowerCase()))
      : [required('provisioner', provisioner)]),
    ...(Object.keys(parameters ?? {}).includes('') ? [required('parameters', 'field can not be empty.')] : []),
    ...oneOfIfSet(reclaimPolicy, 'reclaimPolicy', ['Delete', 'Retain']),
    ...oneOf(volumeBindingMode, 'volumeBindingMode', BINDING_MODES),
    ...topologyCauses(allowedTopologies, 'allowedTopologies'),
  ];
}

function validateUpdate(now: StorageClass, old: StorageClass): StatusCause[] {
  return [
    ...(isDeepStrictEqual(now.parameters ?? {}, old.parameters ?? {})
      ? []
      : [forbidden('parameters', 'updates to parameters are forbidden.')]),
    ...(now.provisioner === old.provisioner ? [] : [forbidden('provisioner', 'updates to provisioner are forbidden.')]),
    ...(now.reclaimPolicy === old.reclaimPolicy
      ? []
      : [forbidden('reclaimPolicy', 'updates to reclaimPolicy are forbidden.')]),
    ...(now.volumeBindingMode === old.volumeBindingMode ? [] : [immutable('volumeBindingMode', now.volumeBindingMode)]),
  ];
}
