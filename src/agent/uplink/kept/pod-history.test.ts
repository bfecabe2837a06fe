import assert from 'node:assert/strict';
import { aPod } from '../../../../test/lib/builders.ts';
import type { Pod, PodStatus } from '../../../api/types.ts';
import { asRemembered, type PodPast } from './pod-history.ts';

const NOTHING: PodPast = { status: undefined, endedAs: undefined };
const STARTED: PodStatus = { phase: 'Running', startTime: '2026-03-01T12:00:00Z' };
const OVER: PodStatus = { phase: 'Succeeded', startTime: '2026-03-01T12:00:00Z' };

function outcome(pod: Pod): unknown[] {
  return [pod.status?.phase, pod.status?.reason, pod.status?.startTime];
}

describe('a pod as its node remembers it', () => {
  const pending = aPod();
  const running: Pod = { ...aPod(), status: { phase: 'Running', startTime: '2026-03-01T11:00:00Z' } };
  const failed: Pod = { ...aPod(), status: { phase: 'Failed' } };
  const cases: [title: string, pod: Pod, past: Partial<PodPast>, expected: unknown[]][] = [
    ['is as the master says when nothing is known', running, {}, ['Running', undefined, '2026-03-01T11:00:00Z']],
    [
      'has its start from here when the master has not heard of it',
      pending,
      { status: STARTED },
      ['Running', undefined, STARTED.startTime],
    ],
    [
      'has its start from the master otherwise',
      running,
      { status: STARTED },
      ['Running', undefined, '2026-03-01T11:00:00Z'],
    ],
    ['is over once it was over here', running, { status: OVER }, ['Succeeded', undefined, OVER.startTime]],
    ['stays as it ended for the master', failed, { status: OVER }, ['Failed', undefined, undefined]],
    ['that left this node is not begun again', pending, { endedAs: '' }, ['Failed', 'AlreadyEnded', undefined]],
    [
      'that ended well and left is still known to have',
      pending,
      { endedAs: 'Succeeded' },
      ['Succeeded', 'AlreadyEnded', undefined],
    ],
    [
      'that left and is being deleted is only told to be gone',
      aPod({ deleted: true }),
      { endedAs: '' },
      ['Pending', undefined, undefined],
    ],
  ];
  for (const [title, pod, past, expected] of cases) {
    it(title, () => assert.deepEqual(outcome(asRemembered(pod, { ...NOTHING, ...past })), expected));
  }

  it('is as this node said last while there is only what was kept of the master’s word', () => {
    const ready: PodStatus = { ...STARTED, conditions: [{ type: 'Ready', status: 'True' }] };
    assert.deepEqual(asRemembered(running, { ...NOTHING, status: ready }, true).status, ready);
  });
});
