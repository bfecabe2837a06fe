import assert from 'node:assert/strict';
import type { Pod, PodStatus } from '../../../api/types.ts';
import { availableSince, isPodActive, isPodAvailable, isPodReady, isPodTerminating } from './pod-state.ts';

const READY_AT = Date.parse('2030-01-01T00:00:00Z');

function aPod(status: PodStatus, deletionTimestamp?: string): Pod {
  const metadata = { name: 'web', ...(deletionTimestamp ? { deletionTimestamp } : {}) };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [] }, status };
}

function readyPod(status: 'True' | 'False', lastTransitionTime?: string): Pod {
  const condition = { type: 'Ready', status, ...(lastTransitionTime ? { lastTransitionTime } : {}) };
  return aPod({ phase: 'Running', conditions: [condition] });
}

describe('the state of a pod for its owner', () => {
  const cases: [what: string, pod: Pod, active: boolean, terminating: boolean][] = [
    ['pending', aPod({ phase: 'Pending' }), true, false],
    ['without a status', aPod({}), true, false],
    ['succeeded', aPod({ phase: 'Succeeded' }), false, false],
    ['failed', aPod({ phase: 'Failed' }), false, false],
    ['being deleted', aPod({ phase: 'Running' }, '2030-01-01T00:00:00Z'), false, true],
    ['being deleted after its end', aPod({ phase: 'Failed' }, '2030-01-01T00:00:00Z'), false, false],
  ];
  for (const [what, pod, active, terminating] of cases) {
    it(`counts one ${what} as ${active ? '' : 'not '}active${terminating ? ', but terminating' : ''}`, () => {
      assert.equal(isPodActive(pod), active);
      assert.equal(isPodTerminating(pod), terminating);
    });
  }

  it('is ready when its condition says so', () => {
    assert.ok(isPodReady(readyPod('True')));
    assert.ok(!isPodReady(readyPod('False')));
    assert.ok(!isPodReady(aPod({})));
  });

  it('is available at once without minReadySeconds, else when they have passed', () => {
    const pod = readyPod('True', '2030-01-01T00:00:00Z');
    assert.ok(isPodAvailable(readyPod('True'), 0, 0));
    assert.ok(!isPodAvailable(pod, 10, READY_AT + 9999));
    assert.ok(isPodAvailable(pod, 10, READY_AT + 10_000));
    assert.equal(availableSince(pod, 10), READY_AT + 10_000);
  });

  it('is never available while it is not ready, or ready since nobody knows when', () => {
    assert.equal(availableSince(readyPod('False', '2030-01-01T00:00:00Z'), 0), undefined);
    assert.ok(!isPodAvailable(readyPod('True'), 10, READY_AT));
  });
});
