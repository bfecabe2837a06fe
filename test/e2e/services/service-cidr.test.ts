import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { IPAddress, ServiceCIDR } from '../../../src/api/types.ts';
import { eventually } from '../../lib/eventually.ts';
import { IDLE, shell } from '../pods/manifests.ts';
import { PodSpace } from '../pods/pod-space.ts';
import { cluster } from '../setup/shared-cluster.ts';

const run = promisify(execFile);
/** Kept for documentation (RFC 5737): no network of this machine's. */
const RANGE = '203.0.113.0/24';
const ADDRESS = '203.0.113.10';

const cidr = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'ServiceCIDR',
  metadata: { name: 'more' },
  spec: { cidrs: [RANGE] },
};

function service(name: string, clusterIP: string): object {
  const spec = { clusterIP, selector: { app: 'web' }, ports: [{ port: 8080, targetPort: 80 }] };
  return { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec };
}

describe('the addresses of Services', () => {
  let space: PodSpace;
  const read = async <T>(...what: string[]): Promise<T> =>
    JSON.parse(await space.ok(['get', ...what, '-o', 'json'])) as T;
  const condition = async () =>
    (await read<ServiceCIDR>('servicecidr', 'more')).status?.conditions?.find(({ type }) => type === 'Ready');
  const fromPod = (url: string) => space.ok(['exec', 'client', '--', 'curl', '-sf', '-m', '5', url]);
  const fromNode = async (url: string) => (await run('curl', ['-sf', '-m', '5', url])).stdout;
  const routes = async () => (await run('ip', ['route', 'show', RANGE])).stdout;

  before(async () => {
    space = await PodSpace.open(cluster, 'service-cidr');
    const client = { ...shell('main', IDLE), image: 'nginx:latest' };
    const web = { name: 'main', image: 'nginx:latest', readinessProbe: { httpGet: { port: 80 }, periodSeconds: 1 } };
    const pod = (name: string, container: object) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, labels: { app: name } },
      spec: { terminationGracePeriodSeconds: 1, containers: [container] },
    });
    await space.apply(pod('client', client), pod('web', web));
    await space.ready('client');
    await space.ready('web');
  });

  after(async () => {
    await space.close();
    await space.kubectl(['delete', 'servicecidr', 'more', '--ignore-not-found', '--timeout=60s']);
  });

  it('come of the range that the cluster was made with, and are objects of their own', async () => {
    const { spec } = await read<ServiceCIDR>('servicecidr', 'kubernetes');
    const base = spec.cidrs?.[0]?.replace(/\.0\/\d+$/, '') ?? assert.fail();
    assert.match(await space.ok(['get', 'ipaddress', `${base}.1`]), /PARENTREF\n\S+ +services\/default\/kubernetes/);
    assert.match(await space.ok(['get', 'ip', `${base}.10`]), /services\/kube-system\/kube-dns/);
  });

  it('may come of a further range, which nodes route and whose free addresses they refuse', async () => {
    await space.apply(cidr);
    await eventually(async () => assert.equal((await condition())?.status, 'True'));
    await space.apply(service('far', ADDRESS));
    assert.equal((await read<IPAddress>('ipaddress', ADDRESS)).spec.parentRef?.name, 'far');
    for (const ask of [fromPod, fromNode])
      await eventually(async () => assert.match(await ask(`http://${ADDRESS}:8080/`), /nginx/));
    await eventually(async () => assert.match(await fromPod('http://far:8080/'), /nginx/));
    assert.match(await routes(), /proto 84/);
    await assert.rejects(run('curl', ['-s', '-m', '5', 'http://203.0.113.99:8080/']), { code: 7 });
  });

  it('come back when somebody deletes their object', async () => {
    const { metadata } = await read<IPAddress>('ipaddress', ADDRESS);
    await space.ok(['delete', 'ipaddress', ADDRESS, '--wait=false']);
    await eventually(async () => {
      const address = await read<IPAddress>('ipaddress', ADDRESS);
      assert.notEqual(address.metadata.uid, metadata.uid);
      assert.equal(address.spec.parentRef?.name, 'far');
    });
    await eventually(async () =>
      assert.match(await space.ok(['get', 'events']), /ClusterIPNotAllocated .*is not allocated; repairing/),
    );
  });

  it('keep their range, which gives out no more once it is deleted', async () => {
    await space.ok(['delete', 'servicecidr', 'more', '--wait=false']);
    await eventually(async () => {
      const { status, reason } = (await condition()) ?? {};
      assert.deepEqual([status, reason], ['False', 'Terminating']);
    });
    await assert.rejects(
      space.apply(service('late', '203.0.113.11')),
      /the provided network does not match the current/,
    );
    assert.match(await fromPod(`http://${ADDRESS}:8080/`), /nginx/);
    await space.ok(['delete', 'service', 'far']);
    await eventually(async () => {
      const { stdout } = await space.kubectl(['get', 'servicecidr', 'more', '--ignore-not-found']);
      assert.equal(stdout, '');
    }, 60_000);
    await eventually(async () => assert.equal(await routes(), ''));
  });
});
