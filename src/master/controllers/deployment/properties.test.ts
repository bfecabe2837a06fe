import assert from 'node:assert/strict';
import fc from 'fast-check';
import { aDeployment, DeploymentWorld } from '../../../../test/lib/deployments.ts';
import type { ReplicaSet } from '../../../api/types.ts';
import { maxSurge, maxUnavailable } from './limits.ts';
import { isScalingEvent } from './scale.ts';
import { setsOf, wantedReplicas } from './sets.ts';

/** ReplicaSets with pods of which each is available or not; what happens to them happens at random. */
class Pods {
  readonly #world: DeploymentWorld;
  readonly #pods = new Map<string, boolean[]>();

  constructor(world: DeploymentWorld) {
    this.#world = world;
  }

  /** The ReplicaSet controller's pass: broken pods go first; new ones are not available yet. */
  settle(): void {
    for (const set of this.#world.sets) {
      const pods = this.#of(set).sort((a, b) => Number(b) - Number(a));
      while (pods.length < set.spec.replicas) pods.push(false);
      pods.length = set.spec.replicas;
    }
    this.#world.report((set) => this.available(set));
  }

  /** Every pod whose turn it is becomes available, or not any more. */
  flip(pattern: readonly boolean[]): void {
    let index = 0;
    for (const set of this.#world.sets) {
      const pods = this.#of(set);
      for (const at of pods.keys()) pods[at] = pattern[index++ % pattern.length] ?? true;
    }
    this.#world.report((set) => this.available(set));
  }

  available(set: ReplicaSet): number {
    return this.#of(set).filter(Boolean).length;
  }

  /** How many are left when the sets are as large as they want to be. */
  get availableAfterwards(): number {
    return this.#world.sets.reduce((sum, set) => sum + Math.min(this.available(set), set.spec.replicas), 0);
  }

  #of(set: ReplicaSet): boolean[] {
    const uid = set.metadata.uid ?? '';
    const pods = this.#pods.get(uid) ?? [];
    this.#pods.set(uid, pods);
    return pods;
  }
}

type Step =
  | { readonly do: 'pass' }
  | { readonly do: 'settle' }
  | { readonly do: 'flip'; readonly pattern: boolean[] }
  | { readonly do: 'image'; readonly image: string }
  | { readonly do: 'scale'; readonly replicas: number }
  | { readonly do: 'pause'; readonly paused: boolean };

const limit = fc.oneof(fc.nat(3), fc.constantFrom('0%', '25%', '50%', '100%'));
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ do: 'pass' } as const) },
  { weight: 4, arbitrary: fc.constant({ do: 'settle' } as const) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('flip' as const),
      pattern: fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('image' as const), image: fc.constantFrom('web:1', 'web:2', 'web:3') }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('scale' as const), replicas: fc.nat(12) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('pause' as const), paused: fc.boolean() }) },
);

describe('a rollout under random deaths, readiness and edits', () => {
  const rollout = fc.record({
    replicas: fc.nat(12),
    surge: limit,
    unavailable: limit,
    steps: fc.array(step, { maxLength: 60 }),
    isRecreate: fc.boolean(),
  });

  it('never breaks its limits by itself, ends where it should, and rests there', () => {
    fc.assert(
      fc.property(rollout, ({ replicas, surge, unavailable, steps, isRecreate }) => {
        const strategy = isRecreate
          ? { type: 'Recreate' as const }
          : { type: 'RollingUpdate' as const, rollingUpdate: { maxSurge: surge, maxUnavailable: unavailable } };
        const world = new DeploymentWorld(aDeployment(replicas, { strategy }));
        const pods = new Pods(world);
        for (const each of steps) takeStep(world, pods, each);
        world.edit({ paused: false });
        assertArrives(world, pods);
      }),
      { numRuns: 300 },
    );
  });
});

function takeStep(world: DeploymentWorld, pods: Pods, each: Step): void {
  if (each.do === 'pass') passWithinLimits(world, pods);
  else if (each.do === 'settle') pods.settle();
  else if (each.do === 'flip') pods.flip(each.pattern);
  else if (each.do === 'image') world.setImage(each.image);
  else if (each.do === 'scale') world.edit({ replicas: each.replicas });
  else world.edit({ paused: each.paused });
}

/** Another size is the user's word, and may take pods away; everything else keeps to the limits. */
function passWithinLimits(world: DeploymentWorld, pods: Pods): void {
  const { deployment } = world;
  const isScaling = isScalingEvent(deployment, setsOf(deployment, world.sets));
  const [wantedBefore, availableBefore] = [wantedReplicas(world.sets), pods.availableAfterwards];
  world.pass();
  const most = deployment.spec.replicas + maxSurge(deployment);
  const wanted = wantedReplicas(world.sets);
  assert.ok(wanted <= Math.max(most, wantedBefore), `${wanted} pods, where ${most} may be`);
  if (isScaling || deployment.spec.paused || deployment.spec.strategy?.type === 'Recreate') return;
  const least = deployment.spec.replicas - maxUnavailable(deployment);
  const left = pods.availableAfterwards;
  assert.ok(left >= Math.min(least, availableBefore), `${left} pods available, where ${least} have to be`);
}

function assertArrives(world: DeploymentWorld, pods: Pods): void {
  for (let round = 0; round < 100; round++) {
    passWithinLimits(world, pods);
    pods.settle();
    pods.flip([true]);
  }
  assert.deepEqual(world.pass(), [], 'a rollout that is done has nothing left to do');
  const { newSet, old } = setsOf(world.deployment, world.sets);
  assert.equal(newSet?.spec.replicas, world.deployment.spec.replicas);
  assert.equal(wantedReplicas(old), 0);
  const progressing = world.deployment.status?.conditions?.find(({ type }) => type === 'Progressing');
  assert.equal(progressing?.reason, 'NewReplicaSetAvailable');
}
