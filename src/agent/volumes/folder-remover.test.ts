import assert from 'node:assert/strict';
import {
  FOLDER_FINALIZER,
  LOCAL_PATH,
  PROVISIONED_BY,
  VOLUME_NODE,
  VOLUME_PROTECTION,
} from '../../api/kinds/storage/names.ts';
import type { PersistentVolume } from '../../api/types.ts';
import { folderOf } from './claim.ts';
import { isToGo } from './folder-remover.ts';

const GOING: PersistentVolume = {
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: {
    name: 'pvc-1',
    annotations: { [PROVISIONED_BY]: LOCAL_PATH, [VOLUME_NODE]: 'pi' },
    finalizers: [FOLDER_FINALIZER],
    deletionTimestamp: '2026-01-01T00:00:00Z',
  },
  spec: { persistentVolumeReclaimPolicy: 'Delete' },
};

describe('the folder of a volume', () => {
  it('goes only when all of the volume says so', () => {
    const { metadata } = GOING;
    assert.ok(isToGo(GOING, 'pi'));
    assert.ok(!isToGo(GOING, 'other'));
    assert.ok(!isToGo({ ...GOING, spec: { persistentVolumeReclaimPolicy: 'Retain' } }, 'pi'));
    assert.ok(!isToGo({ ...GOING, metadata: { ...metadata, deletionTimestamp: undefined } }, 'pi'));
    assert.ok(!isToGo({ ...GOING, metadata: { ...metadata, annotations: {} } }, 'pi'));
    assert.ok(!isToGo({ ...GOING, metadata: { ...metadata, finalizers: [] } }, 'pi'));
  });

  it('stays as long as a claim holds the volume', () => {
    const finalizers = [VOLUME_PROTECTION, FOLDER_FINALIZER];
    assert.ok(!isToGo({ ...GOING, metadata: { ...GOING.metadata, finalizers } }, 'pi'));
  });

  it('is never anything but a folder of its own', () => {
    const named = (name: string) => ({ ...GOING, metadata: { ...GOING.metadata, name } });
    assert.equal(folderOf('/data/volumes', named('pvc-0a-1')), '/data/volumes/pvc-0a-1');
    for (const name of ['..', 'pvc-../..', '', 'web']) assert.throws(() => folderOf('/data/volumes', named(name)));
  });
});
