import assert from 'node:assert/strict';
import type { ContainerStatus, Pod } from '../../api/types.ts';
import { chooseContainer, logUnavailable, nodeOf } from './pod-container.ts';

function aPod(containers: string[], init: string[] = [], states: Record<string, ContainerStatus['state']> = {}): Pod {
  const named = (name: string) => ({ name, image: 'busybox' });
  const containerStatuses = Object.entries(states).map(([name, state]) => ({
    ...{ name, image: 'busybox', imageID: '', ready: false, restartCount: 0 },
    ...(state ? { state } : {}),
  }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'x', namespace: 'default' },
    spec: { containers: containers.map(named), initContainers: init.map(named) },
    status: { containerStatuses },
  };
}

describe('the container of a stream', () => {
  it('is the one that is named, or the only one', () => {
    assert.equal(chooseContainer(aPod(['a']), ''), 'a');
    assert.equal(chooseContainer(aPod(['a'], ['i']), ''), 'a');
    assert.equal(chooseContainer(aPod(['a', 'b'], ['i']), 'b'), 'b');
    assert.equal(chooseContainer(aPod(['a', 'b'], ['i']), 'i'), 'i');
  });

  const refusals: [string, Pod, string, string][] = [
    ['none of several', aPod(['a', 'b']), '', 'a container name must be specified for pod x, choose one of: [a b]'],
    ['init', aPod(['a', 'b'], ['i']), '', 'a container name must be specified for pod x, choose one of: [i a b]'],
    ['none at all', aPod([]), '', 'a container name must be specified for pod x'],
    ['unknown', aPod(['a']), 'z', 'container z is not valid for pod x'],
  ];
  for (const [title, pod, name, message] of refusals) {
    it(`is refused in Kubernetes' words: ${title}`, () => {
      assert.throws(() => chooseContainer(pod, name), { reason: 'BadRequest', message });
    });
  }

  it('is on a node', () => {
    const pod = aPod(['a']);
    assert.throws(() => nodeOf(pod), { reason: 'BadRequest', message: 'pod x does not have a host assigned' });
    assert.equal(nodeOf({ ...pod, spec: { ...pod.spec, nodeName: 'pi' } }), 'pi');
  });
});

describe('a log that is not there', () => {
  const waiting = (reason: string) => ({ a: { waiting: { reason } } });
  const cases: [Record<string, ContainerStatus['state']>, boolean, string][] = [
    [waiting('ContainerCreating'), false, 'container "a" in pod "x" is waiting to start: ContainerCreating'],
    [waiting('PodInitializing'), false, 'container "a" in pod "x" is waiting to start: PodInitializing'],
    [waiting('ErrImagePull'), false, 'container "a" in pod "x" is waiting to start: image can\'t be pulled'],
    [
      waiting('ImagePullBackOff'),
      false,
      'container "a" in pod "x" is waiting to start: trying and failing to pull image',
    ],
    [{ a: { terminated: { exitCode: 0 } } }, false, 'container "a" in pod "x" is terminated'],
    [{ a: undefined }, false, 'container "a" in pod "x" is waiting to start - no logs yet'],
    [{}, false, 'container "a" in pod "x" is not available'],
    [{ a: { running: {} } }, true, 'previous terminated container "a" in pod "x" not found'],
  ];
  for (const [states, previous, message] of cases) {
    it(`says why: ${message}`, () => {
      const error = logUnavailable(aPod(['a'], [], states), 'a', previous);
      assert.equal(error.message, message);
      assert.equal(error.code, 400);
    });
  }

  it('says so when the node has not told of the pod yet', () => {
    const pod = { ...aPod(['a']), status: { phase: 'Pending' as const } };
    const { message } = logUnavailable(pod, 'a', false);
    assert.equal(message, 'container "a" in pod "x" is waiting to start: ContainerCreating');
  });
});
