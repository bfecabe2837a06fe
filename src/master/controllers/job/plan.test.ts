import assert from 'node:assert/strict';
import { aPod } from '../../../../test/lib/builders.ts';
import { JobWorld } from '../../../../test/lib/jobs.ts';
import type { JobSpec, Pod } from '../../../api/types.ts';
import type { Verdict } from './failure-policy.ts';
import { plan } from './plan.ts';
import { COMPLETION_INDEX, INDEX_FAILURES } from './pod-facts.ts';

const indexed = (spec: Partial<JobSpec>): Partial<JobSpec> => ({ completionMode: 'Indexed', ...spec });

function settled(spec: Partial<JobSpec>): JobWorld {
  const world = new JobWorld(spec);
  world.settle();
  return world;
}

const indexesOf = (pods: readonly Pod[]) => pods.map(({ metadata }) => metadata.annotations?.[COMPLETION_INDEX]);

/** Ends all that runs with the same exit code, and lets the Job react. */
function endAll(world: JobWorld, exitCode: number): number | undefined {
  for (const pod of world.active) world.finish(pod, exitCode);
  return world.settle();
}

describe('the plan of a Job', () => {
  it('starts one pod and tells of it', () => {
    const world = settled({});
    assert.deepEqual(world.log, ['createPods', 'setStatus']);
    assert.deepEqual(world.job.status, {
      startTime: '2030-01-01T00:00:00Z',
      active: 1,
      ready: 0,
      terminating: 0,
      uncountedTerminatedPods: {},
    });
  });

  it('is complete when the pod has succeeded, which is counted before it is let go', () => {
    const world = settled({});
    endAll(world, 0);
    assert.deepEqual(world.log, ['createPods', 'setStatus', 'setStatus', 'letGo', 'setStatus']);
    const time = '2030-01-01T00:00:00Z';
    const said = { reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' };
    const times = { lastProbeTime: time, lastTransitionTime: time };
    assert.deepEqual(world.job.status, {
      conditions: [
        { type: 'SuccessCriteriaMet', status: 'True', ...said, ...times },
        { type: 'Complete', status: 'True', ...said, ...times },
      ],
      startTime: time,
      completionTime: time,
      succeeded: 1,
      ready: 0,
      terminating: 0,
      uncountedTerminatedPods: {},
    });
  });

  it('runs as many as it may at once, and no more than are left to do', () => {
    const world = settled({ completions: 5, parallelism: 2 });
    assert.equal(world.active.length, 2);
    endAll(world, 0);
    endAll(world, 0);
    assert.equal(world.active.length, 1);
    endAll(world, 0);
    assert.equal(world.end, 'Complete');
  });

  it('adds none to a queue of work once one has found it empty', () => {
    const world = settled({ parallelism: 3 });
    world.finish(world.active[0] as Pod, 0);
    world.finish(world.active[0] as Pod, 1);
    world.settle();
    assert.equal(world.active.length, 1);
    assert.equal(world.end, undefined);
    endAll(world, 0);
    assert.equal(world.end, 'Complete');
    assert.equal(world.job.status?.failed, 1);
  });

  it('waits 10 s, 20 s, 40 s after failures, and fails with the one after the limit', () => {
    const world = settled({ backoffLimit: 2 });
    assert.equal(endAll(world, 1), 10_000);
    world.now += 10_000;
    world.settle();
    assert.equal(endAll(world, 1), 20_000);
    world.now += 20_000;
    world.settle();
    endAll(world, 1);
    assert.equal(world.end, 'Failed');
    assert.equal(world.job.status?.failed, 3);
    assert.equal(world.condition('Failed')?.reason, 'BackoffLimitExceeded');
    assert.equal(world.condition('Failed')?.message, 'Job has reached the specified backoff limit');
  });

  it('counts restarts within pods where containers are started again', () => {
    const template = {
      spec: { restartPolicy: 'OnFailure' as const, containers: [{ name: 'main', image: 'busybox' }] },
    };
    const world = new JobWorld({ backoffLimit: 2, template: { ...new JobWorld().job.spec.template, ...template } });
    world.settle();
    const status = { name: 'main', image: '', imageID: '', ready: true, restartCount: 2 };
    world.setStatus(world.active[0] as Pod, { containerStatuses: [status] });
    world.settle();
    assert.equal(world.condition('FailureTarget')?.reason, 'BackoffLimitExceeded');
    assert.equal(world.end, undefined, 'not before the pod has ended');
    world.reap();
    world.settle();
    assert.equal(world.end, 'Failed');
    assert.equal(world.job.status?.failed, 1);
  });

  it('ends at its deadline, with the reason in writing before its pods are deleted', () => {
    const world = new JobWorld({ activeDeadlineSeconds: 30, parallelism: 2, completions: 2 });
    assert.equal(world.settle(), 30_000);
    world.now += 30_000;
    const { actions } = world.plan();
    assert.deepEqual(
      actions.map((action) => action.do),
      ['setStatus'],
    );
    assert.equal(world.settle(), undefined, 'only the end of its pods is waited for');
    assert.equal(world.job.status?.terminating, 2);
    world.reap();
    world.settle();
    assert.equal(world.condition('Failed')?.reason, 'DeadlineExceeded');
    assert.equal(world.job.status?.failed, 2);
  });

  it('stops while it is suspended without taking that for failures, and starts anew', () => {
    const world = settled({ parallelism: 2, completions: 2 });
    world.job = { ...world.job, spec: { ...world.job.spec, suspend: true } };
    world.settle();
    assert.equal(world.active.length, 0);
    assert.equal(world.job.status?.terminating, 2);
    assert.deepEqual(
      [world.condition('Suspended')?.status, world.condition('Suspended')?.reason],
      ['True', 'JobSuspended'],
    );
    world.reap();
    world.settle();
    assert.equal(world.job.status?.failed, undefined);
    world.now += 3600_000;
    world.job = { ...world.job, spec: { ...world.job.spec, suspend: false } };
    assert.equal(world.settle(), undefined);
    assert.equal(world.active.length, 2, 'without waiting for a back-off');
    assert.equal(world.job.status?.startTime, '2030-01-01T01:00:00Z');
    assert.deepEqual(
      [world.condition('Suspended')?.status, world.condition('Suspended')?.reason],
      ['False', 'JobResumed'],
    );
  });

  it('does not start when it is made suspended', () => {
    const world = settled({ suspend: true });
    assert.deepEqual(world.log, ['setStatus']);
    assert.equal(world.job.status?.startTime, undefined);
  });

  it('deletes what is too much when its parallelism falls', () => {
    const world = settled({ parallelism: 4, completions: 8 });
    world.job = { ...world.job, spec: { ...world.job.spec, parallelism: 1 } };
    world.settle();
    assert.equal(world.active.length, 1);
    assert.equal(world.job.status?.failed, undefined);
  });

  it('adopts what it selects, lets go of what it does not select any more, and makes none instead', () => {
    const world = settled({});
    const stranger = aPod({ name: 'bare', labels: { job: 'work' } });
    const own = world.active[0] as Pod;
    const relabelled = { ...own, metadata: { ...own.metadata, labels: { job: 'other' } } };
    world.pods = [stranger, relabelled];
    assert.deepEqual(world.plan().actions, [
      { do: 'release', pod: relabelled },
      { do: 'adopt', pod: stranger },
    ]);
  });

  it('makes nothing while it is being deleted, and lets all its pods go', () => {
    const world = settled({ parallelism: 2, completions: 2 });
    world.job = { ...world.job, metadata: { ...world.job.metadata, deletionTimestamp: '2030-01-01T00:00:00Z' } };
    const pods = [...world.pods];
    assert.deepEqual(world.plan().actions, [{ do: 'letGo', pods }]);
  });

  it('tells how its pods are even when none can be made', () => {
    const world = settled({ parallelism: 2, completions: 2 });
    world.finish(world.active[0] as Pod, 1);
    world.now += 10_000;
    const tried = plan(world.job, { pods: world.pods, failures: [] }, world.now);
    assert.deepEqual(
      tried.actions.map((action) => action.do),
      ['createPods'],
    );
    const halted = plan(world.job, { pods: world.pods, failures: [], isHalted: true }, world.now);
    const [action] = halted.actions;
    assert.ok(action?.do === 'setStatus');
    assert.equal(action.status.active, 1);
    assert.deepEqual(action.status.uncountedTerminatedPods?.failed, [world.pods[0]?.metadata.uid]);
  });
});

describe('the plan of an Indexed Job', () => {
  it('gives every pod an index and lists those that succeeded', () => {
    const world = settled(indexed({ completions: 5, parallelism: 3 }));
    assert.deepEqual(indexesOf(world.active), ['0', '1', '2']);
    const [first, , third] = world.active as [Pod, Pod, Pod];
    assert.equal(first.spec.hostname, 'work-0');
    assert.equal(first.metadata.generateName, 'work-0-');
    assert.equal(first.metadata.labels?.[COMPLETION_INDEX], '0');
    const fieldRef = { fieldPath: `metadata.labels['${COMPLETION_INDEX}']` };
    assert.deepEqual(first.spec.containers[0]?.env, [{ name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef } }]);
    world.finish(first, 0);
    world.finish(third, 0);
    world.settle();
    assert.equal(world.job.status?.completedIndexes, '0,2');
    assert.deepEqual(indexesOf(world.active), ['1', '3', '4']);
    endAll(world, 0);
    assert.equal(world.job.status?.completedIndexes, '0-4');
    assert.equal(world.end, 'Complete');
  });

  it('tries a failed index again', () => {
    const world = settled(indexed({ completions: 2, parallelism: 2 }));
    world.finish(world.active[1] as Pod, 1);
    assert.equal(world.settle(), 10_000);
    world.now += 10_000;
    world.settle();
    assert.deepEqual(indexesOf(world.active), ['0', '1']);
  });

  it('keeps one pod of an index', () => {
    const world = settled(indexed({ completions: 2, parallelism: 2 }));
    const [first] = world.active as [Pod];
    world.pods.push({ ...first, metadata: { ...first.metadata, name: 'twin', uid: 'twin' } });
    world.settle();
    assert.deepEqual(indexesOf(world.active).sort(), ['0', '1']);
  });

  it('shrinks with its parallelism', () => {
    const world = settled(indexed({ completions: 4, parallelism: 4 }));
    world.finish(world.active[3] as Pod, 0);
    world.settle();
    assert.equal(world.job.status?.completedIndexes, '3');
    world.job = { ...world.job, spec: { ...world.job.spec, completions: 2, parallelism: 2 } };
    world.settle();
    assert.equal(world.job.status?.completedIndexes, undefined);
    assert.equal(world.job.status?.succeeded, undefined);
    assert.deepEqual(indexesOf(world.active), ['0', '1']);
  });

  it('gives every index failures of its own, counted from pod to pod', () => {
    const world = settled(indexed({ completions: 2, parallelism: 2, backoffLimitPerIndex: 1 }));
    assert.equal(world.active[0]?.metadata.annotations?.[INDEX_FAILURES], '0');
    assert.equal(world.job.status?.failedIndexes, '');
    world.finish(world.active[0] as Pod, 1);
    assert.equal(world.settle(), 10_000);
    assert.equal(world.job.status?.failed, undefined, 'held until its successor is there');
    world.now += 10_000;
    world.settle();
    const successor = world.active.find((pod) => indexesOf([pod])[0] === '0') as Pod;
    assert.equal(successor.metadata.annotations?.[INDEX_FAILURES], '1');
    assert.equal(world.job.status?.failed, 1);
    world.finish(successor, 1);
    world.settle();
    assert.equal(world.job.status?.failedIndexes, '0');
    assert.equal(world.end, undefined, 'the other index goes on');
    endAll(world, 0);
    assert.equal(world.end, 'Failed');
    assert.deepEqual(
      [world.condition('Failed')?.reason, world.condition('Failed')?.message],
      ['FailedIndexes', 'Job has failed indexes'],
    );
    assert.deepEqual([world.job.status?.failed, world.job.status?.succeeded], [2, 1]);
  });

  it('gives up when too many indexes have failed', () => {
    const world = settled(indexed({ completions: 4, parallelism: 4, backoffLimitPerIndex: 0, maxFailedIndexes: 1 }));
    world.finish(world.active[0] as Pod, 1);
    world.settle();
    assert.equal(world.end, undefined);
    world.finish(world.active[0] as Pod, 1);
    world.settle();
    world.reap();
    world.settle();
    assert.equal(world.condition('Failed')?.reason, 'MaxFailedIndexesExceeded');
  });

  it('succeeds as soon as its policy is met, whatever becomes of the rest', () => {
    const rules = [{ succeededIndexes: '0', succeededCount: 1 }];
    const world = settled(indexed({ completions: 3, parallelism: 3, backoffLimit: 0, successPolicy: { rules } }));
    world.finish(world.active[0] as Pod, 0);
    world.settle();
    assert.equal(world.active.length, 0);
    assert.equal(world.end, undefined, 'not before its pods have ended');
    world.reap();
    world.settle();
    assert.equal(world.end, 'Complete');
    assert.deepEqual(
      [world.condition('Complete')?.reason, world.condition('Complete')?.message],
      ['SuccessPolicy', 'Matched rules at index 0'],
    );
    assert.equal(world.job.status?.succeeded, 1);
  });
});

