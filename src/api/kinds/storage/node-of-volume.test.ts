import assert from 'node:assert/strict';
import type { PersistentVolume } from '../../types.ts';
import { FOLDER_FINALIZER, VOLUME_PROTECTION } from './names.ts';
import { isLetGo } from './node-of-volume.ts';

const NOW = '2026-01-01T00:00:00Z';

function aVolume(metadata: Partial<PersistentVolume['metadata']>): PersistentVolume {
  return { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'v', ...metadata }, spec: {} };
}

describe('a volume', () => {
  it('is let go of once it is deleted and no claim holds it', () => {
    assert.ok(!isLetGo(aVolume({ finalizers: [FOLDER_FINALIZER] })));
    assert.ok(!isLetGo(aVolume({ deletionTimestamp: NOW, finalizers: [VOLUME_PROTECTION, FOLDER_FINALIZER] })));
    assert.ok(isLetGo(aVolume({ deletionTimestamp: NOW, finalizers: [FOLDER_FINALIZER] })));
    assert.ok(isLetGo(aVolume({ deletionTimestamp: NOW })));
  });
});
