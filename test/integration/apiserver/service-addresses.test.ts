import assert from 'node:assert/strict';
import { IP_ADDRESS, ipAddressOf } from '../../../src/api/kinds/ip-address.ts';
import { SERVICE } from '../../../src/api/kinds/service.ts';
import { SERVICE_CIDR } from '../../../src/api/kinds/service-cidr.ts';
import type { Service } from '../../../src/api/types.ts';
import { TestApi } from './harness.ts';

const KEY = { namespace: 'default', name: 'web' };

function aService(name: string, spec: Partial<Service['spec']> = {}): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace: 'default', name },
    spec: { ports: [{ port: 80 }], ...spec },
  };
}

describe('addresses of Services', function () {
  this.timeout(60_000);
  let api: TestApi;
  before(async () => {
    api = await TestApi.start();
  });
  after(() => api.close());
  afterEach(async () => {
    for (const { metadata } of await api.client.list(SERVICE, ''))
      await api.client.delete(SERVICE, { namespace: metadata.namespace ?? '', name: metadata.name });
    for (const { metadata } of await api.client.list(IP_ADDRESS, ''))
      await api.client.delete(IP_ADDRESS, { namespace: '', name: metadata.name });
  });

  const given = async () => {
    const addresses = await api.client.list(IP_ADDRESS, '');
    return addresses.map(
      ({ metadata, spec }) => `${metadata.name} ${spec.parentRef?.namespace}/${spec.parentRef?.name}`,
    );
  };

  it('are objects while the Service has them', async () => {
    const made = await api.client.create(SERVICE, aService('web'));
    const ip = made.spec.clusterIP ?? '';
    const [address] = await api.client.list(IP_ADDRESS, '');
    assert.deepEqual(address?.metadata.labels, {
      'ipaddress.kubernetes.io/ip-family': 'IPv4',
      'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
    });
    assert.deepEqual(await given(), [`${ip} default/web`]);
    await api.client.update(SERVICE, { ...made, metadata: { ...made.metadata, labels: { a: 'b' } } });
    assert.deepEqual(await given(), [`${ip} default/web`]);
    await api.client.delete(SERVICE, KEY);
    assert.deepEqual(await given(), []);
    await api.client.create(SERVICE, aService('other', { clusterIP: ip }));
    assert.deepEqual(await given(), [`${ip} default/other`]);
  });

  it('are free again when the Service becomes a mere name, and given again when it is none any more', async () => {
    await api.client.create(SERVICE, aService('web'));
    await api.client.update(SERVICE, aService('web', { type: 'ExternalName', externalName: 'example.com' }));
    assert.deepEqual(await given(), []);
    const back = await api.client.update(SERVICE, aService('web', { type: 'ClusterIP' }));
    assert.deepEqual(await given(), [`${back.spec.clusterIP} default/web`]);
  });

  it('leave nothing behind of a Service that was refused, is there already or was tried dry', async () => {
    const refused = aService('web', { sessionAffinity: 'Never' as 'None' });
    await assert.rejects(api.client.create(SERVICE, refused), { reason: 'Invalid' });
    assert.deepEqual(await given(), []);
    const { spec } = await api.client.create(SERVICE, aService('web'));
    await assert.rejects(api.client.create(SERVICE, aService('web')), { reason: 'AlreadyExists' });
    const dry = { user: { name: 'admin', groups: ['system:masters'] }, namespace: 'default', dryRun: true };
    await api.engine.create(SERVICE, aService('dry'), dry);
    assert.deepEqual(await given(), [`${spec.clusterIP} default/web`]);
  });

  it('are given to one of many who want the same', async () => {
    const names = Array.from({ length: 10 }, (_, index) => `web-${index}`);
    const wanted = names.map((name) => api.client.create(SERVICE, aService(name, { clusterIP: '10.43.0.77' })));
    const results = await Promise.allSettled(wanted);
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
    assert.equal((await given()).length, 1);
  });

  it('may not change once set, whoever has the other one', async () => {
    const mine = await api.client.create(SERVICE, aService('web'));
    await api.client.create(SERVICE, aService('other', { clusterIP: '10.43.0.80' }));
    for (const clusterIP of ['10.43.0.80', '10.43.0.81']) {
      const changed = { ...mine, spec: { ...mine.spec, clusterIP, clusterIPs: [clusterIP] } };
      await assert.rejects(api.client.update(SERVICE, changed), /may not change once set/);
    }
  });

  it('are taken over by the Service that a crash left them to, and by no other', async () => {
    await api.client.create(IP_ADDRESS, ipAddressOf('10.43.0.78', KEY));
    const taken = api.client.create(SERVICE, aService('other', { clusterIP: '10.43.0.78' }));
    await assert.rejects(taken, /provided IP is already allocated/);
    await api.client.create(SERVICE, aService('web', { clusterIP: '10.43.0.78' }));
    assert.deepEqual(await given(), ['10.43.0.78 default/web']);
  });

  it('are given to nobody else while their object is missing', async () => {
    await api.client.create(SERVICE, aService('web', { clusterIP: '10.43.0.79' }));
    await api.client.delete(IP_ADDRESS, { namespace: '', name: '10.43.0.79' });
    const taken = api.client.create(SERVICE, aService('other', { clusterIP: '10.43.0.79' }));
    await assert.rejects(taken, /provided IP is already allocated/);
  });

  it('come of a further range as soon as there is one', async () => {
    const wanted = () => api.client.create(SERVICE, aService('web', { clusterIP: '10.99.0.7' }));
    await assert.rejects(wanted(), /the provided network does not match the current range/);
    const metadata = { name: 'more' };
    const cidr = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'ServiceCIDR',
      metadata,
      spec: { cidrs: ['10.99.0.0/24'] },
    };
    await api.client.create(SERVICE_CIDR, cidr);
    await wanted();
    assert.deepEqual(await given(), ['10.99.0.7 default/web']);
  });
});
