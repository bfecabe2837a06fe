import assert from 'node:assert/strict';
import type { Pod, PodStatus } from '../../../api/types.ts';
import type { ObservedContainer } from '../../runtime/runtime.ts';
import { lastWordsRead, postStartDue, postStartEnded, probed, takenOver } from '../container-memory.ts';
import { freshMemory, type PodMemory } from '../pod-memory.ts';
import { aContainer, aPod, deleted, exited, NOW, running, sandbox } from '../test-builders.ts';
import { podStatus } from './status.ts';

const MEMORY = freshMemory(NOW - 60_000);

function statusOf(
  pod: Pod,
  observed: ObservedContainer[],
  extra: { memory?: PodMemory; previous?: PodStatus; now?: number } = {},
): PodStatus {
  const previous = extra.previous ?? pod.status ?? {};
  return podStatus({ pod, observed, memory: MEMORY, now: NOW, nodeIp: '192.168.77.11', ...extra, previous });
}

describe('status of probes, hooks and last words', () => {
  const probes = { startupProbe: {}, livenessProbe: {}, readinessProbe: {} };
  const pod = aPod({ containers: [aContainer('app', probes)] });
  const up = [sandbox(), running('app')];
  const started = probed(MEMORY, 'app-0', 'startup', 'success');
  const app = (status: PodStatus) => status.containerStatuses?.[0];

  const cases: [title: string, memory: PodMemory, started: boolean, ready: boolean][] = [
    ['has not started before its startup probe succeeds', MEMORY, false, false],
    ['is not ready before its readiness probe succeeds', started, true, false],
    ['is ready after that', probed(started, 'app-0', 'readiness', 'success'), true, true],
    ['is not ready when its readiness probe fails', probed(started, 'app-0', 'readiness', 'failure'), true, false],
  ];
  for (const [title, memory, isStarted, isReady] of cases) {
    it(`a container ${title}`, () => {
      const status = statusOf(pod, up, { memory });
      assert.deepEqual([app(status)?.started, app(status)?.ready], [isStarted, isReady]);
      const ready = status.conditions?.find((c) => c.type === 'Ready');
      assert.equal(ready?.status, isReady ? 'True' : 'False');
    });
  }

  it('keeps what the API shows of the same container when another agent takes over', () => {
    const told = statusOf(pod, up, { memory: probed(started, 'app-0', 'readiness', 'success') });
    const taken = (status: PodStatus, observed = up) => {
      const next = app(statusOf(pod, observed, { memory: takenOver(MEMORY, { status }), previous: status }));
      return [next?.started, next?.ready];
    };
    assert.deepEqual(taken(told), [true, true]);
    assert.deepEqual(taken(statusOf(pod, up, { memory: started })), [true, false]);
    assert.deepEqual(taken(statusOf(pod, up)), [false, false]);
    // The master took it while the node was lost.
    assert.deepEqual(taken({ ...told, conditions: [{ type: 'Ready', status: 'False' }] }), [true, false]);
    const replaced = [sandbox(), exited('app', 1), running('app', { attempt: 1 })];
    assert.deepEqual(taken(told, replaced), [false, false]);
  });

  it('is still being made while its postStart hook runs, and runs when it is deleted meanwhile', () => {
    const memory = postStartDue(MEMORY, 'app-0');
    const status = statusOf(aPod(), up, { memory });
    assert.equal(status.phase, 'Pending');
    assert.deepEqual(app(status)?.state, { waiting: { reason: 'ContainerCreating' } });
    assert.ok(app(statusOf(deleted(aPod()), up, { memory }))?.state?.running);
  });

  it('shows why its postStart hook failed until it starts again', () => {
    const memory = postStartEnded(MEMORY, 'app-0', 'it said no');
    const ended = [sandbox(), exited('app', 137, { backOff: 10 })];
    const waiting = { reason: 'PostStartHookError', message: 'it said no' };
    assert.deepEqual(app(statusOf(aPod(), ended, { memory }))?.state, { waiting });
    const later = app(statusOf(aPod(), ended, { memory, now: NOW + 5_000 }));
    assert.equal(later?.state?.waiting?.reason, 'CrashLoopBackOff');
  });

  it('shows the last words of what ended, now and before', () => {
    const memory = lastWordsRead(lastWordsRead(MEMORY, 'app-1', 'second'), 'app-0', 'first');
    const never = aPod({ restartPolicy: 'Never' });
    const over = statusOf(never, [exited('app', 1)], { memory });
    assert.equal(app(over)?.state?.terminated?.message, 'first');
    assert.equal(app(statusOf(never, [exited('app', 1)], { previous: over }))?.state?.terminated?.message, 'first');
    const again = statusOf(aPod(), [sandbox(), running('app', { attempt: 1 }), exited('app', 1)], { memory });
    assert.equal(app(again)?.lastState?.terminated?.message, 'first');
  });

  it('is ready only when what its readiness gates name is True', () => {
    const gated = aPod({ readinessGates: [{ conditionType: 'a/b' }, { conditionType: 'c/d' }] });
    const readyOf = (status: PodStatus) => {
      const found = status.conditions?.find((c) => c.type === 'Ready');
      return [found?.status, found?.reason, found?.message];
    };
    const plain = [sandbox(), running('app')];
    const conditions = [{ type: 'a/b', status: 'Unknown' as const }];
    const half: Pod = { ...gated, status: { conditions } };
    assert.deepEqual(readyOf(statusOf(half, plain)), [
      'False',
      'ReadinessGatesNotReady',
      'the status of pod readiness gate "a/b" is not "True", but Unknown, corresponding condition of pod readiness gate "c/d" does not exist.',
    ]);
    const before = statusOf(half, plain);
    const whole = ['a/b', 'c/d'].map((type) => ({ type, status: 'True' as const }));
    const status = statusOf({ ...gated, status: { conditions: whole } }, plain, { previous: before });
    assert.equal(readyOf(status)[0], 'True');
    assert.equal(status.conditions?.find((c) => c.type === 'ContainersReady')?.status, 'True');
  });
});
