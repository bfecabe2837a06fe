import assert from 'node:assert/strict';
import { aPod } from '../../../../test/lib/builders.ts';
import { aDeployment, DeploymentWorld } from '../../../../test/lib/deployments.ts';
import type { Deployment } from '../../../api/types.ts';
import { controllerReference } from '../workload/owner.ts';
import { desiredReplicasOf, maxReplicasOf, REVISION, revisionOf } from './annotations.ts';
import { maxSurge, maxUnavailable } from './limits.ts';

const RECREATE = { type: 'Recreate' } as const;

function rolling(maxSurge: number | string, maxUnavailable: number | string): Deployment['spec']['strategy'] {
  return { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } };
}

/** A Deployment that has been rolled out. */
function aFinished(replicas: number, spec: Parameters<typeof aDeployment>[1] = {}): DeploymentWorld {
  const world = new DeploymentWorld(aDeployment(replicas, spec));
  world.finish();
  return world;
}

function done(world: DeploymentWorld): string[] {
  return world.pass().map((action) => action.do);
}

function setOf(world: DeploymentWorld, image: string) {
  const set = world.sets.find(({ spec }) => spec.template.spec.containers[0]?.image === image);
  assert.ok(set, `no ReplicaSet of ${image}`);
  return set;
}

function condition(world: DeploymentWorld, type: string): string {
  const found = world.deployment.status?.conditions?.find((each) => each.type === type);
  return found ? `${found.status} ${found.reason}: ${found.message}` : '';
}

describe('the limits of a rollout', () => {
  const cases: [replicas: number, surge: number | string, unavailable: number | string, expected: [number, number]][] =
    [
      [3, '25%', '25%', [1, 0]],
      [10, '25%', '25%', [3, 2]],
      [3, 0, '25%', [0, 1]],
      [4, '100%', '100%', [4, 4]],
      [2, 1, 5, [1, 2]],
      [0, '25%', 1, [0, 0]],
    ];
  for (const [replicas, surge, unavailable, expected] of cases) {
    it(`are ${expected.join(' over and ')} under for ${replicas} with ${surge} and ${unavailable}`, () => {
      const deployment = aDeployment(replicas, { strategy: rolling(surge, unavailable) });
      assert.deepEqual([maxSurge(deployment), maxUnavailable(deployment)], expected);
    });
  }
});

describe('a new Deployment', () => {
  it('gets one ReplicaSet of all its pods, named and labelled by the template', () => {
    const world = new DeploymentWorld(aDeployment(3));
    assert.deepEqual(done(world), ['createSet', 'setStatus']);
    const [set] = world.sets;
    const hash = set?.metadata.labels?.['pod-template-hash'] ?? '';
    assert.equal(set?.metadata.name, `web-${hash}`);
    assert.deepEqual(set?.spec.selector, { matchLabels: { app: 'web', 'pod-template-hash': hash } });
    assert.deepEqual(set?.spec.template.metadata?.labels, { app: 'web', 'pod-template-hash': hash });
    assert.deepEqual(set?.metadata.ownerReferences, [controllerReference(world.deployment)]);
    assert.equal(set?.spec.replicas, 3);
    assert.deepEqual(set && [revisionOf(set), desiredReplicasOf(set), maxReplicasOf(set)], [1n, 3, 4]);
    assert.equal(condition(world, 'Progressing'), `True NewReplicaSetCreated: Created new replica set "web-${hash}"`);
    assert.match(condition(world, 'Available'), /^False MinimumReplicasUnavailable: Deployment does not have minimum/);
  });

  it('is complete when all are available', () => {
    const world = aFinished(3);
    const { conditions: _conditions, ...counts } = world.deployment.status ?? {};
    assert.deepEqual(counts, {
      observedGeneration: 1,
      replicas: 3,
      updatedReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
      terminatingReplicas: 0,
    });
    assert.match(
      condition(world, 'Progressing'),
      /^True NewReplicaSetAvailable: ReplicaSet "web-\w+" has successfully/,
    );
    assert.equal(condition(world, 'Available'), 'True MinimumReplicasAvailable: Deployment has minimum availability.');
    assert.equal(world.deployment.metadata.annotations?.[REVISION], '1');
  });

  it('adopts a ReplicaSet that it selects, and decides the rest when it has come back', () => {
    const world = aFinished(2);
    const [set] = world.sets;
    assert.ok(set);
    const { ownerReferences: _owner, ...metadata } = set.metadata;
    world.sets = [{ ...set, metadata }];
    assert.throws(() => world.pass(), /nothing here is adopted/);
  });

  it('takes another name after a collision', () => {
    const first = new DeploymentWorld(aDeployment(1));
    const second = new DeploymentWorld({ ...aDeployment(1), status: { collisionCount: 1 } });
    for (const world of [first, second]) world.pass();
    assert.notEqual(first.sets[0]?.metadata.name, second.sets[0]?.metadata.name);
    assert.equal(second.deployment.status?.collisionCount, 1);
  });
});

