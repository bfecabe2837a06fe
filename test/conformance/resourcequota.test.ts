import assert from 'node:assert/strict';
import type { Pod, ResourceQuota } from '../../src/api/types.ts';
import { type Collection, type Draft, isRefusal } from './lib/collection.ts';
import { conformance } from './lib/conformance.ts';
import type { Context } from './lib/context.ts';
import {
  CONFIG_MAPS,
  PODS,
  REPLICA_SETS,
  REPLICATION_CONTROLLERS,
  RESOURCE_QUOTAS,
  SECRETS,
  SERVICES,
} from './lib/kinds.ts';
import { replicaSet, replicationController, sleepTemplate } from './lib/replicas.ts';

type Amounts = Readonly<Record<string, string>>;

function quota(name: string, hard: Amounts, spec: Partial<ResourceQuota['spec']> = {}): Draft<ResourceQuota> {
  return { metadata: { name }, spec: { hard, ...spec } };
}

/** Waits until the quota's status has these amounts as used. */
function uses(context: Context, name: string, expected: Amounts): Promise<void> {
  return context.eventually(async () => {
    const used = (await context.all(RESOURCE_QUOTAS).get(name)).status?.used ?? {};
    assert.deepEqual(Object.fromEntries(Object.keys(expected).map((key) => [key, used[key]])), expected);
  });
}

/** A quota whose use has been counted: what of it there is before the test makes anything. */
async function counted(context: Context, draft: Draft<ResourceQuota>): Promise<Record<string, number>> {
  const quotas = context.all(RESOURCE_QUOTAS);
  await quotas.create(draft);
  return context.eventually(async () => {
    const { status } = await quotas.get(draft.metadata.name ?? '');
    assert.deepEqual(status?.hard, draft.spec.hard);
    return Object.fromEntries(Object.entries(status?.used ?? {}).map(([key, value]) => [key, Number(value)]));
  });
}

/** A pod that is scheduled nowhere: quotas count it all the same. */
function unscheduled(name: string, requests: Amounts, spec: Partial<Pod['spec']> = {}): Draft<Pod> {
  const container = { name: 'pause', image: 'busybox:1', resources: { requests, limits: requests } };
  return { metadata: { name }, spec: { schedulerName: 'nobody', containers: [container], ...spec } };
}

const exceeded = (error: unknown) => isRefusal(error, 403) && /exceeded quota/.test(error.message);

/** Deletes a pod at once. */
function remove(pods: Collection<Pod>, name: string): Promise<unknown> {
  return pods.delete(name, { gracePeriodSeconds: 0 });
}

conformance(
  '[sig-api-machinery] ResourceQuota should create a ResourceQuota and ensure its status is promptly calculated. [Conformance]',
  async (context) => {
    await counted(context, quota('quota', { pods: '5', services: '10', 'count/replicasets.apps': '5' }));
    await uses(context, 'quota', { pods: '0', services: '0', 'count/replicasets.apps': '0' });
  },
);

conformance(
  '[sig-api-machinery] ResourceQuota should create a ResourceQuota and capture the life of a service. [Conformance]',
  async (context) => {
    const services = context.all(SERVICES);
    const hard = { services: '10', 'services.nodeports': '1', 'services.loadbalancers': '1' };
    await counted(context, quota('quota', hard));
    const ports = [{ port: 80 }];
    await services.create({ metadata: { name: 'plain' }, spec: { ports } });
    await services.create({ metadata: { name: 'node-port' }, spec: { type: 'NodePort', ports } });
    await uses(context, 'quota', { services: '2', 'services.nodeports': '1', 'services.loadbalancers': '0' });
    const balancer = (rest: object) => ({
      metadata: { name: 'balancer' },
      spec: { type: 'LoadBalancer' as const, ports, ...rest },
    });
    await assert.rejects(services.create(balancer({})), exceeded);
    await assert.rejects(
      services.create({ metadata: { name: 'second' }, spec: { type: 'NodePort', ports } }),
      exceeded,
    );
    await services.delete('node-port');
    await uses(context, 'quota', { services: '1', 'services.nodeports': '0' });
    await context.eventually(() => services.create(balancer({ allocateLoadBalancerNodePorts: false })));
    await uses(context, 'quota', { services: '2', 'services.nodeports': '0', 'services.loadbalancers': '1' });
    for (const name of ['plain', 'balancer']) await services.delete(name);
    await uses(context, 'quota', { services: '0', 'services.nodeports': '0', 'services.loadbalancers': '0' });
  },
);

