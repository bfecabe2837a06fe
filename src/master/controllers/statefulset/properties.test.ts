import assert from 'node:assert/strict';
import fc from 'fast-check';
import { revisionOfPod } from '../history/revision.ts';
import { plan } from './plan.ts';
import { aStatefulSet, type Condition, NOW, World } from './test-set.ts';

const MAX_PODS = 5;

interface Happening {
  readonly what: 'template' | 'scale' | 'claim' | 'retention' | 'pod';
  readonly ordinal: number;
  readonly to: 'ready' | 'unready' | 'failed' | 'gone';
}

const happening = fc.record<Happening>({
  what: fc.constantFrom('template', 'scale', 'claim', 'retention', 'pod', 'pod', 'pod', 'pod'),
  ordinal: fc.nat(MAX_PODS),
  to: fc.constantFrom('ready', 'ready', 'unready', 'failed', 'gone'),
});

const spec = fc.record({
  volumeClaimTemplates: fc.constantFrom([], [{ metadata: { name: 'data' } }]),
  replicas: fc.nat(MAX_PODS),
  podManagementPolicy: fc.constantFrom('OrderedReady', 'Parallel'),
  updateStrategy: fc.record({
    type: fc.constant('RollingUpdate'),
    rollingUpdate: fc.record({
      partition: fc.constantFrom(0, 0, 2),
      maxUnavailable: fc.constantFrom(undefined, 1, 2, '50%'),
    }),
  }),
});

function happen(world: World, { what, ordinal, to }: Happening, turn: number): void {
  const { set } = world;
  const name = `web-${ordinal}`;
  if (what === 'scale') world.set = { ...set, spec: { ...set.spec, replicas: ordinal } };
  else if (what === 'claim') world.claims.delete(`data-${name}`);
  else if (what === 'retention') {
    const persistentVolumeClaimRetentionPolicy = { whenDeleted: ordinal % 2 > 0 ? 'Delete' : 'Retain' } as const;
    world.set = { ...set, spec: { ...set.spec, persistentVolumeClaimRetentionPolicy } };
  } else if (what === 'template') {
    const containers = [{ name: 'c', image: `nginx:${turn}` }];
    world.set = { ...set, spec: { ...set.spec, template: { ...set.spec.template, spec: { containers } } } };
  } else if (to === 'gone') world.pods.delete(name);
  // What terminates only ends.
  else if (!world.pods.get(name)?.metadata.deletionTimestamp) world.change(name, to satisfies Condition);
}

/** Every pod becomes ready, what terminates is gone, until nothing is left to do. */
function settle(world: World): void {
  for (let turn = 0; turn < 100; turn += 1) {
    const before = [...world.pods.values()].map((pod) => pod.metadata.uid).join();
    for (const [name, pod] of world.pods) {
      if (pod.metadata.deletionTimestamp) world.pods.delete(name);
      else if (pod.status?.phase === 'Pending' || pod.status?.phase === 'Running') world.change(name, 'ready');
    }
    const actions = world.pass();
    const after = [...world.pods.values()].map((pod) => pod.metadata.uid).join();
    if (actions.length === 0 && before === after) return;
  }
  assert.fail('it never came to rest');
}

describe('a StatefulSet', () => {
  it('converges whatever happened, on the right ordinals and revisions, and rests then', () => {
    fc.assert(
      fc.property(spec, fc.array(happening, { maxLength: 25 }), (options, happenings) => {
        const world = new World(aStatefulSet(options));
        for (const [turn, event] of happenings.entries()) {
          happen(world, event, turn);
          world.pass();
        }
        settle(world);
        const { set, view } = world;
        const names = Array.from({ length: set.spec.replicas }, (_, ordinal) => `web-${ordinal}`);
        assert.deepEqual([...world.pods.keys()].sort(), names);
        assert.deepEqual(plan(set, view, NOW), []);
        const partition = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0;
        const above = names.slice(partition).map((name) => world.pods.get(name) ?? assert.fail());
        for (const pod of above) assert.equal(revisionOfPod(pod), set.status?.updateRevision);
        assert.equal(set.status?.availableReplicas, names.length);
        const goes = set.spec.persistentVolumeClaimRetentionPolicy?.whenDeleted === 'Delete';
        for (const { metadata } of world.claims.values()) {
          const isOwned = (metadata.ownerReferences ?? []).length > 0;
          // What is left of a larger set may stay for ever, and never goes unasked.
          if (!goes || names.some((name) => metadata.name === `data-${name}`)) assert.equal(isOwned, goes);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('does one thing at a time when ordered, the lowest first and for surplus the highest', () => {
    fc.assert(
      fc.property(spec, fc.array(happening, { maxLength: 25 }), (options, happenings) => {
        const world = new World(aStatefulSet({ ...options, podManagementPolicy: 'OrderedReady' }));
        for (const [turn, event] of happenings.entries()) {
          happen(world, event, turn);
          const before = new Map(world.pods);
          const isUp = (ordinal: number) => {
            const pod = before.get(`web-${ordinal}`);
            return pod?.status?.conditions?.[0]?.status === 'True' && !pod.metadata.deletionTimestamp;
          };
          const actions = world.pass();
          const created = actions.flatMap((action) => (action.do === 'create' ? [action.pod] : []));
          assert.ok(created.length <= 1);
          for (const { metadata } of created) {
            const ordinal = Number(metadata.name.slice('web-'.length));
            assert.ok(Array.from({ length: ordinal }, (_, below) => below).every(isUp), `${ordinal} came too early`);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it('never takes an available pod for an update when maxUnavailable are missing', () => {
    fc.assert(
      fc.property(spec, fc.array(happening, { maxLength: 25 }), fc.constantFrom(1, 2), (options, happenings, most) => {
        const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { partition: 0, maxUnavailable: most } };
        const world = new World(aStatefulSet({ ...options, updateStrategy }));
        for (const [turn, event] of happenings.entries()) {
          happen(world, event, turn);
          const { replicas } = world.set.spec;
          const available = () =>
            [...world.pods.values()].filter(
              (pod) =>
                Number(pod.metadata.name.slice('web-'.length)) < replicas &&
                pod.status?.conditions?.[0]?.status === 'True' &&
                !pod.metadata.deletionTimestamp,
            ).length;
          const before = available();
          world.pass();
          const taken = before - available();
          assert.ok(taken === 0 || replicas - available() <= most, `${taken} of ${before} were taken`);
        }
      }),
      { numRuns: 150 },
    );
  });
});
