import { setCanonicalAmounts } from '../meta/quantity.ts';
import type { KindDefinition } from '../registry.ts';
import type { PersistentVolumeClaim } from '../types.ts';
import { AGE, NAME } from './columns.ts';
import { claimWarnings, validateClaim, validateClaimUpdate } from './persistent-volume-claim/validation.ts';
import { accessModesText } from './storage/access-modes.ts';
import { text, wide } from './workload/columns.ts';

export const PERSISTENT_VOLUME_CLAIM: KindDefinition<PersistentVolumeClaim> = {
  group: '',
  version: 'v1',
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  singular: 'persistentvolumeclaim',
  shortNames: ['pvc'],
  namespaced: true,
  hasStatus: true,
  hasGeneration: false,
  columns: [
    NAME,
    text('Status', 'Whether it has a volume.', ({ metadata, status }) =>
      metadata.deletionTimestamp ? 'Terminating' : (status?.phase ?? ''),
    ),
    text('Volume', 'The volume that it has.', ({ spec }) => spec.volumeName ?? ''),
    text('Capacity', 'How much that volume holds.', ({ spec, status }) =>
      spec.volumeName ? String(status?.capacity?.storage ?? '0') : '',
    ),
    text('Access Modes', 'How that volume may be mounted.', ({ spec, status }) =>
      spec.volumeName ? accessModesText(status?.accessModes) : '',
    ),
    text('StorageClass', 'The class of volumes that it asks for.', ({ spec }) => spec.storageClassName ?? ''),
    text(
      'VolumeAttributesClass',
      'The attributes class that it asks for.',
      ({ spec }) => spec.volumeAttributesClassName || '<unset>',
    ),
    AGE,
    wide('VolumeMode', 'Folder or device.', ({ spec }) => spec.volumeMode ?? '<unset>'),
  ],
  strategy: {
    setDefaults(claim) {
      const { spec } = claim;
      if (!spec) return;
      spec.volumeMode ??= 'Filesystem';
      setCanonicalAmounts(spec.resources?.requests);
      setCanonicalAmounts(spec.resources?.limits);
    },
    prepareForCreate(claim) {
      claim.status = { phase: 'Pending' };
    },
    validate: validateClaim,
    validateUpdate: validateClaimUpdate,
    warnings: claimWarnings,
  },
};
