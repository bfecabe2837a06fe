import assert from 'node:assert/strict';
import type { Service } from '../../../api/types.ts';
import { allocateNodePorts, concernsNodePorts } from './node-ports.ts';

type Spec = Service['spec'];

const RANGE = [30000, 30002] as const;
const first = () => 0;
const CREATE = { pick: first, isNew: true };
const UPDATE = { pick: first, isNew: false };
const DNS = [{ port: 53 }, { port: 53, protocol: 'UDP' }] as const;
const aSpec = (spec: Partial<Spec>): Spec => ({ type: 'NodePort', ports: [{ port: 80 }], ...spec });

describe('node ports', () => {
  it('are given where the type needs them, one for each port', () => {
    const spec = aSpec({ ports: [{ port: 80 }, { port: 81, nodePort: 30000 }, { port: 82 }] });
    assert.deepEqual(allocateNodePorts(spec, { range: RANGE, taken: new Set() }, CREATE), []);
    assert.deepEqual(
      spec.ports?.map(({ nodePort }) => nodePort),
      [30001, 30000, 30002],
    );
  });

  it('include one for the health of Local load balancers', () => {
    const spec = aSpec({ type: 'LoadBalancer', externalTrafficPolicy: 'Local' });
    allocateNodePorts(spec, { range: RANGE, taken: new Set() }, CREATE);
    assert.deepEqual([spec.ports?.[0]?.nodePort, spec.healthCheckNodePort], [30000, 30001]);
  });

  const shared: [title: string, ports: Spec['ports'], how: typeof CREATE, expected: number[]][] = [
    ['are one where protocols share the port', [...DNS], CREATE, [30000, 30000]],
    ['are the one that was asked for on either side', [DNS[0], { ...DNS[1], nodePort: 30002 }], CREATE, [30002, 30002]],
    [
      'part where both were asked for',
      [
        { ...DNS[0], nodePort: 30001 },
        { ...DNS[1], nodePort: 30002 },
      ],
      CREATE,
      [30001, 30002],
    ],
    [
      'part where the protocol has the number already',
      [{ port: 99, nodePort: 30000 }, DNS[0], { ...DNS[1], nodePort: 30000 }],
      CREATE,
      [30000, 30001, 30000],
    ],
    ['come anew on an update', [{ ...DNS[0], nodePort: 30000 }, DNS[1]], UPDATE, [30000, 30001]],
  ];
  for (const [title, ports, how, expected] of shared) {
    it(title, () => {
      const spec = aSpec({ ports: structuredClone(ports) });
      assert.deepEqual(allocateNodePorts(spec, { range: RANGE, taken: new Set() }, how), []);
      assert.deepEqual(
        spec.ports?.map(({ nodePort }) => nodePort),
        expected,
      );
    });
  }

  it('of a load balancer that wants none given are those it asks for, checked', () => {
    const ports = [{ port: 80 }, { port: 81, nodePort: 30001 }, { port: 82, nodePort: 9 }];
    const spec = aSpec({ type: 'LoadBalancer', allocateLoadBalancerNodePorts: false, ports });
    const causes = allocateNodePorts(spec, { range: RANGE, taken: new Set([30001]) }, CREATE);
    assert.deepEqual(
      causes.map(({ field }) => field),
      ['spec.ports[1].nodePort', 'spec.ports[2].nodePort'],
    );
    assert.equal(spec.ports?.[0]?.nodePort, undefined);
  });

  it('that cannot be had are named', () => {
    const spec = aSpec({
      ports: [
        { port: 1, nodePort: 30001 },
        { port: 2, nodePort: 9 },
      ],
    });
    const causes = allocateNodePorts(spec, { range: RANGE, taken: new Set([30001]) }, CREATE);
    assert.deepEqual(
      causes.map(({ field, message }) => `${field}: ${message}`),
      [
        'spec.ports[0].nodePort: Invalid value: 30001: provided port is already allocated',
        'spec.ports[1].nodePort: Invalid value: 9: provided port is not in the valid range. The range of valid ports is 30000-30002',
      ],
    );
    const full = { range: RANGE, taken: new Set([30000, 30001, 30002]) };
    assert.throws(() => allocateNodePorts(aSpec({}), full, CREATE), /failed to allocate a nodePort: range is full/);
  });

  it('concern a write only where they come or change', () => {
    const whole = aSpec({ ports: [{ port: 80, nodePort: 30000 }] });
    assert.equal(concernsNodePorts(aSpec({ type: 'ClusterIP' }), undefined), false);
    assert.equal(concernsNodePorts(aSpec({}), undefined), true);
    assert.equal(concernsNodePorts(whole, undefined), true);
    assert.equal(concernsNodePorts(whole, structuredClone(whole)), false);
    assert.equal(concernsNodePorts(aSpec({ ports: [{ port: 80, nodePort: 30001 }] }), whole), true);
    assert.equal(concernsNodePorts(whole, aSpec({ type: 'ClusterIP' })), true);
    const bare = aSpec({ type: 'LoadBalancer', allocateLoadBalancerNodePorts: false });
    assert.equal(concernsNodePorts(bare, structuredClone(bare)), false);
    assert.equal(concernsNodePorts({ ...bare, ports: [{ port: 80, nodePort: 30001 }] }, bare), true);
    assert.equal(
      concernsNodePorts({ ...whole, type: 'LoadBalancer', externalTrafficPolicy: 'Local' }, structuredClone(whole)),
      true,
    );
  });
});
