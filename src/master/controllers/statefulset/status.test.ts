import assert from 'node:assert/strict';
import type { StatefulSet } from '../../../api/types.ts';
import { revisionsOf } from './revisions.ts';
import { nextAvailableMs, statusOf } from './status.ts';
import { aStatefulSet, inCondition, NOW, podAt, World } from './test-set.ts';

describe('the status of a StatefulSet', () => {
  it('leaves out what is none, but for replicas and availableReplicas', () => {
    const set = aStatefulSet({ replicas: 2 });
    const revisions = revisionsOf(set, []);
    const name = revisions.update.metadata.name;
    assert.deepEqual(statusOf(set, [], { revisions, now: NOW }), {
      observedGeneration: 1,
      replicas: 0,
      currentRevision: name,
      updateRevision: name,
      collisionCount: 0,
      availableReplicas: 0,
    });
  });

  it('counts ready, available and staying pods apart', () => {
    const set = aStatefulSet({ replicas: 3, minReadySeconds: 60 });
    const pods = [podAt(set, 0), inCondition(podAt(set, 1), 'ready', 30), podAt(set, 2, 'terminating')];
    const { replicas, readyReplicas, availableReplicas, updatedReplicas, currentReplicas } = statusOf(set, pods, {
      revisions: revisionsOf(set, []),
      now: NOW,
    });
    assert.deepEqual(
      { replicas, readyReplicas, availableReplicas, updatedReplicas, currentReplicas },
      { replicas: 3, readyReplicas: 3, availableReplicas: 2, updatedReplicas: 2, currentReplicas: 2 },
    );
    assert.equal(nextAvailableMs(set, pods, NOW), 30_000);
  });

  it('tells a rollout by two revisions, which become one at its end', () => {
    const world = new World(aStatefulSet({ replicas: 2 }));
    const tell = ({ status }: StatefulSet) =>
      `${status?.currentReplicas ?? 0} current, ${status?.updatedReplicas ?? 0} updated`;
    const ready = () => {
      for (const name of world.pods.keys()) world.change(name, 'ready');
      world.pass();
    };
    for (let pass = 0; pass < 4; pass += 1) ready();
    const first = world.set.status?.currentRevision;
    assert.equal(tell(world.set), '2 current, 2 updated');

    const { template } = world.set.spec;
    const changed = { ...template, spec: { containers: [{ name: 'c', image: 'nginx:2' }] } };
    world.set = { ...world.set, spec: { ...world.set.spec, template: changed } };
    world.pass();
    assert.equal(tell(world.set), '1 current, 0 updated');
    world.pods.delete('web-1');
    world.pass();
    assert.equal(tell(world.set), '1 current, 1 updated');
    assert.equal(world.set.status?.currentRevision, first);
    ready();
    world.pods.delete('web-0');
    world.pass();
    ready();
    assert.equal(tell(world.set), '2 current, 2 updated');
    assert.notEqual(world.set.status?.currentRevision, first);
    assert.equal(world.set.status?.currentRevision, world.set.status?.updateRevision);
  });
});
