import assert from 'node:assert/strict';
import type { Toleration } from '../../types.ts';
import { addDefaultTolerations, setServiceAccount } from './admission.ts';
import { podOf } from './validation/test-pod.ts';

const NOT_READY = 'node.kubernetes.io/not-ready';
const UNREACHABLE = 'node.kubernetes.io/unreachable';

describe('setServiceAccount', () => {
  it('is default where the pod names none', () => {
    const pod = podOf({});
    setServiceAccount(pod);
    assert.equal(pod.spec.serviceAccountName, 'default');
    assert.equal(pod.spec.serviceAccount, 'default');
  });

  it('keeps the one that the pod names', () => {
    const pod = podOf({ serviceAccountName: 'x' });
    setServiceAccount(pod);
    assert.equal(pod.spec.serviceAccountName, 'x');
  });
});

describe('addDefaultTolerations', () => {
  const added = (key: string): Toleration => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 10 });
  const cases: [title: string, own: Toleration[] | undefined, wanted: Toleration[]][] = [
    ['adds both', undefined, [added(NOT_READY), added(UNREACHABLE)]],
    [
      'leaves a taint to what the pod says of it',
      [{ key: NOT_READY, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 1 }],
      [{ key: NOT_READY, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 1 }, added(UNREACHABLE)],
    ],
    ['adds nothing where all is tolerated', [{ operator: 'Exists' }], [{ operator: 'Exists' }]],
    [
      'adds both beside another effect',
      [{ operator: 'Exists', effect: 'NoSchedule' }],
      [{ operator: 'Exists', effect: 'NoSchedule' }, added(NOT_READY), added(UNREACHABLE)],
    ],
  ];
  for (const [title, own, wanted] of cases) {
    it(title, () => {
      const pod = podOf({ tolerations: own });
      addDefaultTolerations(pod, 10);
      addDefaultTolerations(pod, 10);
      assert.deepEqual(pod.spec.tolerations, wanted);
    });
  }
});
