import assert from 'node:assert/strict';
import type { ConfigMap, CoreEvent, Namespace, Node, OwnerReference, Pod } from '../../../src/api/types.ts';
import { TestCluster } from '../../lib/cluster.ts';
import { eventually } from '../../lib/eventually.ts';

const NAMESPACE = 'collected';
const MAPS = `/api/v1/namespaces/${NAMESPACE}/configmaps`;

describe('garbage collection, as kubectl sees it', function () {
  this.timeout(120_000);
  let cluster: TestCluster;

  before(async () => {
    cluster = await new TestCluster({ agent: false }).start();
    await kubectl('create', 'namespace', NAMESPACE);
  });
  after(() => cluster.stop());

  async function kubectl(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await cluster.kubectl(args);
    assert.equal(code, 0, `kubectl ${args.join(' ')}: ${stderr}`);
    return stdout;
  }

  function refTo({ metadata }: ConfigMap, more: Partial<OwnerReference> = {}): OwnerReference {
    return { apiVersion: 'v1', kind: 'ConfigMap', name: metadata.name, uid: metadata.uid ?? '', ...more };
  }

  function make(name: string, owners: OwnerReference[] = [], finalizers?: string[]): Promise<ConfigMap> {
    const metadata = { name, ownerReferences: owners, ...(finalizers ? { finalizers } : {}) };
    return cluster.api.create<ConfigMap>(MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata });
  }

  /** But for the one that every namespace has. */
  async function names(): Promise<string[]> {
    const output = await kubectl('get', 'configmaps', '-n', NAMESPACE, '-o', 'name');
    return output
      .split('\n')
      .map((line) => line.replace('configmap/', ''))
      .filter((name) => name && name !== 'kube-root-ca.crt');
  }

  const becomes = (expected: string[]) => eventually(async () => assert.deepEqual(await names(), expected));
  const release = (name: string) =>
    kubectl('patch', 'configmap', name, '-n', NAMESPACE, '--type=merge', '-p', '{"metadata":{"finalizers":null}}');
  const deleteMap = (name: string, ...flags: string[]) =>
    kubectl('delete', 'configmap', name, '-n', NAMESPACE, ...flags);

  it('deletes children and theirs in the background', async () => {
    const parent = await make('parent');
    const child = await make('child', [refTo(parent)]);
    await make('grandchild', [refTo(child)]);
    await deleteMap('parent');
    await becomes([]);
  });

  it('keeps an owner in the foreground until its children are gone', async () => {
    const parent = await make('parent');
    await make('child', [refTo(parent, { blockOwnerDeletion: true })], ['example.com/hold']);
    await deleteMap('parent', '--cascade=foreground', '--wait=false');
    await eventually(async () => {
      const { metadata } = await cluster.api.get<ConfigMap>(`${MAPS}/child`);
      assert.ok(metadata.deletionTimestamp);
    });
    const { metadata } = await cluster.api.get<ConfigMap>(`${MAPS}/parent`);
    assert.deepEqual(metadata.finalizers, ['foregroundDeletion']);
    await release('child');
    await becomes([]);
  });

  it('lets orphans live, without their owner', async () => {
    const parent = await make('parent');
    await make('child', [refTo(parent)]);
    await deleteMap('parent', '--cascade=orphan');
    await becomes(['child']);
    const { metadata } = await cluster.api.get<ConfigMap>(`${MAPS}/child`);
    assert.equal(metadata.ownerReferences, undefined);
    await deleteMap('child');
  });

  it('ends circles', async () => {
    const one = await make('one');
    const two = await make('two', [refTo(one, { blockOwnerDeletion: true })]);
    const owners = [refTo(two, { blockOwnerDeletion: true })];
    const patch = JSON.stringify({ metadata: { ownerReferences: owners } });
    await kubectl('patch', 'configmap', 'one', '-n', NAMESPACE, '--type=merge', '-p', patch);
    await deleteMap('one', '--cascade=foreground');
    await becomes([]);
  });

  it('deletes what names an owner of another namespace, and says why', async () => {
    const metadata = { name: 'foreign' };
    const foreign = await cluster.api.create<ConfigMap>('/api/v1/namespaces/default/configmaps', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata,
    });
    await make('lost', [refTo(foreign)]);
    await becomes([]);
    const reason = '--field-selector=reason=OwnerRefInvalidNamespace';
    await eventually(async () => {
      const { items } = JSON.parse(await kubectl('get', 'events', '-n', NAMESPACE, reason, '-o', 'json')) as {
        items: CoreEvent[];
      };
      const owner = `[v1/ConfigMap, namespace: ${NAMESPACE}, name: foreign, uid: ${foreign.metadata.uid}]`;
      assert.equal(items[0]?.message, `ownerRef ${owner} does not exist in namespace "${NAMESPACE}"`);
    });
  });

  const workloads = () => kubectl('get', 'deployments,replicasets,pods', '-n', NAMESPACE, '-o', 'name');
  const makeDeployment = async () => {
    await kubectl('create', 'deployment', 'web', '-n', NAMESPACE, '--image=nginx:1', '--replicas=2');
    await eventually(async () => assert.equal((await workloads()).match(/^pod\//gm)?.length, 2));
  };

  it('takes a Deployment with all that it made', async () => {
    for (const cascade of ['background', 'foreground']) {
      await makeDeployment();
      await kubectl('delete', 'deployment', 'web', '-n', NAMESPACE, `--cascade=${cascade}`);
      if (cascade === 'foreground') assert.equal(await workloads(), '');
      await eventually(async () => assert.equal(await workloads(), ''));
    }
  });

  it('leaves the pods of a Deployment that is deleted alone', async () => {
    await makeDeployment();
    await kubectl('delete', 'deployment', 'web', '-n', NAMESPACE, '--cascade=orphan');
    const left = (await workloads()).replace(/web-\S+/g, 'web');
    assert.equal(left, 'replicaset.apps/web\npod/web\npod/web\n');
    await kubectl('delete', 'replicasets', '--all', '-n', NAMESPACE);
    await eventually(async () => assert.equal(await workloads(), ''));
  });

  it('takes what a node owned with it, even what is kept in memory', async () => {
    const { metadata } = await cluster.api.create<Node>('/api/v1/nodes', {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'spare' },
      spec: {},
    });
    const ownerReferences = [{ apiVersion: 'v1', kind: 'Node', name: 'spare', uid: metadata.uid ?? '' }];
    const leases = `/apis/coordination.k8s.io/v1/namespaces/${NAMESPACE}/leases`;
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'spare', ownerReferences } };
    await cluster.api.create(leases, lease);
    await kubectl('delete', 'node', 'spare');
    await eventually(async () => assert.equal(await kubectl('get', 'leases', '-n', NAMESPACE, '-o', 'name'), ''));
  });

  it('tells what a terminating namespace waits for', async () => {
    await make('held', [], ['example.com/hold']);
    await kubectl('delete', 'namespace', NAMESPACE, '--wait=false');
    const path = `/api/v1/namespaces/${NAMESPACE}`;
    await eventually(async () => {
      const { status } = await cluster.api.get<Namespace>(path);
      const lines = (status?.conditions ?? []).map((one) => `${one.type} ${one.status} ${one.reason}: ${one.message}`);
      assert.deepEqual(lines, [
        'NamespaceDeletionDiscoveryFailure False ResourcesDiscovered: All resources successfully discovered',
        'NamespaceDeletionGroupVersionParsingFailure False ParsedGroupVersions: All legacy kube types successfully parsed',
        'NamespaceDeletionContentFailure False ContentDeleted: All content successfully deleted, may be waiting on finalization',
        'NamespaceContentRemaining True SomeResourcesRemain: Some resources are remaining: configmaps. has 1 resource instances',
        'NamespaceFinalizersRemaining True SomeFinalizersRemain: Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
      ]);
    });
    await release('held');
    await kubectl('wait', '--for=delete', `namespace/${NAMESPACE}`, '--timeout=30s');
  });

  it('fails a pod of a node that never was, and removes it after a while', async () => {
    const spec = { nodeName: 'nowhere', containers: [{ name: 'main', image: 'nginx:1' }] };
    const metadata = { name: 'lost', finalizers: ['example.com/hold'] };
    const path = '/api/v1/namespaces/default/pods';
    await cluster.api.create(path, { apiVersion: 'v1', kind: 'Pod', metadata, spec });
    const madeAt = Date.now();
    const pod = await eventually(async () => {
      const found = await cluster.api.get<Pod>(`${path}/lost`);
      assert.ok(found.metadata.deletionTimestamp);
      return found;
    }, 60_000);
    assert.ok(Date.now() - madeAt > 39_000);
    assert.equal(pod.status?.phase, 'Failed');
    const mark = pod.status?.conditions?.find(({ type }) => type === 'DisruptionTarget');
    assert.deepEqual([mark?.reason, mark?.message], ['DeletionByPodGC', 'PodGC: node no longer exists']);
    await kubectl('patch', 'pod', 'lost', '--type=merge', '-p', '{"metadata":{"finalizers":null}}');
    await kubectl('wait', '--for=delete', 'pod/lost', '--timeout=30s');
  });
});
