import assert from 'node:assert/strict';
import { LOCAL_PATH, PROVISIONED_BY, VOLUME_NODE } from '../../api/kinds/storage/names.ts';
import type { Node, PersistentVolume, PersistentVolumeClaim, Pod } from '../../api/types.ts';
import { createLogger } from '../../lib/logger.ts';
import { MemoryMounts } from './memory-mounts.ts';
import { PodVolumes } from './pod-volumes.ts';

const HOSTNAME = 'kubernetes.io/hostname';

const CLAIM: PersistentVolumeClaim = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data', namespace: 'default', uid: 'c' },
  spec: { volumeName: 'pvc-0' },
};

/** On node `a`. */
function aVolume(annotations: Record<string, string>): PersistentVolume {
  const here = { matchExpressions: [{ key: HOSTNAME, operator: 'In' as const, values: ['a'] }] };
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'pvc-0', annotations },
    spec: {
      claimRef: { uid: 'c' },
      local: { path: '/nowhere/pvc-0' },
      nodeAffinity: { required: { nodeSelectorTerms: [here] } },
    },
  };
}

function aPod(nodeName: string): Pod {
  const volumes = [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'default', uid: 'p' },
    spec: { nodeName, containers: [], volumes },
  };
}

function aNode(name: string): Node {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { [HOSTNAME]: name } }, spec: {} };
}

function setUpOn(node: string, volume: PersistentVolume, seen: Node | undefined): Promise<void> {
  const volumes = new PodVolumes('/nowhere/pods', {
    configMap: () => undefined,
    secret: () => undefined,
    claim: () => CLAIM,
    volume: () => volume,
    volumesDir: '/dev/null/volumes',
    node: () => seen,
    memory: new MemoryMounts(createLogger('silent')),
    allocatable: () => ({}),
  });
  return volumes.setUp(aPod(node));
}

describe('a pod with a claim whose volume is on another node', () => {
  const message = 'MountVolume.NodeAffinity check failed for volume "pvc-0" : no matching NodeSelectorTerms';
  const folder = aVolume({ [PROVISIONED_BY]: LOCAL_PATH, [VOLUME_NODE]: 'a' });

  it('gets no folder in its place, even before this node knows itself', async () => {
    await assert.rejects(setUpOn('b', folder, aNode('b')), { message });
    await assert.rejects(setUpOn('b', folder, undefined), { message });
  });

  it('gets no path in its place', async () => {
    await assert.rejects(setUpOn('b', aVolume({}), aNode('b')), { message });
  });

  it('is not refused where the volume is', async () => {
    await setUpOn('a', aVolume({}), aNode('a'));
    // No folder can be made below a file: it has come as far as making one.
    await assert.rejects(setUpOn('a', folder, aNode('a')), /^VolumeError: MountVolume.SetUp failed .* ENOTDIR/);
  });
});
