import assert from 'node:assert/strict';
import {
  BIND_COMPLETED,
  CLAIM_PROTECTION,
  FOLDER_FINALIZER,
  SELECTED_NODE,
  VOLUME_PROTECTION,
} from '../../../api/kinds/storage/names.ts';
import { LOCAL_PATH_CLASS } from '../../../api/kinds/storage-class.ts';
import type { Node, PersistentVolume, PersistentVolumeClaim } from '../../../api/types.ts';
import { type ClaimView, holdsClaim, planClaim } from './plan-claim.ts';
import { planVolume } from './plan-volume.ts';
import { volumeFor } from './provision.ts';

const NODE: Node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'pi', labels: { 'kubernetes.io/hostname': 'pi' } },
  spec: {},
};
const NOW = '2026-01-01T00:00:00Z';

function aClaim(part: { annotations?: Record<string, string>; deleted?: true; spec?: object; status?: object } = {}) {
  const { annotations = {}, deleted, spec = {}, status = { phase: 'Pending' } } = part;
  const claim: PersistentVolumeClaim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: 'data',
      namespace: 'default',
      uid: 'u-1',
      annotations,
      finalizers: [CLAIM_PROTECTION],
      ...(deleted ? { deletionTimestamp: NOW } : {}),
    },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Gi' } },
      storageClassName: 'local-path',
      ...spec,
    },
    status,
  };
  return claim;
}

const MADE = volumeFor(aClaim(), LOCAL_PATH_CLASS, NODE);

function aVolume(spec: Partial<PersistentVolume['spec']> = {}, metadata: object = {}, phase = 'Available') {
  return {
    ...MADE,
    metadata: { ...MADE.metadata, ...metadata },
    spec: { ...MADE.spec, ...spec },
    status: { phase },
  } as PersistentVolume;
}

const EMPTY: ClaimView = { volumes: [], storageClass: LOCAL_PATH_CLASS, selectedNode: undefined, isUsed: false };
const CHOSEN = { annotations: { [SELECTED_NODE]: 'pi' } };
const NAMED = { volumeName: MADE.metadata.name };
const BOUND = { annotations: { [BIND_COMPLETED]: 'yes' }, spec: NAMED };

function steps(claim: PersistentVolumeClaim, view: Partial<ClaimView> = {}): string[] {
  return planClaim(claim, { ...EMPTY, ...view }).map((action) => (action.do === 'tell' ? action.reason : action.do));
}

describe('a claim', () => {
  const free = aVolume({ claimRef: undefined });
  const cases: [what: string, claim: PersistentVolumeClaim, view: Partial<ClaimView>, steps: string[]][] = [
    ['waits for its pod', aClaim(), {}, ['WaitForFirstConsumer']],
    ['waits for its pod though there is a volume', aClaim(), { volumes: [free] }, ['WaitForFirstConsumer']],
    [
      'gets a volume on the chosen node',
      aClaim(CHOSEN),
      { selectedNode: NODE },
      ['createVolume', 'ProvisioningSucceeded'],
    ],
    [
      'leaves it to the scheduler to take one that is there',
      aClaim(CHOSEN),
      { selectedNode: NODE, volumes: [free] },
      ['createVolume', 'ProvisioningSucceeded'],
    ],
    [
      'that binds at once takes one that is there',
      aClaim(),
      { storageClass: { ...LOCAL_PATH_CLASS, volumeBindingMode: 'Immediate' }, volumes: [free] },
      ['updateVolume', 'updateClaim'],
    ],
    [
      'does not take one that was kept for it and is too small',
      aClaim(),
      { volumes: [aVolume({ capacity: { storage: '1Mi' } })] },
      ['WaitForFirstConsumer'],
    ],
    ['takes the one that was made for it', aClaim(CHOSEN), { selectedNode: NODE, volumes: [MADE] }, ['updateClaim']],
    ['asks for another node when the chosen one is gone', aClaim(CHOSEN), {}, ['updateClaim']],
    [
      'without a class waits for a volume',
      aClaim({ spec: { storageClassName: '' } }),
      { storageClass: undefined },
      ['FailedBinding'],
    ],
    [
      'waits for those who make its volumes',
      aClaim(CHOSEN),
      { selectedNode: NODE, storageClass: { ...LOCAL_PATH_CLASS, provisioner: 'example.com/nfs' } },
      ['updateClaim', 'ExternalProvisioning'],
    ],
    ['is told what it has', aClaim(BOUND), { volumes: [MADE] }, ['setStatus']],
    ['is lost without its volume', aClaim(BOUND), {}, ['setStatus', 'ClaimLost']],
    [
      'does not take a volume that is too small',
      aClaim({ spec: NAMED }),
      { volumes: [aVolume({ claimRef: undefined, capacity: { storage: '1Mi' } })] },
      ['VolumeMismatch'],
    ],
    ['stays as long as a pod mounts it', aClaim({ deleted: true }), { isUsed: true }, []],
    ['goes when no pod mounts it', aClaim({ deleted: true }), {}, ['updateClaim']],
  ];
  for (const [what, claim, view, expected] of cases) {
    it(what, () => assert.deepEqual(steps(claim, view), expected));
  }

  it('is held by pods that have a node, in whatever phase', () => {
    const volumes = [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }];
    assert.ok(holdsClaim({ spec: { containers: [], nodeName: 'pi', volumes } }, 'data'));
    assert.ok(!holdsClaim({ spec: { containers: [], volumes } }, 'data'));
    assert.ok(!holdsClaim({ spec: { containers: [], nodeName: 'pi', volumes } }, 'other'));
  });

  it('grows with what it asks for', () => {
    const asking = aClaim({ ...BOUND, spec: { ...NAMED, resources: { requests: { storage: '2Gi' } } } });
    assert.deepEqual(steps(asking, { volumes: [MADE] }), ['updateVolume', 'VolumeResizeSuccessful', 'setStatus']);
  });
});

describe('a volume', () => {
  const owner = aClaim(BOUND);
  const going = { deletionTimestamp: NOW, finalizers: [VOLUME_PROTECTION, FOLDER_FINALIZER] };
  const left = (volume: PersistentVolume, view: Parameters<typeof planVolume>[1]) =>
    planVolume(volume, view, NOW).flatMap((action) =>
      action.do === 'updateVolume' ? action.volume.metadata.finalizers : [action.do],
    );

  it('is bound, and deleted when its claim is gone, where that is its policy', () => {
    const view = { claim: undefined, hasNode: true };
    assert.deepEqual(left(aVolume(), { ...view, claim: owner }), ['setStatus']);
    assert.deepEqual(left(aVolume({}, {}, 'Bound'), view), ['setStatus', 'deleteVolume']);
    assert.deepEqual(left(aVolume({ persistentVolumeReclaimPolicy: 'Retain' }, {}, 'Released'), view), []);
  });

  it('that is deleted waits for its claim, then for its folder, unless that is kept or its node is gone', () => {
    assert.deepEqual(left(aVolume({}, going), { claim: owner, hasNode: true }), []);
    assert.deepEqual(left(aVolume({}, going), { claim: undefined, hasNode: true }), [FOLDER_FINALIZER]);
    assert.deepEqual(left(aVolume({}, going), { claim: undefined, hasNode: false }), []);
    const kept = aVolume({ persistentVolumeReclaimPolicy: 'Retain' }, going);
    assert.deepEqual(left(kept, { claim: undefined, hasNode: true }), []);
  });
});
