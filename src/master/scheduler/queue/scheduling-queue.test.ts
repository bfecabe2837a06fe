import assert from 'node:assert/strict';
import { aPod } from '../../../../test/lib/builders.ts';
import { podInfo } from '../pod-info.ts';
import { type QueuedPod, SchedulingQueue } from './scheduling-queue.ts';

const info = (name: string, priority = 0) => podInfo(aPod({ name, spec: { priority } }));
const nameOf = (pod: QueuedPod | undefined) => pod?.info.pod.metadata.name;

function taken(queue: SchedulingQueue, now: number): QueuedPod {
  const pod = queue.pop(now);
  assert.ok(pod);
  return pod;
}

describe('the scheduling queue', () => {
  it('gives the most important first, and of equals the one that came first', () => {
    const queue = new SchedulingQueue();
    for (const [name, priority] of [
      ['a', 0],
      ['b', 5],
      ['c', 0],
      ['d', 9],
      ['e', 5],
    ] as const)
      queue.add(info(name, priority), 0);
    assert.deepEqual(
      [1, 2, 3, 4, 5].map(() => nameOf(queue.pop(0))),
      ['d', 'b', 'e', 'a', 'c'],
    );
    assert.equal(queue.pop(0), undefined);
  });

  it('does not give a pod that was taken away, nor one twice', () => {
    const queue = new SchedulingQueue();
    queue.add(info('a'), 0);
    queue.add(info('a'), 0);
    queue.add(info('b'), 0);
    queue.remove('uid-of-b');
    assert.equal(nameOf(queue.pop(0)), 'a');
    assert.equal(queue.pop(0), undefined);
  });

  it('keeps a refused pod until something happens that may help', () => {
    const queue = new SchedulingQueue();
    queue.add(info('a'), 0);
    queue.refused(taken(queue, 0), new Set(['NodeResourcesFit']), 0);
    queue.onEvent('nodeLabels', 5000);
    assert.equal(queue.pop(5000), undefined);
    queue.onEvent('podGone', 5000);
    assert.equal(nameOf(queue.pop(5000)), 'a');
  });

  it('holds a refused pod back for others, and for nobody else', () => {
    const queue = new SchedulingQueue();
    queue.add(info('refused', 9), 0);
    queue.refused(taken(queue, 0), new Set(), 0);
    queue.add(info('other'), 0);
    queue.onEvent('nodeAdded', 500);
    assert.deepEqual([nameOf(queue.pop(500)), nameOf(queue.pop(500))], ['other', 'refused']);
  });

  it('lets what failed wait for its back-off, longer each time', () => {
    const queue = new SchedulingQueue();
    queue.add(info('a'), 0);
    for (const [at, until] of [
      [0, 1000],
      [1000, 3000],
      [3000, 7000],
      [7000, 15_000],
      [15_000, 25_000],
    ] as const) {
      queue.failed(taken(queue, at), at);
      assert.equal(queue.heldUntil, until);
      assert.equal(queue.pop(until - 1), undefined);
    }
    assert.equal(nameOf(queue.pop(25_000)), 'a');
  });

  it('tries a pod again that nothing helped for five minutes', () => {
    const queue = new SchedulingQueue();
    queue.add(info('a'), 0);
    queue.refused(taken(queue, 0), new Set(['NodeAffinity']), 0);
    queue.flush(299_000);
    assert.equal(queue.pop(299_000), undefined);
    queue.flush(301_000);
    assert.equal(nameOf(queue.pop(301_000)), 'a');
  });

  it('tries a pod again whose spec has changed', () => {
    const queue = new SchedulingQueue();
    queue.add(info('a'), 0);
    queue.refused(taken(queue, 0), new Set(['NodeAffinity']), 0);
    queue.add(info('a', 3), 2000);
    assert.equal(taken(queue, 2000).info.priority, 3);
  });
});
