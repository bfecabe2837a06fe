import assert from 'node:assert/strict';
import type { PersistentVolume } from '../../../src/api/types.ts';
import { eventually } from '../../lib/eventually.ts';
import { cluster } from '../setup/shared-cluster.ts';
import { workload } from '../workloads/rollout-manifests.ts';
import { IDLE, shell } from './manifests.ts';
import { PodSpace } from './pod-space.ts';

const CLAIM_SPEC = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
const MOUNTS = { volumeMounts: [{ name: 'data', mountPath: '/data' }] };

describe('claims', () => {
  let space: PodSpace;
  const claim = (name: string) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name },
    spec: CLAIM_SPEC,
  });
  const type = (...args: string[]) => space.ok(args);
  const volumeOf = async (name: string): Promise<PersistentVolume> => {
    const volume = await type('get', 'pvc', name, '-o', 'jsonpath={.spec.volumeName}');
    return JSON.parse(await type('get', 'pv', volume, '-o', 'json'));
  };
  const gone = (volume: string) =>
    eventually(async () => {
      const { stderr } = await space.kubectl(['get', 'pv', volume]);
      assert.match(stderr, /NotFound/);
    }, 60_000);

  before(async () => {
    space = await PodSpace.open(cluster, 'claims');
  });

  after(() => space.close());

  it('wait for their pod, and are protected as long as it is there', async () => {
    await space.apply(claim('disk'));
    await space.event('disk', /Normal WaitForFirstConsumer waiting for first consumer to be created before binding/);
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'disk' } }];
    const labels = { app: 'keeper' };
    await space.apply({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'keeper' },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { terminationGracePeriodSeconds: 1, volumes, containers: [{ ...shell('main', IDLE), ...MOUNTS }] },
        },
      },
    });
    await type('rollout', 'status', 'deployment/keeper', '--timeout=90s');
    await space.event('disk', /Normal ProvisioningSucceeded Successfully provisioned volume pvc-/);
    assert.match(await type('get', 'pvc', 'disk', '--no-headers'), /^disk +Bound +pvc-\S+ +1Gi +RWO +local-path/);
    assert.match(await type('describe', 'pvc', 'disk'), /Used By: +keeper-/);
    await type('exec', 'deployment/keeper', '--', 'sh', '-c', 'echo kept > /data/word');

    await type('delete', 'pvc', 'disk', '--wait=false');
    assert.match(await type('get', 'pvc', 'disk', '--no-headers'), /^disk +Terminating/);
    const { metadata } = await volumeOf('disk');
    await type('delete', 'pod', '-l', 'app=keeper', '--wait=false');
    await type('delete', 'deployment', 'keeper');
    await gone(metadata.name);
  });

  it('of a StatefulSet keep what its pods write', async () => {
    const template = { metadata: { name: 'data' }, spec: CLAIM_SPEC };
    const containers = [{ ...shell('main', IDLE), ...MOUNTS }];
    await space.apply(
      workload(
        'StatefulSet',
        'db',
        { replicas: 2, serviceName: 'db', volumeClaimTemplates: [template] },
        { containers },
      ),
    );
    await type('rollout', 'status', 'sts/db', '--timeout=120s');
    await space.event('db', /Normal SuccessfulCreate create Claim data-db-0 Pod db-0 in StatefulSet db success/);
    for (const pod of ['db-0', 'db-1']) await type('exec', pod, '--', 'sh', '-c', `echo ${pod} > /data/word`);

    const before = await space.get('db-0');
    await type('delete', 'pod', 'db-0');
    await space.until('db-0', ({ metadata }) => assert.notEqual(metadata.uid, before.metadata.uid));
    await space.ready('db-0');
    assert.equal(await type('exec', 'db-0', '--', 'cat', '/data/word'), 'db-0\n');

    await type('scale', 'sts', 'db', '--replicas=1');
    await space.gone('db-1');
    await type('scale', 'sts', 'db', '--replicas=2');
    await space.ready('db-1');
    assert.equal(await type('exec', 'db-1', '--', 'cat', '/data/word'), 'db-1\n');

    await type('delete', 'sts', 'db');
    const { metadata, spec } = await volumeOf('data-db-0');
    assert.equal(spec.persistentVolumeReclaimPolicy, 'Delete');
    await space.gone('db-0');
    await type('delete', 'pvc', 'data-db-0');
    await gone(metadata.name);
  });

  it('grow where their class lets them, and never shrink', async () => {
    await space.gone('db-1');
    await type('patch', 'pvc', 'data-db-1', '-p', '{"spec":{"resources":{"requests":{"storage":"2Gi"}}}}');
    await eventually(async () => {
      assert.equal(await type('get', 'pvc', 'data-db-1', '-o', 'jsonpath={.status.capacity.storage}'), '2Gi');
    }, 60_000);
    const shrink = ['patch', 'pvc', 'data-db-1', '-p', '{"spec":{"resources":{"requests":{"storage":"1Gi"}}}}'];
    assert.match((await space.kubectl(shrink)).stderr, /field can not be less than status\.capacity/);
  });
});