conformance(
  '[sig-api-machinery] ResourceQuota should create a ResourceQuota and capture the life of a secret. [Conformance]',
  async (context) => {
    const before = await counted(context, quota('quota', { secrets: '5' }));
    const secrets = context.all(SECRETS);
    await secrets.create({ metadata: { name: 'secret' }, data: { key: Buffer.from('value').toString('base64') } });
    await uses(context, 'quota', { secrets: String((before.secrets ?? 0) + 1) });
    await secrets.delete('secret');
    await uses(context, 'quota', { secrets: String(before.secrets) });
  },
);

conformance(
  '[sig-api-machinery] ResourceQuota should create a ResourceQuota and capture the life of a configMap. [Conformance]',
  async (context) => {
    const configMaps = context.all(CONFIG_MAPS);
    await context.eventually(() => configMaps.get('kube-root-ca.crt'));
    const before = await counted(context, quota('quota', { configmaps: '5' }));
    assert.equal(before.configmaps, 1);
    await configMaps.create({ metadata: { name: 'map' }, data: { a: 'value' } });
    await uses(context, 'quota', { configmaps: '2' });
    await configMaps.delete('map');
    await uses(context, 'quota', { configmaps: '1' });
  },
);

conformance(
  '[sig-api-machinery] ResourceQuota should create a ResourceQuota and capture the life of a pod. [Conformance]',
  async (context) => {
    const pods = context.all(PODS);
    const hard = { pods: '5', cpu: '1', memory: '500Mi', 'requests.ephemeral-storage': '50Gi' };
    await counted(context, quota('quota', { ...hard, 'requests.example.com/dongle': '3' }));
    const fits = { cpu: '500m', memory: '252Mi', 'ephemeral-storage': '30Gi', 'example.com/dongle': '2' };
    await pods.create(unscheduled('fits', fits));
    const used = {
      pods: '1',
      cpu: '500m',
      memory: '252Mi',
      'requests.ephemeral-storage': '30Gi',
      'requests.example.com/dongle': '2',
    };
    await uses(context, 'quota', used);
    await assert.rejects(pods.create(unscheduled('too-much-cpu', { cpu: '600m', memory: '100Mi' })), exceeded);
    const dongles = { cpu: '100m', memory: '100Mi', 'ephemeral-storage': '1Gi', 'example.com/dongle': '2' };
    await assert.rejects(pods.create(unscheduled('too-many-dongles', dongles)), exceeded);
    // What a pod asks for cannot grow past the quota, and an update of anything else costs nothing.
    await pods.patch('fits', { metadata: { labels: { patched: 'yes' } } });
    await uses(context, 'quota', used);
    await remove(pods, 'fits');
    await uses(context, 'quota', { pods: '0', cpu: '0', memory: '0', 'requests.example.com/dongle': '0' });
  },
);

conformance(
  '[sig-api-machinery] ResourceQuota should create a ResourceQuota and capture the life of a replication controller. [Conformance]',
  async (context) => {
    await counted(context, quota('quota', { replicationcontrollers: '10' }));
    const controllers = context.all(REPLICATION_CONTROLLERS);
    await controllers.create(replicationController('rc', 0, sleepTemplate({ app: 'rc' })));
    await uses(context, 'quota', { replicationcontrollers: '1' });
    await controllers.delete('rc');
    await uses(context, 'quota', { replicationcontrollers: '0' });
  },
);

conformance(
  '[sig-api-machinery] ResourceQuota should create a ResourceQuota and capture the life of a replica set. [Conformance]',
  async (context) => {
    await counted(context, quota('quota', { 'count/replicasets.apps': '5' }));
    const sets = context.all(REPLICA_SETS);
    await sets.create(replicaSet('set', 0, sleepTemplate({ app: 'set' })));
    await uses(context, 'quota', { 'count/replicasets.apps': '1' });
    await sets.delete('set');
    await uses(context, 'quota', { 'count/replicasets.apps': '0' });
  },
);

conformance(
  '[sig-api-machinery] ResourceQuota should be able to update and delete ResourceQuota. [Conformance]',
  async (context) => {
    const quotas = context.all(RESOURCE_QUOTAS);
    const made = await quotas.create(quota('quota', { cpu: '1', memory: '500Mi' }));
    assert.deepEqual((await quotas.get('quota')).spec.hard, made.spec.hard);
    const hard = { cpu: '2', memory: '1Gi' };
    await quotas.edit('quota', (before) => ({ ...before, spec: { ...before.spec, hard } }));
    assert.deepEqual((await quotas.get('quota')).spec.hard, hard);
    await quotas.delete('quota');
    await context.gone(quotas, 'quota');
  },
);

