import assert from 'node:assert/strict';
import { toRfc3339 } from '../../../lib/clock.ts';
import { FailedPods } from './failed-pods.ts';
import { aDaemonSet, NOW, podOn } from './test-daemon.ts';

describe('failed daemon pods', () => {
  const set = aDaemonSet();
  const failedAt = (ageMs: number) => {
    const pod = podOn(set, 'pi-1', 'failed');
    return { ...pod, metadata: { ...pod.metadata, creationTimestamp: toRfc3339(NOW - ageMs) } };
  };

  it('are replaced at once, then after waits that double', () => {
    const failed = new FailedPods();
    assert.equal(failed.heldUntil(set, 'pi-1', NOW), undefined);
    const waits = [1, 2, 3].map(() => {
      failed.replaced(set, 'pi-1', { pod: failedAt(1000), now: NOW, date: NOW });
      return (failed.heldUntil(set, 'pi-1', NOW) ?? 0) - NOW;
    });
    assert.deepEqual(waits, [1000, 2000, 4000]);
    assert.equal(failed.heldUntil(set, 'pi-2', NOW), undefined);
  });

  it('begin anew after a change of spec, a long life, and the end of the set', () => {
    const failed = new FailedPods();
    const replace = (ageMs: number) => failed.replaced(set, 'pi-1', { pod: failedAt(ageMs), now: NOW, date: NOW });
    for (const age of [1000, 1000, 3_600_000]) replace(age);
    assert.equal(failed.heldUntil(set, 'pi-1', NOW), NOW + 1000);
    const changed = { ...set, metadata: { ...set.metadata, generation: 2 } };
    assert.equal(failed.heldUntil(changed, 'pi-1', NOW), undefined);
    replace(1000);
    failed.forget({ namespace: 'default', name: 'web' });
    assert.equal(failed.heldUntil(set, 'pi-1', NOW), undefined);
  });
});
