import assert from 'node:assert/strict';
import { BIND_COMPLETED, SELECTED_NODE } from '../../../api/kinds/storage/names.ts';
import { LOCAL_PATH_CLASS } from '../../../api/kinds/storage-class.ts';
import type { Node, PersistentVolume, PersistentVolumeClaim, Pod } from '../../../api/types.ts';
import { clusterOf, verdict } from '../test-cluster.ts';

const HOSTNAME = 'kubernetes.io/hostname';

function aNode(name: string): Node {
  const allocatable = { cpu: '4', memory: '4Gi', pods: '110' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { [HOSTNAME]: name } },
    spec: {},
    status: { allocatable },
  };
}

const POD: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'default', uid: 'p' },
  spec: { containers: [], volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] },
};

const VOLUME: PersistentVolume = {
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: 'v' },
  spec: {
    nodeAffinity: {
      required: { nodeSelectorTerms: [{ matchExpressions: [{ key: HOSTNAME, operator: 'In', values: ['b'] }] }] },
    },
  },
};

function aClaim(part: Partial<PersistentVolumeClaim['spec']>, annotations: Record<string, string> = {}) {
  const metadata = { name: 'data', namespace: 'default', uid: 'c', annotations };
  const claim: PersistentVolumeClaim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata,
    spec: { storageClassName: 'local-path', accessModes: ['ReadWriteOnce'], ...part },
  };
  return claim;
}

describe('a pod with a claim', () => {
  const bound = aClaim({ volumeName: 'v' }, { [BIND_COMPLETED]: 'yes' });
  const cases: [what: string, claim: PersistentVolumeClaim | undefined, nodes: string[], verdict: string][] = [
    ['goes where its volume is', bound, ['a', 'b'], 'b'],
    [
      'waits where its volume is not',
      bound,
      ['a'],
      '0/1 nodes are available: 1 node(s) had volume node affinity conflict.',
    ],
    ['goes anywhere while its volume is not made', aClaim({}), ['a'], 'a'],
    ['goes where its volume is being made', aClaim({}, { [SELECTED_NODE]: 'b' }), ['a', 'b'], 'b'],
    [
      'waits for a claim of no class',
      aClaim({ storageClassName: '' }),
      ['a'],
      '0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.',
    ],
    [
      'waits for a claim that is not there',
      undefined,
      ['a'],
      '0/1 nodes are available: persistentvolumeclaim "data" not found.',
    ],
  ];
  for (const [what, claim, nodes, expected] of cases) {
    it(what, () => {
      const storage = {
        claim: () => claim,
        storageClass: (name: string) => (name === 'local-path' ? LOCAL_PATH_CLASS : undefined),
        volumes: () => [VOLUME],
      };
      assert.equal(verdict(POD, clusterOf({ nodes: nodes.map(aNode), storage })), expected);
    });
  }
});
