import assert from 'node:assert/strict';
import { aPod } from '../../../../test/lib/builders.ts';
import type { Pod, Service } from '../../../api/types.ts';
import { desiredEndpoints } from './plan.ts';

const SERVICE: Service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'default', labels: { team: 'a' } },
  spec: {
    type: 'ClusterIP',
    clusterIP: '10.43.1.1',
    selector: { app: 'web' },
    ports: [{ port: 80, targetPort: 'web' }],
  },
};

function webPod(name: string, ip: string, options: { port?: number; ready?: boolean; deleted?: boolean } = {}): Pod {
  const { port = 80, ready = true, deleted = false } = options;
  const containers = [{ name: 'main', image: 'nginx:1', ports: [{ name: 'web', containerPort: port }] }];
  const pod = aPod({ name, node: 'pi-1', labels: { app: 'web' }, phase: 'Running', deleted, spec: { containers } });
  const status = ready ? ('True' as const) : ('False' as const);
  return { ...pod, status: { ...pod.status, podIP: ip, conditions: [{ type: 'Ready', status }] } };
}

describe('the Endpoints of a Service', () => {
  it('part ready from unready addresses, join equal ports, and leave terminating pods out', () => {
    const pods = [
      webPod('b', '10.42.0.3'),
      webPod('a', '10.42.0.2'),
      webPod('slow', '10.42.0.4', { ready: false }),
      webPod('other', '10.42.0.5', { port: 8080 }),
      webPod('gone', '10.42.0.6', { deleted: true }),
    ];
    const { subsets, metadata } = desiredEndpoints(SERVICE, pods, undefined);
    const shown = subsets?.map(({ addresses = [], notReadyAddresses = [], ports }) => [
      addresses.map(({ ip }) => ip),
      notReadyAddresses.map(({ ip }) => ip),
      ports,
    ]);
    assert.deepEqual(shown, [
      [['10.42.0.5'], [], [{ port: 8080, protocol: 'TCP' }]],
      [['10.42.0.2', '10.42.0.3'], ['10.42.0.4'], [{ port: 80, protocol: 'TCP' }]],
    ]);
    assert.deepEqual(metadata.labels, { team: 'a', 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' });
  });

  it('keep terminating pods among those that are published anyway', () => {
    const spec = { ...SERVICE.spec, publishNotReadyAddresses: true };
    const pods = [webPod('gone', '10.42.0.6', { deleted: true, ready: false })];
    const { subsets } = desiredEndpoints({ ...SERVICE, spec }, pods, undefined);
    assert.deepEqual(
      subsets?.map(({ addresses = [], notReadyAddresses }) => [addresses.map(({ ip }) => ip), notReadyAddresses]),
      [[['10.42.0.6'], undefined]],
    );
  });

  it('leave out a pod that declares none of the named target ports', () => {
    const pod = webPod('a', '10.42.0.2');
    const containers = [{ name: 'main', image: 'nginx:1' }];
    const { subsets } = desiredEndpoints(SERVICE, [{ ...pod, spec: { ...pod.spec, containers } }], undefined);
    assert.equal(subsets, undefined);
  });

  it('are the very object that is there when nothing changed', () => {
    const pods = [webPod('a', '10.42.0.2')];
    const there = desiredEndpoints(SERVICE, pods, undefined);
    assert.equal(desiredEndpoints(SERVICE, pods, there), there);
    assert.notEqual(desiredEndpoints(SERVICE, [], there), there);
  });

  it('hold a thousand addresses at most, say so, and drop unready ones first', () => {
    const pods = Array.from({ length: 1100 }, (_, index) =>
      webPod(`p${index}`, `10.42.${index >> 8}.${index & 255}`, { ready: index >= 200 }),
    );
    const { subsets, metadata } = desiredEndpoints(SERVICE, pods, undefined);
    assert.deepEqual([subsets?.[0]?.addresses?.length, subsets?.[0]?.notReadyAddresses?.length], [900, 100]);
    assert.equal(metadata.annotations?.['endpoints.kubernetes.io/over-capacity'], 'truncated');
    const fewer = desiredEndpoints(SERVICE, pods.slice(0, 10), desiredEndpoints(SERVICE, pods, undefined));
    assert.equal(fewer.metadata.annotations?.['endpoints.kubernetes.io/over-capacity'], undefined);
  });
});
