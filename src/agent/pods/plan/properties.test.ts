import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Container, Pod } from '../../../api/types.ts';
import { initContainersOf, mainContainersOf } from '../pod-facts.ts';
import { aContainer, aPod, deleted, NOW } from '../test-builders.ts';
import { EngineModel } from './engine-model.ts';

type Policy = 'Always' | 'OnFailure' | 'Never';

const policies = fc.constantFrom<Policy>('Always', 'OnFailure', 'Never');

const sleep = { sleep: { seconds: 1 } };
const hooks = fc.constantFrom<NonNullable<Container['lifecycle']>>(
  {},
  { postStart: sleep },
  { preStop: sleep },
  { postStart: sleep, preStop: sleep },
);

function pods(policy: fc.Arbitrary<Policy> = policies): fc.Arbitrary<Pod> {
  return fc
    .record({
      restartPolicy: policy,
      sidecars: fc.array(fc.boolean(), { maxLength: 3 }),
      mains: fc.array(hooks, { minLength: 1, maxLength: 3 }),
    })
    .map(({ restartPolicy, sidecars, mains }) =>
      aPod({
        restartPolicy,
        initContainers: sidecars.map((isSidecar, i) =>
          aContainer(`init${i}`, isSidecar ? { restartPolicy: 'Always' } : {}),
        ),
        containers: mains.map((lifecycle, i) => aContainer(`main${i}`, { lifecycle })),
      }),
    );
}

const names = fc.constantFrom('POD', 'init0', 'init1', 'init2', 'main0', 'main1', 'main2');
const mishaps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('kill' as const), name: names, exitCode: fc.constantFrom(0, 1, 137) }),
    fc.record({ do: fc.constant('remove' as const), name: names }),
    fc.record({ do: fc.constant('restartAgent' as const) }),
    fc.record({ do: fc.constant('oneStep' as const), count: fc.integer({ min: 1, max: 4 }) }),
  ),
  { maxLength: 12 },
);

/** Lets things go wrong, some of them between two steps of one plan. */
function strike(
  engine: EngineModel,
  all: readonly (typeof mishaps extends fc.Arbitrary<infer T> ? T : never)[number][],
): void {
  for (const mishap of all) {
    engine.now += 1000;
    if (mishap.do === 'kill') engine.kill(mishap.name, mishap.exitCode);
    else if (mishap.do === 'remove') engine.remove(mishap.name);
    else if (mishap.do === 'restartAgent') engine.restartAgent();
    else for (const step of engine.plan().slice(0, mishap.count)) engine.apply(step);
  }
}

/** Names of what has to run of a pod that is never done. */
function lasting(pod: Pod): string[] {
  const sidecars = initContainersOf(pod).filter((c) => c.kind === 'sidecar');
  return ['POD', ...[...sidecars, ...mainContainersOf(pod)].map((c) => c.spec.name)].sort();
}

function runningNames(engine: EngineModel): string[] {
  return engine
    .running()
    .map((c) => c.containerName)
    .sort();
}

describe('plan, applied until it is empty', () => {
  it('brings every pod to run, each container once', () => {
    fc.assert(
      fc.property(pods(), (pod) => {
        const engine = new EngineModel(pod, NOW);
        assert.ok(engine.settle());
        assert.deepEqual(runningNames(engine), lasting(pod));
        assert.deepEqual(engine.plan(), []);
        assert.equal(new Set(engine.started).size, engine.started.length);
      }),
    );
  });

  it('starts init containers in order and the others after them', () => {
    fc.assert(
      fc.property(pods(), (pod) => {
        const engine = new EngineModel(pod, NOW);
        engine.settle();
        const all = [...initContainersOf(pod), ...mainContainersOf(pod)].map((c) => c.spec.name);
        assert.deepEqual(engine.started, all);
        assert.deepEqual(engine.early, []);
      }),
    );
  });

  it('heals whatever goes wrong in a pod that restarts always', () => {
    fc.assert(
      fc.property(pods(fc.constant('Always')), mishaps, (pod, all) => {
        const engine = new EngineModel(pod, NOW);
        strike(engine, all);
        assert.ok(engine.settle(), 'did not settle');
        assert.deepEqual(runningNames(engine), lasting(pod));
      }),
      { numRuns: 400 },
    );
  });

  it('settles under every policy whatever goes wrong, with no name running twice', () => {
    fc.assert(
      fc.property(pods(), mishaps, (pod, all) => {
        const engine = new EngineModel(pod, NOW);
        strike(engine, all);
        assert.ok(engine.settle(), 'did not settle');
        const running = runningNames(engine);
        assert.equal(new Set(running).size, running.length);
        assert.deepEqual(engine.plan(), []);
      }),
      { numRuns: 400 },
    );
  });

  it('restarts only the container that was killed', () => {
    fc.assert(
      fc.property(pods(fc.constant('Always')), fc.nat(2), (pod, index) => {
        const engine = new EngineModel(pod, NOW);
        engine.settle();
        const victim = pod.spec.containers[index % pod.spec.containers.length]?.name ?? '';
        const before = engine.running().filter((c) => c.containerName !== victim);
        engine.kill(victim);
        engine.settle();
        for (const container of before) assert.ok(engine.running().includes(container));
      }),
    );
  });

  it('changes nothing when only the agent restarts', () => {
    fc.assert(
      fc.property(pods(), (pod) => {
        const engine = new EngineModel(pod, NOW);
        engine.settle();
        const before = engine.running();
        engine.restartAgent();
        engine.settle();
        assert.deepEqual(engine.running(), before);
      }),
    );
  });

  it('leaves nothing of a deleted pod, whatever happened before, and says so once', () => {
    fc.assert(
      fc.property(pods(), mishaps, fc.boolean(), (pod, all, isForced) => {
        const engine = new EngineModel(pod, NOW);
        strike(engine, all);
        engine.pod = isForced ? undefined : deleted(pod);
        assert.ok(engine.settle());
        assert.deepEqual(engine.containers, []);
        assert.equal(engine.memory.isTornDown, true);
        assert.equal(engine.memory.isGoneReported, !isForced);
      }),
      { numRuns: 400 },
    );
  });
});