describe('the pod failure policy of a Job', () => {
  const onCode = (action: Verdict['action'], ...values: number[]): Partial<JobSpec> => ({
    podFailurePolicy: { rules: [{ action, onExitCodes: { operator: 'In', values } }] },
  });

  it('fails the Job at once, and says which container of which pod is to blame', () => {
    const world = settled({ ...onCode('FailJob', 42), completions: 2, parallelism: 2 });
    const [pod] = world.active as [Pod];
    world.finish(pod, 42);
    world.settle();
    world.reap();
    world.settle();
    const text = `Container main for pod default/${pod.metadata.name} failed with exit code 42 matching FailJob rule at index 0`;
    assert.deepEqual(
      [world.condition('Failed')?.reason, world.condition('Failed')?.message],
      ['PodFailurePolicy', text],
    );
  });

  it('ignores what is none of the pod’s fault', () => {
    const rules = [
      { action: 'Ignore' as const, onPodConditions: [{ type: 'DisruptionTarget', status: 'True' as const }] },
    ];
    const world = settled({ backoffLimit: 0, podFailurePolicy: { rules } });
    const [pod] = world.active as [Pod];
    world.setStatus(pod, { phase: 'Failed', conditions: [{ type: 'DisruptionTarget', status: 'True' }] });
    world.now += 10_000;
    world.settle();
    assert.equal(world.end, undefined);
    assert.equal(world.job.status?.failed, undefined);
    assert.equal(world.active.length, 1);
  });

  it('fails one index at once', () => {
    const world = settled(
      indexed({ ...onCode('FailIndex', 3), completions: 2, parallelism: 2, backoffLimitPerIndex: 5 }),
    );
    world.finish(world.active[1] as Pod, 3);
    world.settle();
    assert.equal(world.job.status?.failedIndexes, '1');
  });

  it('counts what matches no rule', () => {
    const world = settled({ ...onCode('Ignore', 42), backoffLimit: 0 });
    endAll(world, 1);
    assert.equal(world.condition('Failed')?.reason, 'BackoffLimitExceeded');
  });
});

describe('the pod replacement policy of a Job', () => {
  it('replaces a pod that is on its way out, unless told to wait for its end', () => {
    for (const [podReplacementPolicy, active] of [
      ['TerminatingOrFailed', 1],
      ['Failed', 0],
    ] as const) {
      const world = settled({ podReplacementPolicy });
      world.delete(world.active[0] as Pod);
      world.now += 10_000;
      world.settle();
      assert.equal(world.active.length, active, podReplacementPolicy);
      assert.equal(world.job.status?.terminating, 1);
      world.reap();
      world.now += 10_000;
      world.settle();
      assert.equal(world.active.length, 1, podReplacementPolicy);
      assert.equal(world.job.status?.failed, 1);
    }
  });
});

describe('the times of a Job', () => {
  it('never end before they begin, though the date is set back', () => {
    const world = settled({});
    world.now -= 3_600_000;
    endAll(world, 0);
    assert.equal(world.end, 'Complete');
    assert.equal(world.job.status?.startTime, '2030-01-01T00:00:00Z');
    assert.equal(world.job.status?.completionTime, '2030-01-01T00:00:00Z');
  });
});
