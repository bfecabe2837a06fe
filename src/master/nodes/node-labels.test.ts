import assert from 'node:assert/strict';
import { mayNodeSet } from './node-labels.ts';

describe('a label that a node gives itself', () => {
  const allowed = [
    'disk',
    'example.com/room',
    'kubernetes.io/hostname',
    'kubernetes.io/arch',
    'topology.kubernetes.io/zone',
    'node.kubernetes.io/instance-type',
    'node.kubernetes.io/exclude-from-external-load-balancers',
    'kubelet.kubernetes.io/anything',
    'mykubernetes.io/mine',
  ];
  for (const key of allowed) it(`may be ${key}`, () => assert.equal(mayNodeSet(key), true));
  const refused = [
    'node-role.kubernetes.io/control-plane',
    'node-restriction.kubernetes.io/secure',
    'a.node-restriction.kubernetes.io/secure',
    'kubernetes.io/made-up',
    'topology.kubernetes.io/made-up',
    'k8s.io/made-up',
    'storage.k8s.io/made-up',
  ];
  for (const key of refused) it(`may not be ${key}`, () => assert.equal(mayNodeSet(key), false));
});
