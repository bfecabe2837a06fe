import assert from 'node:assert/strict';
import fc from 'fast-check';
import { JobWorld } from '../../../../test/lib/jobs.ts';
import type { JobSpec, Pod } from '../../../api/types.ts';
import { COMPLETION_INDEX } from './pod-facts.ts';

const HOUR_MS = 3_600_000;

const someSteps = fc.array(
  fc.record({
    what: fc.constantFrom('succeed', 'fail', 'delete', 'reap', 'wait', 'settle', 'die'),
    which: fc.nat(5),
  }),
  { maxLength: 30 },
);

/** What really became of the pods, by uid. */
class Truth {
  readonly failed = new Set<string>();
  readonly succeeded = new Set<string>();
  /** One entry for every pod that failed. */
  readonly failedIndexes: string[] = [];

  fail({ metadata }: Pod): void {
    this.failed.add(metadata.uid ?? '');
    this.failedIndexes.push(metadata.annotations?.[COMPLETION_INDEX] ?? '');
  }
}

function happen(world: JobWorld, { what, which }: { what: string; which: number }, truth: Truth): void {
  const pod = world.active[which % Math.max(1, world.active.length)];
  const uid = pod?.metadata.uid ?? '';
  if (what === 'settle') world.settle();
  else if (what === 'die' && !world.end) world.dieWithin(which);
  else if (what === 'reap') world.reap();
  else if (what === 'wait') world.now += HOUR_MS;
  else if (pod && what === 'succeed') {
    world.finish(pod, 0);
    truth.succeeded.add(uid);
  } else if (pod && what === 'fail') {
    world.finish(pod, 1);
    truth.fail(pod);
  } else if (pod && what === 'delete') {
    world.delete(pod);
    truth.fail(pod);
  }
}

/** From now on all goes well. */
function bringToEnd(world: JobWorld, truth: Truth): void {
  for (let round = 0; round < 50 && !world.end; round++) {
    world.now += HOUR_MS;
    world.settle();
    for (const pod of world.active) {
      world.finish(pod, 0);
      truth.succeeded.add(pod.metadata.uid ?? '');
    }
    world.settle();
    world.reap();
  }
}

function lived(spec: Partial<JobSpec>, steps: readonly { what: string; which: number }[]) {
  const world = new JobWorld(spec);
  const truth = new Truth();
  for (const step of steps) happen(world, step, truth);
  bringToEnd(world, truth);
  return { world, truth };
}

describe('Jobs under random deaths of pods and of the master', () => {
  it('count every pod that ended exactly once', () => {
    const spec = { completions: 4, parallelism: 3, backoffLimit: 1000 };
    fc.assert(
      fc.property(someSteps, (steps) => {
        const { world, truth } = lived(spec, steps);
        assert.equal(world.end, 'Complete');
        assert.equal(world.job.status?.failed ?? 0, truth.failed.size);
        assert.equal(world.job.status?.succeeded, truth.succeeded.size);
        assert.deepEqual(world.job.status?.uncountedTerminatedPods, {});
      }),
      { numRuns: 300 },
    );
  });

  it('fail when more pods failed than may, and not before', () => {
    fc.assert(
      fc.property(fc.nat(4), someSteps, (backoffLimit, steps) => {
        const { world, truth } = lived({ completions: 4, parallelism: 2, backoffLimit }, steps);
        assert.equal(world.end, truth.failed.size > backoffLimit ? 'Failed' : 'Complete');
      }),
      { numRuns: 300 },
    );
  });

  it('complete every index once, and leave no pod held', () => {
    const spec = { completionMode: 'Indexed', completions: 4, parallelism: 3, backoffLimit: 1000 } as const;
    fc.assert(
      fc.property(someSteps, (steps) => {
        const { world, truth } = lived(spec, steps);
        assert.equal(world.end, 'Complete');
        assert.equal(world.job.status?.completedIndexes, '0-3');
        assert.equal(world.job.status?.failed ?? 0, truth.failed.size);
        assert.ok(world.pods.every(({ metadata }) => !metadata.finalizers?.length));
      }),
      { numRuns: 300 },
    );
  });

  it('fail the indexes that failed too often, and those alone', () => {
    const spec = { completionMode: 'Indexed', completions: 3, parallelism: 3, backoffLimitPerIndex: 1 } as const;
    fc.assert(
      fc.property(someSteps, (steps) => {
        const { world, truth } = lived(spec, steps);
        const { failedIndexes = '', succeeded = 0, failed = 0 } = world.job.status ?? {};
        assert.equal(world.end, failedIndexes === '' ? 'Complete' : 'Failed');
        assert.equal(failed, truth.failed.size);
        const failedCount = failedIndexes === '' ? 0 : 3 - succeeded;
        assert.equal(succeeded + failedCount, 3);
        // An index has one failure to spare: none fails thrice, and one that failed twice is not tried again.
        const perIndex = Object.values(Object.groupBy(truth.failedIndexes, (index) => index)).map(
          (list) => list?.length,
        );
        assert.ok(perIndex.every((failures = 0) => failures <= 2));
        assert.equal(perIndex.filter((failures) => failures === 2).length, failedCount);
      }),
      { numRuns: 300 },
    );
  });

  it('never ask to be looked at again at once, which would leave the master no time for anything else', () => {
    const specs: Partial<JobSpec>[] = [
      { activeDeadlineSeconds: 60, completions: 4, parallelism: 2 },
      { backoffLimit: 1, completions: 4, parallelism: 2, podReplacementPolicy: 'Failed' },
      {
        completionMode: 'Indexed',
        completions: 3,
        parallelism: 3,
        backoffLimitPerIndex: 2,
        activeDeadlineSeconds: 7200,
      },
    ];
    fc.assert(
      fc.property(fc.constantFrom(...specs), someSteps, (spec, steps) => {
        const world = new JobWorld(spec);
        for (const step of steps) {
          happen(world, step, new Truth());
          assert.ok((world.settle() ?? 1) > 0);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('never run more pods than they may', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 5 }),
        fc.integer({ min: 1, max: 8 }),
        someSteps,
        (parallelism, completions, steps) => {
          const world = new JobWorld({ parallelism, completions, backoffLimit: 1000 });
          for (const step of steps) {
            happen(world, step, new Truth());
            assert.ok(world.active.length <= Math.min(parallelism, completions));
          }
        },
      ),
    );
  });
});
