import assert from 'node:assert/strict';
import fc from 'fast-check';
import { aNode } from '../../../../test/lib/builders.ts';
import type { DaemonSet, Node, Pod } from '../../../api/types.ts';
import { isPodReady } from '../workload/pod-state.ts';
import { limitsOf } from './limits.ts';
import { placementOf } from './placement.ts';
import type { Action } from './plan.ts';
import { aDaemonSet, type Condition, decide, HASH, inCondition, podOn } from './test-daemon.ts';

const NODES = ['pi-1', 'pi-2', 'pi-3', 'pi-4'];

/** What is on one node at first, and what happens there later. */
const place = fc.record({
  node: fc.constantFrom('free', 'NoSchedule', 'NoExecute', 'gone'),
  pods: fc.array(
    fc.record({
      condition: fc.constantFrom<Condition>(
        'pending',
        'unready',
        'ready',
        'ready',
        'terminating',
        'failed',
        'succeeded',
      ),
      hash: fc.constantFrom('old', 'old', HASH),
    }),
    { maxLength: 3 },
  ),
});
const rollingUpdate = fc.constantFrom(
  { maxUnavailable: 1, maxSurge: 0 },
  { maxUnavailable: 2, maxSurge: 0 },
  { maxUnavailable: '50%', maxSurge: 0 },
  { maxUnavailable: 0, maxSurge: 1 },
  { maxUnavailable: 0, maxSurge: '50%' },
);
const deaths = fc.array(
  fc.record({ turn: fc.nat(10), index: fc.nat(8), to: fc.constantFrom('unready', 'failed', 'gone') }),
  {
    maxLength: 5,
  },
);
type Place = ReturnType<typeof place.generate>['value'];

class World {
  readonly set: DaemonSet;
  readonly nodes: readonly Node[];
  pods: Pod[];
  #made = 0;

  constructor(set: DaemonSet, places: readonly Place[]) {
    this.set = set;
    this.nodes = places.flatMap(({ node }, index) => {
      const name = NODES[index] ?? '';
      if (node === 'gone') return [];
      if (node === 'free') return [aNode(name)];
      return [aNode(name, { spec: { taints: [{ key: 'gpu', effect: node as 'NoSchedule' | 'NoExecute' }] } })];
    });
    const names = new Set(this.nodes.map(({ metadata }) => metadata.name));
    this.pods = places.flatMap(({ pods }, at) =>
      pods
        .map(({ condition, hash }, index) =>
          podOn(set, NODES[at] ?? '', condition, { hash, name: `first-${at}-${index}` }),
        )
        .filter(({ spec }) => names.has(spec.nodeName ?? '')),
    );
  }

  pass(): Action[] {
    const actions = decide(this.set, this.nodes, this.pods);
    for (const action of actions) {
      if (action.do === 'create') {
        this.#made += 1;
        this.pods = [...this.pods, podOn(this.set, action.node, 'pending', { name: `new-${this.#made}` })];
      } else if (action.do === 'delete') {
        this.pods = this.pods.map((pod) => (pod === action.pod ? inCondition(pod, 'terminating') : pod));
      }
    }
    return actions;
  }

  /** What terminates is gone, everything else ready. */
  settle(): void {
    this.pods = this.pods
      .filter(({ metadata }) => !metadata.deletionTimestamp)
      .map((pod) =>
        pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded' ? pod : inCondition(pod, 'ready'),
      );
  }

  die(index: number, to: 'unready' | 'failed' | 'gone'): void {
    const victim = this.pods[index];
    if (!victim || victim.metadata.deletionTimestamp) return;
    this.pods = this.pods.flatMap((pod) => {
      if (pod !== victim) return [pod];
      return to === 'gone' ? [] : [inCondition(pod, to)];
    });
  }

  /** Nodes that should have a pod and have none that serves. */
  get unavailable(): number {
    const { places } = placementOf(this.set, this.nodes, this.pods);
    const serves = (pod: Pod) => isPodReady(pod) && !pod.metadata.deletionTimestamp;
    return places.filter(({ shouldRun, pods }) => shouldRun && !pods.some(serves)).length;
  }
}

const worlds = fc
  .record({ places: fc.array(place, { maxLength: NODES.length }), rollingUpdate })
  .map(
    (options) =>
      new World(
        aDaemonSet({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: options.rollingUpdate } }),
        options.places,
      ),
  );

describe('a DaemonSet', () => {
  it('converges on one new pod for every node whatever was there and dies, and rests then', () => {
    fc.assert(
      fc.property(worlds, deaths, (world, happenings) => {
        for (let turn = 0; turn < 10; turn += 1) {
          for (const { index, to } of happenings.filter((happening) => happening.turn === turn)) world.die(index, to);
          world.pass();
          world.settle();
        }
        for (let turn = 0; turn < 40; turn += 1) {
          world.pass();
          world.settle();
        }
        assert.deepEqual(decide(world.set, world.nodes, world.pods), []);
        for (const { shouldRun, shouldContinue, pods } of placementOf(world.set, world.nodes, world.pods).places) {
          if (shouldRun)
            assert.deepEqual(
              pods.map(({ metadata }) => metadata.labels?.['controller-revision-hash']),
              [HASH],
            );
          else assert.ok(shouldContinue || pods.length === 0);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('never takes a pod that serves when maxUnavailable nodes are without one', () => {
    fc.assert(
      fc.property(worlds, deaths, (world, happenings) => {
        // Surplus pods and pods where none may stay go in any case.
        world.settle();
        world.pass();
        for (let turn = 0; turn < 10; turn += 1) {
          for (const { index, to } of happenings.filter((happening) => happening.turn === turn)) world.die(index, to);
          const before = world.unavailable;
          world.pass();
          const { maxUnavailable } = limitsOf(world.set, placementOf(world.set, world.nodes, world.pods).places);
          assert.ok(
            world.unavailable === before || world.unavailable <= maxUnavailable,
            `${before} to ${world.unavailable}`,
          );
          world.settle();
        }
      }),
      { numRuns: 200 },
    );
  });
});