describe('a rolling update', () => {
  it('goes up by the surge and down by what became available, step by step', () => {
    const world = aFinished(3);
    world.setImage('web:2');
    const sizes: string[] = [];
    for (let passes = 0; passes < 20 && world.pass().length > 0; passes++) {
      sizes.push(Object.values(world.sizes).join('/'));
      world.report();
    }
    assert.deepEqual([...new Set(sizes)], ['3/1', '2/1', '2/2', '1/2', '1/3', '0/3']);
    assert.equal(revisionOf(setOf(world, 'web:2')), 2n);
    assert.equal(world.deployment.metadata.annotations?.[REVISION], '2');
  });

  it('stalls with the old pods in place when the new ones never come up', () => {
    const world = aFinished(3);
    world.setImage('web:broken');
    const isBroken = (image: string | undefined) => image === 'web:broken';
    for (let passes = 0; passes < 10; passes++) {
      world.pass();
      world.report(({ spec }) => (isBroken(spec.template.spec.containers[0]?.image) ? 0 : spec.replicas));
    }
    assert.deepEqual(world.sizes, { 'web:1': 3, 'web:broken': 1 });
    assert.equal(world.deployment.status?.unavailableReplicas, 1);
    assert.match(condition(world, 'Available'), /^True/);
  });

  it('takes broken old pods away even where too few are available to take one that works', () => {
    const world = aFinished(4, { strategy: rolling(0, 1) });
    world.setImage('web:2');
    world.report(() => 2);
    world.pass();
    assert.deepEqual(world.sizes, { 'web:1': 3, 'web:2': 0 });
    world.report(() => 2);
    world.pass();
    assert.deepEqual(world.sizes, { 'web:1': 3, 'web:2': 1 });
  });

  it('turns to a third template in the middle of the way to the second', () => {
    const world = aFinished(4, { strategy: rolling(1, 0) });
    world.setImage('web:2');
    for (let passes = 0; passes < 4; passes++) {
      world.pass();
      world.report();
    }
    world.setImage('web:3');
    world.finish();
    assert.deepEqual(world.sizes, { 'web:1': 0, 'web:2': 0, 'web:3': 4 });
  });

  it('rolls back to the ReplicaSet that is there, with a new revision and the old one as its history', () => {
    const world = aFinished(3);
    world.setImage('web:2');
    world.finish();
    world.setImage('web:1');
    world.finish();
    assert.deepEqual(world.sizes, { 'web:1': 3, 'web:2': 0 });
    const set = setOf(world, 'web:1');
    assert.equal(revisionOf(set), 3n);
    assert.equal(set.metadata.annotations?.['deployment.kubernetes.io/revision-history'], '1');
    assert.equal(world.deployment.metadata.annotations?.[REVISION], '3');
  });

  it('counts revisions on where a double would round them', () => {
    const world = aFinished(1);
    world.sets = world.sets.map((set) => {
      const annotations = { ...set.metadata.annotations, [REVISION]: '3546343826724305832' };
      return { ...set, metadata: { ...set.metadata, annotations } };
    });
    world.setImage('web:2');
    world.finish();
    assert.equal(world.deployment.metadata.annotations?.[REVISION], '3546343826724305833');
  });

  it('hands its annotations down, the change cause among them, but not what kubectl applied', () => {
    const world = new DeploymentWorld(aDeployment(1));
    const annotations = {
      'kubernetes.io/change-cause': 'kubectl apply',
      'kubectl.kubernetes.io/last-applied-configuration': '{}',
    };
    world.deployment = { ...world.deployment, metadata: { ...world.deployment.metadata, annotations } };
    world.finish();
    assert.deepEqual(Object.keys(world.sets[0]?.metadata.annotations ?? {}).sort(), [
      'deployment.kubernetes.io/desired-replicas',
      'deployment.kubernetes.io/max-replicas',
      'deployment.kubernetes.io/revision',
      'kubernetes.io/change-cause',
    ]);
  });

  it('forgets the oldest empty ReplicaSets when it is done', () => {
    const world = aFinished(1, { revisionHistoryLimit: 1 });
    for (const image of ['web:2', 'web:3', 'web:4']) {
      world.setImage(image);
      world.finish();
    }
    assert.deepEqual(world.sizes, { 'web:3': 0, 'web:4': 1 });
  });
});

