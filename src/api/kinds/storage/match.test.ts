import assert from 'node:assert/strict';
import type { Node, PersistentVolume, PersistentVolumeClaim } from '../../types.ts';
import { findMatch, type MatchOptions } from './match.ts';

type VolumePart = Partial<PersistentVolume['spec']> & { readonly name?: string; readonly deletionTimestamp?: string };

const CLAIM: PersistentVolumeClaim = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data', namespace: 'default', uid: 'u-1' },
  spec: {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '1Gi' } },
    storageClassName: 'manual',
  },
};
const HELD = { claimRef: { namespace: 'default', name: 'data' } };
const HERE: Node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'a', labels: { zone: 'a' } }, spec: {} };
const ELSEWHERE = {
  nodeAffinity: {
    required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In' as const, values: ['b'] }] }] },
  },
};

function aVolume({ name = 'v', deletionTimestamp, ...spec }: VolumePart = {}): PersistentVolume {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name, ...(deletionTimestamp ? { deletionTimestamp } : {}) },
    spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], storageClassName: 'manual', ...spec },
    status: { phase: 'Available' },
  };
}

describe('the volume for a claim', () => {
  const free = aVolume({ name: 'free', capacity: { storage: '2Gi' } });
  const cases: [what: string, volumes: PersistentVolume[], options: MatchOptions, name: string | undefined][] = [
    ['is the smallest', [aVolume({ name: 'big', capacity: { storage: '5Gi' } }), free], {}, 'free'],
    ['is the one that is kept for it', [free, aVolume(HELD)], {}, 'v'],
    ['is kept for it, whatever its class', [free, aVolume({ ...HELD, storageClassName: 'other' })], {}, 'v'],
    ['is large enough, though kept for it', [free, aVolume({ ...HELD, capacity: { storage: '1Mi' } })], {}, 'free'],
    ['has its mode, though kept for it', [free, aVolume({ ...HELD, volumeMode: 'Block' })], {}, 'free'],
    ['has its access modes', [free, aVolume({ ...HELD, accessModes: ['ReadOnlyMany'] })], {}, 'free'],
    ['is not being deleted', [aVolume({ ...HELD, deletionTimestamp: '2026-01-01T00:00:00Z' })], {}, undefined],
    ['is nobody else’s', [aVolume({ claimRef: { namespace: 'default', name: 'data', uid: 'u-2' } })], {}, undefined],
    ['is in reach', [aVolume(ELSEWHERE)], { node: HERE }, undefined],
    [
      'is no free one while one is kept out of reach',
      [free, aVolume({ ...HELD, ...ELSEWHERE })],
      { node: HERE },
      undefined,
    ],
    ['is no free one where those are not to be given away', [free], { isHeldOnly: true }, undefined],
    ['is the one that is kept for it there too', [free, aVolume(HELD)], { isHeldOnly: true }, 'v'],
    ['does there too', [aVolume({ ...HELD, capacity: { storage: '1Mi' } })], { isHeldOnly: true }, undefined],
  ];
  for (const [what, volumes, options, expected] of cases) {
    it(what, () => assert.equal(findMatch(CLAIM, volumes, options)?.metadata.name, expected));
  }
});
