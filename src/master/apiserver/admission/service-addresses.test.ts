import assert from 'node:assert/strict';
import type { Service } from '../../../api/types.ts';
import { formatIpv4 } from '../../../lib/ipv4.ts';
import { contains, parseRange, pickFree } from './address-pool.ts';
import { allocate, type Taken } from './service-addresses.ts';

const POOLS = { range: parseRange('10.43.0.0/16'), nodePorts: [30000, 30002] } as const;
const NOTHING: Taken = { ips: new Set(), ports: new Set() };
const first = () => 0;

function service(spec: Partial<Service['spec']>): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 's' },
    spec: { type: 'ClusterIP', ports: [{ port: 80 }], ...spec },
  };
}

describe('parseRange', () => {
  it('leaves out the network and broadcast addresses and keeps a band for those who choose', () => {
    const { first: low, last, firstDynamic } = parseRange('10.43.0.0/16');
    assert.deepEqual([low, firstDynamic, last].map(formatIpv4), ['10.43.0.1', '10.43.1.1', '10.43.255.254']);
    const small = parseRange('10.0.0.0/28');
    assert.deepEqual([small.first, small.firstDynamic, small.last].map(formatIpv4), [
      '10.0.0.1',
      '10.0.0.1',
      '10.0.0.14',
    ]);
  });

  for (const cidr of ['10.43.0.0', '10.43.0/16', '10.43.7.9/16', '10.43.0.0/31', 'fd00::/64', '10.43.0.0/x']) {
    it(`refuses ${cidr}`, () => assert.throws(() => parseRange(cidr), RangeError));
  }

  it('knows what lies within', () => {
    const range = parseRange('10.43.0.0/24');
    const inside = ['10.43.0.1', '10.43.0.254', '10.43.0.255', '10.43.1.1', 'x'].map((ip) => contains(range, ip));
    assert.deepEqual(inside, [true, true, false, false, false]);
  });
});

describe('pickFree', () => {
  it('finds the last free number, and none when there is none', () => {
    const band = { first: 1, middle: 5, last: 9 };
    assert.equal(
      pickFree(
        band,
        () => false,
        () => 2,
      ),
      7,
    );
    assert.equal(
      pickFree(
        band,
        (n) => n !== 5,
        () => 3,
      ),
      5,
    );
    assert.equal(
      pickFree(
        band,
        (n) => n !== 2,
        () => 0,
      ),
      2,
    );
    assert.equal(
      pickFree(
        band,
        () => true,
        () => 0,
      ),
      undefined,
    );
  });
});

describe('allocate', () => {
  it('gives an address from above the band', () => {
    const one = service({});
    assert.deepEqual(allocate(one, NOTHING, POOLS, first), []);
    assert.deepEqual([one.spec.clusterIP, one.spec.clusterIPs], ['10.43.1.1', ['10.43.1.1']]);
  });

  it('leaves headless and external Services alone', () => {
    for (const spec of [{ clusterIP: 'None', clusterIPs: ['None'] }, { type: 'ExternalName' as const }]) {
      const one = service(spec);
      assert.deepEqual(allocate(one, NOTHING, POOLS, first), []);
      assert.equal(one.spec.clusterIP, 'clusterIP' in spec ? 'None' : undefined);
    }
  });

  it('gives node ports where the type needs them, one for each port', () => {
    const one = service({ type: 'NodePort', ports: [{ port: 80 }, { port: 81, nodePort: 30000 }, { port: 82 }] });
    assert.deepEqual(allocate(one, NOTHING, POOLS, first), []);
    assert.deepEqual(
      one.spec.ports?.map(({ nodePort }) => nodePort),
      [30001, 30000, 30002],
    );
  });

  it('gives a health check port to Local load balancers', () => {
    const one = service({ type: 'LoadBalancer', externalTrafficPolicy: 'Local' });
    allocate(one, NOTHING, POOLS, first);
    assert.deepEqual([one.spec.ports?.[0]?.nodePort, one.spec.healthCheckNodePort], [30000, 30001]);
  });

  it('says what cannot be had', () => {
    const taken = { ips: new Set(['10.43.0.10']), ports: new Set([30001]) };
    const messages = (spec: Partial<Service['spec']>) =>
      allocate(service(spec), taken, POOLS, first).map(({ field, message }) => `${field}: ${message}`);
    assert.deepEqual(messages({ clusterIP: '10.43.0.10', clusterIPs: ['10.43.0.10'] }), [
      'spec.clusterIPs: Invalid value: ["10.43.0.10"]: failed to allocate IP 10.43.0.10: provided IP is already allocated',
    ]);
    assert.match(
      String(messages({ clusterIP: '10.44.0.1' })),
      /is not in the valid range\. The range of valid IPs is 10\.43\.0\.0\/16/,
    );
    assert.deepEqual(
      messages({
        type: 'NodePort',
        ports: [
          { port: 1, nodePort: 30001 },
          { port: 2, nodePort: 9 },
        ],
      }),
      [
        'spec.ports[0].nodePort: Invalid value: 30001: provided port is already allocated',
        'spec.ports[1].nodePort: Invalid value: 9: provided port is not in the valid range. The range of valid ports is 30000-30002',
      ],
    );
  });

  it('fails when nothing is left', () => {
    const full = { ips: new Set<string>(), ports: new Set([30000, 30001, 30002]) };
    assert.throws(() => allocate(service({ type: 'NodePort' }), full, POOLS, first), /range is full/);
  });
});