conformance(
  '[sig-api-machinery] ResourceQuota should manage the lifecycle of a ResourceQuota [Conformance]',
  async (context) => {
    const quotas = context.all(RESOURCE_QUOTAS);
    const labels = { which: context.unique('quota') };
    const labelSelector = `which=${labels.which}`;
    const draft = quota('quota', { cpu: '1', memory: '500Mi' });
    await quotas.create({ ...draft, metadata: { name: 'quota', labels } });
    const listed = await context.everywhere(RESOURCE_QUOTAS).list({ labelSelector });
    assert.equal(listed.items.length, 1);
    const patch = { metadata: { labels: { patched: 'yes' } }, spec: { hard: { memory: '750Mi' } } };
    const patched = await quotas.patch('quota', patch, { type: 'strategic-merge' });
    assert.equal(patched.metadata.labels?.patched, 'yes');
    assert.deepEqual(patched.spec.hard, { cpu: '1', memory: '750Mi' });
    await quotas.deleteCollection({ labelSelector });
    await context.gone(quotas, 'quota');
  },
);

conformance(
  '[sig-api-machinery] ResourceQuota should apply changes to a resourcequota status [Conformance]',
  async (context) => {
    const quotas = context.all(RESOURCE_QUOTAS);
    const hard = { cpu: '500m', memory: '500Mi' };
    await quotas.create(quota('quota', hard));
    await context.eventually(async () => assert.deepEqual((await quotas.get('quota')).status?.hard, hard));
    const watch = await quotas.watch();
    const before = await quotas.get('quota');
    // The controller puts its own count back, so the watch is what tells that it was written.
    const raised = { cpu: '600m', memory: '600Mi' };
    await quotas.edit('quota', (now) => ({ ...now, status: { ...now.status, hard: raised } }), 'status');
    await watch.until(({ object }) => object.status?.hard?.cpu === '600m');
    await context.eventually(async () => assert.deepEqual((await quotas.get('quota')).status?.hard, hard));
    await quotas.patch('quota', { status: { hard: { cpu: '700m' } } }, { subresource: 'status' });
    await watch.until(({ object }) => object.status?.hard?.cpu === '700m');
    await context.eventually(async () => assert.deepEqual((await quotas.get('quota')).status?.hard, hard));
    assert.deepEqual((await quotas.get('quota')).spec, before.spec);
  },
);

conformance(
  '[sig-api-machinery] ResourceQuota should verify ResourceQuota with best effort scope. [Conformance]',
  async (context) => {
    const pods = context.all(PODS);
    await counted(context, quota('best', { pods: '5' }, { scopes: ['BestEffort'] }));
    await counted(context, quota('other', { pods: '5' }, { scopes: ['NotBestEffort'] }));
    await pods.create(unscheduled('careless', {}));
    await uses(context, 'best', { pods: '1' });
    await uses(context, 'other', { pods: '0' });
    await remove(pods, 'careless');
    await uses(context, 'best', { pods: '0' });
    await pods.create(unscheduled('careful', { cpu: '500m', memory: '200Mi' }));
    await uses(context, 'other', { pods: '1' });
    await uses(context, 'best', { pods: '0' });
    await remove(pods, 'careful');
    await uses(context, 'other', { pods: '0' });
  },
);

conformance(
  '[sig-api-machinery] ResourceQuota should verify ResourceQuota with terminating scopes. [Conformance]',
  async (context) => {
    const pods = context.all(PODS);
    const hard = {
      pods: '5',
      'requests.cpu': '1',
      'requests.memory': '500Mi',
      'limits.cpu': '2',
      'limits.memory': '1Gi',
    };
    await counted(context, quota('ending', hard, { scopes: ['Terminating'] }));
    await counted(context, quota('lasting', hard, { scopes: ['NotTerminating'] }));
    const asked = { cpu: '500m', memory: '200Mi' };
    const [one, none] = [
      {
        pods: '1',
        'requests.cpu': '500m',
        'requests.memory': '200Mi',
        'limits.cpu': '500m',
        'limits.memory': '200Mi',
      },
      { pods: '0', 'requests.cpu': '0', 'requests.memory': '0', 'limits.cpu': '0', 'limits.memory': '0' },
    ];
    await pods.create(unscheduled('lasting', asked));
    await uses(context, 'lasting', one);
    await uses(context, 'ending', none);
    await remove(pods, 'lasting');
    await uses(context, 'lasting', none);
    await pods.create(unscheduled('ending', asked, { activeDeadlineSeconds: 3600 }));
    await uses(context, 'ending', one);
    await uses(context, 'lasting', none);
    await remove(pods, 'ending');
    await uses(context, 'ending', none);
  },
);
