import assert from 'node:assert/strict';
import { ipAddressOf } from '../../../api/kinds/ip-address.ts';
import { keyText } from '../../../api/registry.ts';
import type { IPAddress, Service, ServiceCIDR } from '../../../api/types.ts';
import { toRfc3339 } from '../../../lib/clock.ts';
import { planAddressRepair, planServiceRepair } from './plan-repair.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const CIDR: ServiceCIDR = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'ServiceCIDR',
  metadata: { name: 'kubernetes' },
  spec: { cidrs: ['10.43.0.0/16'] },
};

function aService(name: string, ...clusterIPs: string[]): Service {
  return { apiVersion: 'v1', kind: 'Service', metadata: { namespace: 'ns', name }, spec: { clusterIPs } };
}

function anAddress(ip: string, service: string, ageMs = 3_600_000): IPAddress {
  const made = ipAddressOf(ip, { namespace: 'ns', name: service });
  made.metadata.creationTimestamp = toRfc3339(NOW - ageMs);
  return made;
}

function view(services: Service[], addresses: IPAddress[]) {
  return {
    cidrs: [CIDR],
    addressOf: (ip: string) => addresses.find(({ metadata }) => metadata.name === ip),
    serviceOf: (key: { namespace: string; name: string }) =>
      services.find(({ metadata }) => `${metadata.namespace}/${metadata.name}` === keyText(key)),
  };
}

function told(actions: readonly { do: string; reason?: string }[]): string[] {
  return actions.map((action) => (action.do === 'tell' ? (action.reason ?? '') : action.do));
}

describe('the address of a Service', () => {
  const cases: [what: string, service: Service, others: Service[], addresses: IPAddress[], actions: string[]][] = [
    ['is left alone when it is right', aService('a', '10.43.0.1'), [], [anAddress('10.43.0.1', 'a')], []],
    ['is left alone when there is none', aService('a', 'None'), [], [], []],
    ['is allocated when it is not', aService('a', '10.43.0.1'), [], [], ['ClusterIPNotAllocated', 'create']],
    ['is told of outside of every range', aService('a', '10.9.0.1'), [], [], ['ClusterIPOutOfRange']],
    [
      'is taken back from a Service that is gone',
      aService('a', '10.43.0.1'),
      [],
      [anAddress('10.43.0.1', 'b')],
      ['ClusterIPNotAllocated', 'recreate'],
    ],
    [
      'is left to the other one of two that have it',
      aService('a', '10.43.0.1'),
      [aService('b', '10.43.0.1')],
      [anAddress('10.43.0.1', 'b')],
      ['ClusterIPAlreadyAllocated'],
    ],
  ];
  for (const [what, service, others, addresses, actions] of cases) {
    it(what, () => {
      assert.deepEqual(told(planServiceRepair(service, view([service, ...others], addresses))), actions);
    });
  }

  it('gets its labels back', () => {
    const address = anAddress('10.43.0.1', 'a');
    address.metadata.labels = {};
    const service = aService('a', '10.43.0.1');
    assert.deepEqual(planServiceRepair(service, view([service], [address])), [{ do: 'recreate', ip: '10.43.0.1' }]);
  });
});

describe('an IPAddress', () => {
  const repaired = (address: IPAddress, ...services: Service[]) =>
    planAddressRepair(address, view(services, [address]), NOW);

  it('stays with its Service', () => {
    assert.deepEqual(repaired(anAddress('10.43.0.1', 'a'), aService('a', '10.43.0.1')), []);
  });

  it('is freed when its Service is gone, but not while that may be on its way', () => {
    assert.deepEqual(told(repaired(anAddress('10.43.0.1', 'a'))), ['IPAddressNotAllocated', 'free']);
    assert.deepEqual(repaired(anAddress('10.43.0.1', 'a', 20_000)), [{ do: 'comeBack', afterMs: 40_000 }]);
  });

  it('is freed when its Service has another one', () => {
    const service = aService('a', '10.43.0.2');
    assert.deepEqual(told(repaired(anAddress('10.43.0.1', 'a'), service)), ['IPAddressWrongReference', 'free']);
    assert.equal(repaired(anAddress('10.43.0.1', 'a', 1), service)[0]?.do, 'comeBack');
  });

  it("is freed when it is the allocator's and no Service's, and left alone when it is neither", () => {
    const address = anAddress('10.43.0.1', 'a');
    address.spec.parentRef = { resource: 'gateways', name: 'a' };
    assert.deepEqual(told(repaired(address)), ['IPAddressNotAllocated', 'free']);
    address.metadata.labels = {};
    assert.deepEqual(repaired(address), []);
  });
});
