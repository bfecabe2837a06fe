import assert from 'node:assert/strict';
import type { PersistentVolume } from '../types.ts';
import { PERSISTENT_VOLUME } from './persistent-volume.ts';

const { strategy } = PERSISTENT_VOLUME;

function aVolume(spec: Partial<PersistentVolume['spec']> = {}): PersistentVolume {
  const volume: PersistentVolume = {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'disk' },
    spec: { capacity: { storage: '1024Mi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/srv' }, ...spec },
  };
  strategy.setDefaults?.(volume);
  return volume;
}

const ON_A = {
  required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In' as const, values: ['b'] }] }] },
};

function causesOf(volume: PersistentVolume, old?: PersistentVolume): string[] {
  const causes = old ? (strategy.validateUpdate?.(volume, old) ?? []) : strategy.validate(volume);
  return causes.map(({ field, message }) => `${field}: ${message}`);
}

describe('a PersistentVolume', () => {
  it('is kept, is a folder, and has its capacity in canonical form, unless it says otherwise', () => {
    const { spec } = aVolume();
    assert.equal(spec.persistentVolumeReclaimPolicy, 'Retain');
    assert.equal(spec.volumeMode, 'Filesystem');
    assert.deepEqual(spec.capacity, { storage: '1Gi' });
  });

  const cases: [what: string, spec: Partial<PersistentVolume['spec']>, causes: string[]][] = [
    ['a path of a node', {}, []],
    ['a path of one node', { hostPath: undefined, local: { path: '/srv' }, nodeAffinity: ON_A }, []],
    ['no source', { hostPath: undefined }, ['spec: Required value: must specify a volume type']],
    [
      'two sources',
      { nfs: { server: 's', path: '/' } },
      ['spec.nfs: Forbidden: may not specify more than 1 volume type'],
    ],
    [
      'a local path of whichever node',
      { hostPath: undefined, local: { path: '/srv' } },
      ['spec.nodeAffinity: Required value: Local volume requires node affinity'],
    ],
    ['no capacity', { capacity: {} }, ['spec.capacity[storage]: Required value']],
    ['no mode', { accessModes: [] }, ['spec.accessModes: Required value: at least 1 access mode is required']],
    [
      'a mode for one pod among others',
      { accessModes: ['ReadWriteOnce', 'ReadWriteOncePod'] },
      ['spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes'],
    ],
    [
      'a way out',
      { hostPath: { path: '/srv/../etc' } },
      ['spec.hostPath.path: Invalid value: "/srv/../etc": must not contain \'..\''],
    ],
    [
      'an unknown policy',
      { persistentVolumeReclaimPolicy: 'Burn' as 'Delete' },
      [
        'spec.persistentVolumeReclaimPolicy: Unsupported value: "Burn": supported values: "Delete", "Recycle", "Retain"',
      ],
    ],
  ];
  for (const [what, spec, causes] of cases) {
    it(`${causes.length > 0 ? 'may not have' : 'may have'} ${what}`, () => {
      assert.deepEqual(causesOf(aVolume(spec)), causes);
    });
  }

  it('stays where it is, and may grow', () => {
    const moved = aVolume({ hostPath: { path: '/mnt' } });
    assert.deepEqual(causesOf(moved, aVolume()), [
      'spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation',
    ]);
    assert.deepEqual(causesOf(aVolume({ capacity: { storage: '2Gi' } }), aVolume()), []);
  });

  it('says what nobody mounts', () => {
    const volume = aVolume({ hostPath: undefined, nfs: { server: 's', path: '/' } });
    assert.deepEqual(strategy.warnings?.(volume), [
      'spec.nfs: is accepted but not acted on by this version of Bramble',
    ]);
  });
});
