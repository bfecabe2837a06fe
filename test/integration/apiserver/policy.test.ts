import assert from 'node:assert/strict';
import { KINDS } from '../../../src/api/kinds/all.ts';
import { CONFIG_MAP } from '../../../src/api/kinds/config-map.ts';
import { LIMIT_RANGE } from '../../../src/api/kinds/limit-range.ts';
import { NAMESPACE } from '../../../src/api/kinds/namespace.ts';
import { POD } from '../../../src/api/kinds/pod.ts';
import { POD_DISRUPTION_BUDGET } from '../../../src/api/kinds/pod-disruption-budget.ts';
import { PRIORITY_CLASS } from '../../../src/api/kinds/priority-class.ts';
import { REPLICA_SET } from '../../../src/api/kinds/replica-set.ts';
import { RESOURCE_QUOTA } from '../../../src/api/kinds/resource-quota.ts';
import { SERVICE_ACCOUNT } from '../../../src/api/kinds/service-account.ts';
import { ApiError } from '../../../src/api/meta/errors.ts';
import type { KubeObject, LimitRange, Pod, PodSpec } from '../../../src/api/types.ts';
import { SYSTEM_APISERVER } from '../../../src/master/apiserver/auth/user.ts';
import { evict } from '../../../src/master/apiserver/verbs/evict.ts';
import { ownerScale } from '../../../src/master/controllers/disruption/owner-scale.ts';
import { controllerReference } from '../../../src/master/controllers/workload/owner.ts';
import { aPod } from '../../lib/builders.ts';
import { TestApi } from './harness.ts';

/** `done`, or what the refusal says. */
async function outcome(write: Promise<unknown>): Promise<string> {
  try {
    await write;
    return 'done';
  } catch (error) {
    if (error instanceof ApiError) return error.message;
    throw error;
  }
}

