import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { goDuration } from './go-duration.ts';
import { pullPolicyOf } from './image-rules.ts';
import { BACK_OFF_BOOT } from './labels.ts';
import { Limiter } from './limiter.ts';
import { attemptKey, containerStarted, eventRecorded, freshMemory, imageFailed, startFailed } from './pod-memory.ts';
import { findContainer, restartDelay, withoutOldBackOff } from './restart.ts';
import { aContainer, aKey, aPod, exited, NOW, running } from './test-builders.ts';

describe('goDuration', () => {
  const cases: [number, string][] = [
    [0, '0s'],
    [87, '87ms'],
    [1204, '1.204s'],
    [10_000, '10s'],
    [80_000, '1m20s'],
    [300_000, '5m0s'],
    [3_600_000, '1h0m0s'],
  ];
  for (const [ms, text] of cases) it(`prints ${ms} ms as ${text}`, () => assert.equal(goDuration(ms), text));
});

describe('pull policy where nobody defaulted it', () => {
  const cases: [string, string][] = [
    ['nginx', 'Always'],
    ['nginx:latest', 'Always'],
    ['nginx:1.27', 'IfNotPresent'],
    ['registry:5000/nginx', 'Always'],
    ['registry:5000/nginx:1', 'IfNotPresent'],
    ['nginx@sha256:0123', 'IfNotPresent'],
  ];
  for (const [image, policy] of cases) {
    it(`of ${image} is ${policy}`, () => assert.equal(pullPolicyOf({ name: 'c', image }), policy));
  }
});

describe('memory of a pod', () => {
  it('doubles the wait after each failed pull up to five minutes', () => {
    let memory = freshMemory(NOW);
    const waits = [1, 2, 3, 4, 5, 6, 7].map(() => {
      memory = imageFailed(memory, aKey('app'), { reason: 'ErrImagePull', message: '', now: NOW });
      return ((memory.imageFailures.get(aKey('app'))?.retryAt ?? 0) - NOW) / 1000;
    });
    assert.deepEqual(waits, [10, 20, 40, 80, 160, 300, 300]);
  });

  it('forgets what failed with other images of a container once it starts, and nothing of others', () => {
    const what = { reason: 'ErrImagePull', message: '', now: NOW };
    const keys = [attemptKey({ name: 'app', image: 'tpyo' }), aKey('app'), aKey('app2')];
    const failed = keys.reduce(
      (memory, key) => startFailed(imageFailed(memory, key, what), key, what),
      freshMemory(NOW),
    );
    const started = containerStarted(failed, aKey('app'));
    assert.deepEqual([...started.imageFailures.keys()], [aKey('app2')]);
    assert.deepEqual([...started.startFailures.keys()], [aKey('app2')]);
  });

  it('does not grow with a pod that crashes for months', () => {
    let memory = freshMemory(NOW);
    for (let i = 0; i < 1000; i += 1) memory = eventRecorded(memory, `BackOff/${i}`);
    assert.equal(memory.recorded.size, 100);
    assert.ok(memory.recorded.has('BackOff/999'));
  });
});

describe('back-off of an ended container', () => {
  const cases: [string, { boot?: string; backOff?: number }, { seconds: number; nextSeconds: number }][] = [
    ['is none the first time', {}, { seconds: 0, nextSeconds: 10 }],
    ['doubles within one boot', { boot: 'now', backOff: 40 }, { seconds: 40, nextSeconds: 80 }],
    ['is forgotten by a boot', { boot: 'before', backOff: 40 }, { seconds: 0, nextSeconds: 10 }],
    ['holds when nobody wrote the boot down', { backOff: 40 }, { seconds: 40, nextSeconds: 80 }],
  ];
  for (const [title, { boot, backOff }, expected] of cases) {
    it(title, () => {
      const plain = exited('app', 1, backOff ? { backOff, attempt: 3 } : { attempt: 3 });
      const ended = { ...plain, labels: { ...plain.labels, ...(boot ? { [BACK_OFF_BOOT]: boot } : {}) } };
      const [seen] = withoutOldBackOff([ended], 'now');
      assert.ok(seen);
      const { notBefore, ...delay } = restartDelay(seen, NOW, 'app:1');
      assert.deepEqual(delay, expected);
      assert.equal(notBefore > NOW, expected.seconds > 0);
      assert.equal(seen.attempt, 3, 'restarts are counted on');
    });
  }
});

describe('findContainer', () => {
  const crashing = [exited('app', 1, { attempt: 2 }), exited('app', 1, { attempt: 1 })];
  const cases: [string, ReturnType<typeof running>[], boolean, string | undefined][] = [
    ['finds the one that runs', [running('app', { attempt: 1 }), exited('app', 1)], false, 'app-1'],
    ['finds the one before it', [running('app', { attempt: 1 }), exited('app', 1)], true, 'app-0'],
    ['finds no previous of the first', [running('app')], true, undefined],
    ['takes the crashed one itself as previous while it waits', crashing, true, 'app-2'],
  ];
  for (const [title, observed, previous, id] of cases) {
    it(title, () => assert.equal(findContainer(aPod(), observed, 'app', { previous })?.id, id));
  }

  it('finds the one before the last of a pod that is done', () => {
    const pod = aPod({ restartPolicy: 'Never', containers: [aContainer('app')] });
    assert.equal(findContainer(pod, crashing, 'app', { previous: true })?.id, 'app-1');
  });
});

describe('Limiter', () => {
  it('runs no more than its limit at once, and all in the end', async () => {
    const limiter = new Limiter(2);
    const { signal } = new AbortController();
    let now = 0;
    let most = 0;
    const task = async () => {
      now += 1;
      most = Math.max(most, now);
      await setImmediate();
      now -= 1;
    };
    await Promise.all([1, 2, 3, 4, 5].map(() => limiter.run(signal, task)));
    assert.equal(most, 2);
  });

  it('lets go of one that gives up waiting', async () => {
    const limiter = new Limiter(1);
    const { promise, resolve } = Promise.withResolvers<void>();
    const first = limiter.run(new AbortController().signal, () => promise);
    const abort = new AbortController();
    const second = limiter.run(abort.signal, async () => assert.fail('must not run'));
    abort.abort(new Error('gave up'));
    await assert.rejects(second, /gave up/);
    resolve();
    await first;
    assert.equal(await limiter.run(new AbortController().signal, async () => 3), 3);
  });
});