describe('another size', () => {
  it('is given to the one active ReplicaSet', () => {
    const world = aFinished(3);
    world.edit({ replicas: 5 });
    world.finish();
    assert.deepEqual(world.sizes, { 'web:1': 5 });
    assert.deepEqual([desiredReplicasOf(setOf(world, 'web:1')), maxReplicasOf(setOf(world, 'web:1'))], [5, 7]);
    world.edit({ replicas: 0 });
    world.finish();
    assert.deepEqual(world.sizes, { 'web:1': 0 });
  });

  it('is shared by size in the middle of a rollout', () => {
    // The example of the documentation: 10 replicas, surge 3, unavailable 2, stuck at 8 and 5; then 15.
    const world = aFinished(10, { strategy: rolling(3, 2) });
    world.setImage('web:broken');
    for (let passes = 0; passes < 5; passes++) {
      world.pass();
      world.report(({ spec }) => (spec.template.spec.containers[0]?.image === 'web:1' ? spec.replicas : 0));
    }
    assert.deepEqual(world.sizes, { 'web:1': 8, 'web:broken': 5 });
    world.edit({ replicas: 15 });
    world.pass();
    assert.deepEqual(world.sizes, { 'web:1': 11, 'web:broken': 7 });
    world.edit({ replicas: 0 });
    world.pass();
    assert.deepEqual(world.sizes, { 'web:1': 0, 'web:broken': 0 });
  });
});

describe('a paused Deployment', () => {
  it('is scaled, but not rolled out, until it is resumed', () => {
    const world = aFinished(2);
    world.edit({ paused: true });
    world.setImage('web:2');
    world.edit({ replicas: 4 });
    world.finish();
    assert.deepEqual(world.sizes, { 'web:1': 4 });
    assert.equal(condition(world, 'Progressing'), 'Unknown DeploymentPaused: Deployment is paused');
    world.edit({ paused: false });
    world.pass();
    assert.match(condition(world, 'Progressing'), /^True NewReplicaSetCreated/);
    world.finish();
    assert.deepEqual(world.sizes, { 'web:1': 0, 'web:2': 4 });
  });

  it('says that it was resumed when there is nothing to roll out', () => {
    const world = aFinished(2);
    world.edit({ paused: true });
    world.finish();
    world.report(() => 1);
    world.edit({ paused: false });
    world.pass();
    assert.equal(condition(world, 'Progressing'), 'Unknown DeploymentResumed: Deployment is resumed');
  });
});

describe('Recreate', () => {
  it('waits for the last old pod to end, also a terminating one', () => {
    const world = aFinished(2, { strategy: RECREATE });
    world.setImage('web:2');
    world.pass();
    assert.deepEqual(world.sizes, { 'web:1': 0 });
    const leaving = aPod({ deleted: true, phase: 'Running' });
    leaving.metadata.ownerReferences = [controllerReference(setOf(world, 'web:1'))];
    world.pods = [leaving];
    world.report();
    world.pass();
    assert.deepEqual(world.sizes, { 'web:1': 0 });
    world.pods = [];
    world.finish();
    assert.deepEqual(world.sizes, { 'web:1': 0, 'web:2': 2 });
  });
});

describe('a rollout that does not get on', () => {
  it('exceeds its deadline once, and goes on when its pods come up after all', () => {
    const world = new DeploymentWorld(aDeployment(2, { progressDeadlineSeconds: 10 }));
    world.pass();
    world.report(() => 0);
    world.now += 5000;
    world.pass();
    assert.match(condition(world, 'Progressing'), /^True/);
    world.now += 20_000;
    world.pass();
    assert.match(
      condition(world, 'Progressing'),
      /^False ProgressDeadlineExceeded: ReplicaSet "web-\w+" has timed out/,
    );
    assert.deepEqual(world.pass(), []);
    world.report(() => 1);
    world.pass();
    assert.match(condition(world, 'Progressing'), /^True ReplicaSetUpdated: ReplicaSet "web-\w+" is progressing\.$/);
    world.finish();
    assert.match(condition(world, 'Progressing'), /^True NewReplicaSetAvailable/);
  });

  it('stays complete when a pod fails later', () => {
    const world = aFinished(2, { progressDeadlineSeconds: 10 });
    world.report(() => 1);
    world.now += 60_000;
    world.pass();
    assert.match(condition(world, 'Progressing'), /^True NewReplicaSetAvailable/);
    assert.match(condition(world, 'Available'), /^False MinimumReplicasUnavailable/);
  });

  it('tells why a ReplicaSet makes no pods, for as long as it does not', () => {
    const world = aFinished(1);
    const [set] = world.sets;
    assert.ok(set?.status);
    const failure = { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'exceeded quota: q' };
    world.sets = [{ ...set, status: { ...set.status, conditions: [failure] } }];
    world.pass();
    assert.equal(condition(world, 'ReplicaFailure'), 'True FailedCreate: exceeded quota: q');
    world.sets = [set];
    world.pass();
    assert.equal(condition(world, 'ReplicaFailure'), '');
  });

  it('has no Progressing condition without a deadline', () => {
    const world = aFinished(1, { progressDeadlineSeconds: 2 ** 31 - 1 });
    assert.equal(condition(world, 'Progressing'), '');
  });
});

describe('a Deployment that is being deleted', () => {
  it('only counts', () => {
    const world = aFinished(3);
    world.setImage('web:2');
    const deletionTimestamp = '2030-01-01T00:00:00Z';
    world.deployment = { ...world.deployment, metadata: { ...world.deployment.metadata, deletionTimestamp } };
    assert.deepEqual(done(world), ['setStatus']);
    assert.deepEqual(done(world), []);
  });
});
