import { setCanonicalAmounts } from '../meta/quantity.ts';
import type { KindDefinition } from '../registry.ts';
import type { PersistentVolume } from '../types.ts';
import { AGE, NAME } from './columns.ts';
import { validateVolume, validateVolumeUpdate, volumeWarnings } from './persistent-volume/validation.ts';
import { accessModesText } from './storage/access-modes.ts';
import { text, wide } from './workload/columns.ts';

export const PERSISTENT_VOLUME: KindDefinition<PersistentVolume> = {
  group: '',
  version: 'v1',
  kind: 'PersistentVolume',
  plural: 'persistentvolumes',
  singular: 'persistentvolume',
  shortNames: ['pv'],
  namespaced: false,
  hasStatus: true,
  hasGeneration: false,
  columns: [
    NAME,
    text('Capacity', 'How much it holds.', ({ spec }) => String(spec.capacity?.storage ?? '')),
    text('Access Modes', 'How it may be mounted.', ({ spec }) => accessModesText(spec.accessModes)),
    text('Reclaim Policy', 'What becomes of it when its claim goes.', ({ spec }) => policyOf(spec)),
    text('Status', 'Whether a claim holds it.', ({ metadata, status }) =>
      metadata.deletionTimestamp ? 'Terminating' : (status?.phase ?? ''),
    ),
    text('Claim', 'The claim that holds it.', ({ spec: { claimRef } }) =>
      claimRef ? `${claimRef.namespace ?? ''}/${claimRef.name ?? ''}` : '',
    ),
    text('StorageClass', 'The class that it is of.', ({ spec }) => spec.storageClassName ?? ''),
    text(
      'VolumeAttributesClass',
      'The attributes class that it has.',
      ({ spec }) => spec.volumeAttributesClassName || '<unset>',
    ),
    text('Reason', 'Why it is in this state.', ({ status }) => status?.reason ?? ''),
    AGE,
    wide('VolumeMode', 'Folder or device.', ({ spec }) => spec.volumeMode ?? '<unset>'),
  ],
  strategy: {
    setDefaults(volume) {
      const { spec } = volume;
      if (!spec) return;
      spec.persistentVolumeReclaimPolicy ||= 'Retain';
      spec.volumeMode ??= 'Filesystem';
      if (spec.hostPath) spec.hostPath.type ??= '';
      setCanonicalAmounts(spec.capacity);
    },
    prepareForCreate(volume) {
      volume.status = { phase: 'Pending' };
    },
    validate: validateVolume,
    validateUpdate: validateVolumeUpdate,
    warnings: volumeWarnings,
  },
};

function policyOf({ persistentVolumeReclaimPolicy }: PersistentVolume['spec']): string {
  return persistentVolumeReclaimPolicy ?? '';
}
