import assert from 'node:assert/strict';
import type { PersistentVolumeClaim } from '../types.ts';
import { PERSISTENT_VOLUME_CLAIM } from './persistent-volume-claim.ts';

const { strategy, columns } = PERSISTENT_VOLUME_CLAIM;
const MODES: ['ReadWriteOnce'] = ['ReadWriteOnce'];

function aClaim(
  spec: Partial<PersistentVolumeClaim['spec']> = {},
  status: PersistentVolumeClaim['status'] = { phase: 'Pending' },
): PersistentVolumeClaim {
  const claim: PersistentVolumeClaim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data', namespace: 'default' },
    spec: { accessModes: MODES, resources: { requests: { storage: '2Gi' } }, ...spec },
    status,
  };
  strategy.setDefaults?.(claim);
  return claim;
}

function ofSize(storage: string) {
  return { resources: { requests: { storage } } };
}

const BOUND: NonNullable<PersistentVolumeClaim['status']> = {
  phase: 'Bound',
  accessModes: MODES,
  capacity: { storage: '2Gi' },
};
const IMMUTABLE =
  'spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';

describe('a PersistentVolumeClaim', () => {
  const asked: [what: string, spec: Partial<PersistentVolumeClaim['spec']>, causes: string[]][] = [
    ['a size and a mode', {}, []],
    ['no mode', { accessModes: [] }, ['spec.accessModes: Required value: at least 1 access mode is required']],
    ['no size', { resources: {} }, ['spec.resources[storage]: Required value']],
    ['nothing', ofSize('0'), ['spec.resources[storage]: Invalid value: "0": must be greater than zero']],
  ];
  for (const [what, spec, causes] of asked) {
    it(`${causes.length > 0 ? 'may not' : 'may'} ask for ${what}`, () => {
      const found = strategy.validate(aClaim(spec)).map(({ field, message }) => `${field}: ${message}`);
      assert.deepEqual(found, causes);
    });
  }

  const changes: [what: string, now: PersistentVolumeClaim, old: PersistentVolumeClaim, causes: string[]][] = [
    ['gets its volume once', aClaim({ volumeName: 'v' }), aClaim(), []],
    ['gets a class where it had none', aClaim({ storageClassName: 'c' }), aClaim(), []],
    ['keeps its volume', aClaim({ volumeName: 'w' }), aClaim({ volumeName: 'v' }), [IMMUTABLE]],
    ['keeps its class', aClaim({ storageClassName: 'd' }), aClaim({ storageClassName: 'c' }), [IMMUTABLE]],
    ['grows no sooner than it is bound', aClaim(ofSize('3Gi')), aClaim(), [IMMUTABLE]],
    ['grows once it is bound', aClaim(ofSize('3Gi'), BOUND), aClaim({}, BOUND), []],
    [
      'does not shrink below what it has',
      aClaim(ofSize('1Gi'), BOUND),
      aClaim({}, BOUND),
      ['spec.resources.requests.storage: Forbidden: field can not be less than status.capacity'],
    ],
  ];
  for (const [what, now, old, causes] of changes) {
    it(what, () => {
      const found = (strategy.validateUpdate?.(now, old) ?? []).map(({ field, message }) => `${field}: ${message}`);
      assert.deepEqual(found, causes);
    });
  }

  it('shows what its volume is once it has one', () => {
    const row = (claim: PersistentVolumeClaim) => columns.slice(1, 5).map((column) => column.cell(claim, 0));
    assert.deepEqual(row(aClaim()), ['Pending', '', '', '']);
    assert.deepEqual(row(aClaim({ volumeName: 'v' }, BOUND)), ['Bound', 'v', '2Gi', 'RWO']);
  });
});
