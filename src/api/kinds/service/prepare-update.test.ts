import assert from 'node:assert/strict';
import type { Service } from '../../types.ts';
import { SERVICE } from '../service.ts';
import { aService } from './test-service.ts';

const { strategy } = SERVICE;
type Spec = Service['spec'];

/** What an update makes of `old` when the client sends `spec`, and what is wrong with it. */
function update(old: Spec, spec: Spec): { spec: Spec; causes: string[] } {
  const [before, after] = [aService(old), aService(spec)];
  strategy.prepareForUpdate?.(after, before);
  const causes = [...strategy.validate(after), ...(strategy.validateUpdate?.(after, before) ?? [])];
  return { spec: after.spec, causes: causes.map(({ field, message }) => `${field}: ${message}`) };
}

const CLUSTER: Spec = { ports: [{ port: 80 }], clusterIP: '10.43.0.7' };
const NODE_PORT: Spec = { ...CLUSTER, type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] };
const LOCAL: Spec = { ...NODE_PORT, type: 'LoadBalancer', externalTrafficPolicy: 'Local' };

describe('an update of a Service', () => {
  it('keeps its address and node ports when the client leaves them out', () => {
    const { spec, causes } = update(NODE_PORT, { type: 'NodePort', ports: [{ port: 81 }] });
    assert.deepEqual(causes, []);
    assert.equal(spec.clusterIP, '10.43.0.7');
    assert.deepEqual(spec.clusterIPs, ['10.43.0.7']);
    assert.equal(spec.ports?.[0]?.nodePort, 30080);
  });

  it('gives a node port to the port of that name, and never twice', () => {
    const old: Spec = { ...NODE_PORT, ports: [{ port: 80, name: 'a', nodePort: 30080 }] };
    const ports = [
      { port: 80, name: 'a' },
      { port: 81, name: 'b', nodePort: 30080 },
    ];
    assert.deepEqual(
      update(old, { ...old, ports }).spec.ports?.map(({ nodePort }) => nodePort),
      [undefined, 30080],
    );
  });

  it('keeps a node port that two protocols share', () => {
    const ports = [
      { port: 53, name: 'dns', protocol: 'UDP' as const },
      { port: 53, name: 'dns-tcp', protocol: 'TCP' as const },
    ];
    const old: Spec = { ...NODE_PORT, ports: ports.map((port) => ({ ...port, nodePort: 30053 })) };
    const { spec, causes } = update(old, { ...NODE_PORT, ports });
    assert.deepEqual(causes, []);
    assert.deepEqual(
      spec.ports?.map(({ nodePort }) => nodePort),
      [30053, 30053],
    );
  });

  it('keeps node ports when a load balancer is to be given no more of them', () => {
    const old: Spec = { ...NODE_PORT, type: 'LoadBalancer' };
    const wanted: Spec = { ...CLUSTER, type: 'LoadBalancer', allocateLoadBalancerNodePorts: false };
    for (const spec of [wanted, { ...wanted, ports: old.ports }]) {
      const updated = update(old, spec);
      assert.deepEqual(updated.causes, []);
      assert.equal(updated.spec.ports?.[0]?.nodePort, 30080);
    }
  });

  it('drops node ports while ports come, go and change, unless one is new', () => {
    const a = { port: 80, name: 'a', nodePort: 30080 };
    const b = { port: 81, name: 'b', nodePort: 30081 };
    const old: Spec = { ...NODE_PORT, ports: [a, b] };
    const toCluster = (ports: Spec['ports']) => update(old, { ...old, type: 'ClusterIP', ports });
    for (const ports of [[b], [b, a], [{ ...a, port: 8080 }, b, { port: 82, name: 'c' }]]) {
      const { spec, causes } = toCluster(ports);
      assert.deepEqual(causes, []);
      assert.ok(spec.ports?.every(({ nodePort }) => nodePort === undefined));
    }
    assert.deepEqual(toCluster([a, { ...b, nodePort: 30082 }]).causes, [
      "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
      "spec.ports[1].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
    ]);
  });

  it('drops node ports and their policy with the type that had them', () => {
    const { spec, causes } = update(NODE_PORT, { ...aService(NODE_PORT).spec, type: 'ClusterIP' });
    assert.deepEqual(causes, []);
    assert.equal(spec.ports?.[0]?.nodePort, undefined);
    assert.equal(spec.externalTrafficPolicy, undefined);
  });

  it('gives its address back when it becomes an ExternalName', () => {
    const { spec, causes } = update(CLUSTER, { ...aService(CLUSTER).spec, type: 'ExternalName', externalName: 'a.b' });
    assert.deepEqual(causes, []);
    assert.equal(spec.clusterIP, undefined);
    assert.equal(spec.clusterIPs, undefined);
    assert.equal(spec.ipFamilies, undefined);
  });

  it('changes nothing when it is prepared twice', () => {
    const [before, after] = [aService(NODE_PORT), aService({ ...aService(NODE_PORT).spec, type: 'ClusterIP' })];
    strategy.prepareForUpdate?.(after, before);
    const once = structuredClone(after);
    strategy.prepareForUpdate?.(after, before);
    assert.deepEqual(after, once);
  });

  const refused: [title: string, old: Spec, spec: Spec, causes: string[]][] = [
    [
      'takes no other address',
      CLUSTER,
      { ...CLUSTER, clusterIP: '10.43.0.8' },
      ['spec.clusterIPs[0]: Invalid value: ["10.43.0.8"]: may not change once set'],
    ],
    [
      'takes no other address in clusterIP alone',
      CLUSTER,
      { ...CLUSTER, clusterIP: '10.43.0.8', clusterIPs: ['10.43.0.7'] },
      ['spec.clusterIPs[0]: Invalid value: ["10.43.0.8"]: may not change once set'],
    ],
    [
      'does not become headless',
      { ...CLUSTER, selector: { a: 'b' } },
      { ...CLUSTER, selector: { a: 'b' }, clusterIP: 'None' },
      ['spec.clusterIPs[0]: Invalid value: ["None"]: may not change once set'],
    ],
    [
      'keeps the class of its load balancer',
      { ...CLUSTER, type: 'LoadBalancer', loadBalancerClass: 'a/b' },
      { ...CLUSTER, type: 'LoadBalancer', loadBalancerClass: 'a/c' },
      ['spec.loadBalancerClass: Invalid value: "a/c": may not change once set'],
    ],
    [
      'keeps the port of its health checks',
      { ...LOCAL, healthCheckNodePort: 30090 },
      { ...LOCAL, healthCheckNodePort: 30091 },
      ['spec.healthCheckNodePort: Forbidden: field is immutable'],
    ],
  ];
  for (const [title, old, spec, causes] of refused) {
    it(title, () => assert.deepEqual(update(old, spec).causes, causes));
  }

  it('takes a port for health checks where there was none, and goes without where none is needed', () => {
    assert.deepEqual(update(LOCAL, { ...LOCAL, healthCheckNodePort: 30091 }).causes, []);
    const old: Spec = { ...LOCAL, healthCheckNodePort: 30090 };
    const { spec, causes } = update(old, { ...old, externalTrafficPolicy: 'Cluster' });
    assert.deepEqual(causes, []);
    assert.equal(spec.healthCheckNodePort, undefined);
  });
});