describe('policies of a namespace', () => {
  let api: TestApi;
  before(async () => {
    api = await TestApi.start();
  });
  after(() => api.close());

  async function aNamespace(name: string): Promise<string> {
    await api.client.create(NAMESPACE, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    return name;
  }

  const create = (namespace: string, name: string, spec: Partial<PodSpec> = {}) =>
    api.client.create(POD, aPod({ namespace, name, spec }));

  it('let so many pods in as the quota says, however many come at once', async () => {
    const namespace = await aNamespace('crowded');
    const metadata = { name: 'q', namespace };
    await api.client.create(RESOURCE_QUOTA, {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata,
      spec: { hard: { pods: '5' } },
    });
    const names = Array.from({ length: 40 }, (_, index) => `p${index}`);
    const outcomes = await Promise.all(names.map((name) => outcome(create(namespace, name))));
    assert.equal(outcomes.filter((text) => text === 'done').length, 5);
    assert.match(
      String(outcomes.find((text) => text !== 'done')),
      /^pods "p\d+" is forbidden: exceeded quota: q, requested: pods=1, used: pods=5, limited: pods=5$/,
    );
    assert.equal((await api.client.list(POD, namespace)).length, 5);
  });

  it('give a place back that a refused write had taken', async () => {
    const namespace = await aNamespace('returned');
    const metadata = { name: 'q', namespace };
    await api.client.create(RESOURCE_QUOTA, {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata,
      spec: { hard: { pods: '2' } },
    });
    await create(namespace, 'a');
    assert.equal(await outcome(create(namespace, 'a')), 'pods "a" already exists');
    assert.equal(await outcome(create(namespace, 'b')), 'done');
  });

  it('give containers what the LimitRange says, which a quota then asks for in vain no more', async () => {
    const namespace = await aNamespace('limited');
    await api.client.create(LIMIT_RANGE, {
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: { name: 'l', namespace },
      spec: { limits: [{ type: 'Container', max: { memory: '1Gi' }, default: { memory: '64Mi' } }] },
    });
    await api.client.create(RESOURCE_QUOTA, {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'q', namespace },
      spec: { hard: { 'limits.memory': '2Gi', 'requests.cpu': '1' } },
    });
    assert.equal(
      await outcome(create(namespace, 'a')),
      'pods "a" is forbidden: failed quota: q: must specify requests.cpu for: main',
    );
    const pod = await api.client.create(POD, aPod({ namespace, name: 'b', requests: { cpu: '100m' } }));
    assert.deepEqual(pod.spec.containers[0]?.resources, {
      requests: { cpu: '100m', memory: '64Mi' },
      limits: { memory: '64Mi' },
    });
    const large = [{ name: 'main', image: 'busybox:1', resources: { limits: { cpu: '1', memory: '2Gi' } } }];
    assert.equal(
      await outcome(create(namespace, 'c', { containers: large })),
      'pods "c" is forbidden: maximum memory usage per Container is 1Gi, but limit is 2Gi',
    );
  });

  it('let pods in under a LimitRange that limits nothing', async () => {
    const namespace = await aNamespace('unlimited');
    const bare = { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'none', namespace } };
    await api.client.create(LIMIT_RANGE, bare as LimitRange);
    assert.equal((await create(namespace, 'a')).metadata.name, 'a');
  });

  it('give pods the secrets of their account, which has to be there', async () => {
    const namespace = await aNamespace('accounts');
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot', namespace } };
    await api.client.create(SERVICE_ACCOUNT, { ...account, imagePullSecrets: [{ name: 'registry' }] });
    const pod = await create(namespace, 'a', { serviceAccountName: 'robot' });
    assert.deepEqual(pod.spec.imagePullSecrets, [{ name: 'registry' }]);
    assert.equal(
      await outcome(create(namespace, 'b', { serviceAccountName: 'nope' })),
      'pods "b" is forbidden: error looking up service account accounts/nope: serviceaccount "nope" not found',
    );
  });

  it('give pods the priority of their class', async () => {
    const priorityClass = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'high' } };
    await api.client.create(PRIORITY_CLASS, { ...priorityClass, value: 7, preemptionPolicy: 'Never' });
    const namespace = await aNamespace('ranked');
    const pod = await create(namespace, 'a', { priorityClassName: 'high' });
    assert.deepEqual([pod.spec.priority, pod.spec.preemptionPolicy], [7, 'Never']);
    assert.equal((await create(namespace, 'b')).spec.priority, 0);
    assert.equal(
      await outcome(create(namespace, 'c', { priorityClassName: 'low' })),
      'pods "c" is forbidden: no PriorityClass with name low was found',
    );
    assert.match(
      await outcome(create(namespace, 'd', { priority: 3 })),
      /the integer value of priority \(3\) must not be/,
    );
  });

  it('evict so many pods as the budget allows, however many are asked for at once', async () => {
    const namespace = await aNamespace('evicted');
    const names = ['a', 'b', 'c', 'd'];
    for (const name of names) await ready(namespace, name);
    const budget = await api.client.create(POD_DISRUPTION_BUDGET, {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'b', namespace },
      spec: { minAvailable: 2, selector: {} },
    });
    const counts = {
      currentHealthy: 4,
      desiredHealthy: 2,
      expectedPods: 4,
      disruptionsAllowed: 2,
      observedGeneration: 1,
    };
    await api.client.update(POD_DISRUPTION_BUDGET, { ...budget, status: counts }, { subresource: 'status' });
    const request = (name: string) => ({ user: SYSTEM_APISERVER, pod: { namespace, name }, options: {} });
    const outcomes = await Promise.all(names.map((name) => outcome(evict(api.engine, POD, request(name)))));
    assert.equal(outcomes.filter((text) => text === 'done').length, 2);
    assert.equal(
      outcomes.find((text) => text !== 'done'),
      "Cannot evict pod as it would violate the pod's disruption budget.",
    );
  });

  /** A pod on a node, and ready: one that is deleted stays for its grace period. */
  async function ready(namespace: string, name: string): Promise<Pod> {
    const pod = await api.client.create(POD, aPod({ namespace, name, node: 'pi-1' }));
    const conditions = [{ type: 'Ready', status: 'True' as const }];
    const status = { ...pod.status, phase: 'Running' as const, conditions };
    return api.client.update(POD, { ...pod, status }, { subresource: 'status' });
  }

  it('note on an evicted pod why it goes, and ask no budget for one that never ran', async () => {
    const namespace = await aNamespace('noted');
    await ready(namespace, 'a');
    await evict(api.engine, POD, { user: SYSTEM_APISERVER, pod: { namespace, name: 'a' }, options: {} });
    const going = await api.client.get(POD, { namespace, name: 'a' });
    assert.ok(going.metadata.deletionTimestamp);
    const mark = going.status?.conditions?.find(({ type }) => type === 'DisruptionTarget');
    assert.deepEqual(
      [mark?.status, mark?.reason, mark?.message],
      ['True', 'EvictionByEvictionAPI', 'Eviction API: evicting'],
    );
    const spec = { minAvailable: 1, selector: {} };
    const metadata = { name: 'b', namespace };
    await api.client.create(POD_DISRUPTION_BUDGET, {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata,
      spec,
    });
    await create(namespace, 'p');
    await evict(api.engine, POD, { user: SYSTEM_APISERVER, pod: { namespace, name: 'p' }, options: {} });
    assert.match(await outcome(api.client.get(POD, { namespace, name: 'p' })), /not found/);
  });

  it('count what the highest owner with a scale says', async () => {
    const namespace = await aNamespace('scaled');
    const template = {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'main', image: 'busybox:1' }] },
    };
    const selector = { matchLabels: { app: 'web' } };
    const set = await api.client.create(REPLICA_SET, {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: 'web', namespace },
      spec: { replicas: 3, selector, template },
    });
    const owned = (owner: KubeObject): Pod => {
      const pod = aPod({ namespace });
      pod.metadata.ownerReferences = [controllerReference(owner)];
      return pod;
    };
    const scale = (owner: KubeObject) => ownerScale(owned(owner), api.cache, KINDS);
    assert.deepEqual(scale(set), { uid: set.metadata.uid, replicas: 3 });
    const above = await api.client.create(REPLICA_SET, {
      ...set,
      metadata: { name: 'above', namespace },
      spec: { ...set.spec, replicas: 7 },
    });
    const metadata = { ...set.metadata, ownerReferences: [controllerReference(above)] };
    const updated = await api.client.update(REPLICA_SET, { ...set, metadata });
    assert.deepEqual(scale(updated), { uid: above.metadata.uid, replicas: 7 });
    assert.deepEqual(ownerScale(aPod(), api.cache, KINDS), { unmanaged: true });
    const gone = { ...set, metadata: { ...set.metadata, uid: 'another' } };
    assert.deepEqual(scale(gone), { error: 'found no controllers for pod "web"' });
    const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace } };
    const map = await api.client.create(CONFIG_MAP, config);
    assert.deepEqual(scale(map), { error: 'configmaps does not implement the scale subresource' });
  });

  it('take the eviction of an old kubectl, too', async () => {
    const namespace = await aNamespace('old');
    await create(namespace, 'a');
    const path = `/api/v1/namespaces/${namespace}/pods/a/eviction`;
    const body = { apiVersion: 'policy/v1beta1', kind: 'Eviction', metadata: { name: 'a', namespace } };
    const result = await api.kubectl(['create', '--raw', path, '-f', '-'], { stdin: JSON.stringify(body) });
    assert.equal(result.code, 0, result.stderr);
    assert.match(await outcome(api.client.get(POD, { namespace, name: 'a' })), /not found/);
  });
});
