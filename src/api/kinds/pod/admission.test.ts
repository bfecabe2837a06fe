import assert from 'node:assert/strict';
import type { Toleration } from '../../types.ts';
import { addDefaultTolerations, setServiceAccount, takePullSecrets } from './admission.ts';
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

describe('takePullSecrets', () => {
  const account = (...names: string[]) => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'robot' },
    ...(names.length > 0 ? { imagePullSecrets: names.map((name) => ({ name })) } : {}),
  });
  const cases: [title: string, own: string[] | undefined, lent: string[], wanted: string[] | undefined][] = [
    ['gives a pod that names none those of its account', undefined, ['a', 'b'], ['a', 'b']],
    ['takes an empty list for none', [], ['a'], ['a']],
    ['leaves a pod its own', ['c'], ['a'], ['c']],
    ['adds nothing from an account that has none', undefined, [], undefined],
  ];
  for (const [title, own, lent, wanted] of cases) {
    it(title, () => {
      const pod = podOf(own ? { imagePullSecrets: own.map((name) => ({ name })) } : {});
      takePullSecrets(pod, account(...lent));
      assert.deepEqual(
        pod.spec.imagePullSecrets?.map(({ name }) => name),
        wanted,
      );
    });
  }
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
