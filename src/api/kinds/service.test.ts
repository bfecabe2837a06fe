import assert from 'node:assert/strict';
import type { Service } from '../types.ts';
import { aService } from './service/test-service.ts';
import { SERVICE } from './service.ts';

const { strategy } = SERVICE;
type Spec = Service['spec'];

const PORTS = [{ port: 80 }];
const CLUSTER: Spec = { ports: PORTS, clusterIP: '10.43.0.7' };
const NODE_PORT: Spec = { ...CLUSTER, type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] };

describe('defaults of a Service', () => {
  const defaults: [title: string, spec: Spec, expected: Spec][] = [
    [
      'make it a ClusterIP of one family',
      { ports: [{ port: 80 }] },
      {
        type: 'ClusterIP',
        ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
        sessionAffinity: 'None',
        internalTrafficPolicy: 'Cluster',
        ipFamilies: ['IPv4'],
        ipFamilyPolicy: 'SingleStack',
      },
    ],
    [
      'keep what is set, and time out affinity after three hours',
      { type: 'LoadBalancer', sessionAffinity: 'ClientIP', externalTrafficPolicy: 'Local', clusterIP: '10.43.0.7' },
      {
        type: 'LoadBalancer',
        sessionAffinity: 'ClientIP',
        sessionAffinityConfig: { clientIP: { timeoutSeconds: 10800 } },
        externalTrafficPolicy: 'Local',
        allocateLoadBalancerNodePorts: true,
        internalTrafficPolicy: 'Cluster',
        clusterIP: '10.43.0.7',
        clusterIPs: ['10.43.0.7'],
        ipFamilies: ['IPv4'],
        ipFamilyPolicy: 'SingleStack',
      },
    ],
    [
      'give an ExternalName no addresses',
      { type: 'ExternalName', externalName: 'example.com' },
      { type: 'ExternalName', externalName: 'example.com', sessionAffinity: 'None' },
    ],
    [
      'let a headless one without selector have both families',
      { clusterIP: 'None' },
      {
        type: 'ClusterIP',
        clusterIP: 'None',
        clusterIPs: ['None'],
        sessionAffinity: 'None',
        internalTrafficPolicy: 'Cluster',
        ipFamilies: ['IPv4', 'IPv6'],
        ipFamilyPolicy: 'RequireDualStack',
      },
    ],
  ];
  for (const [title, spec, expected] of defaults) {
    it(title, () => assert.deepEqual(aService(spec).spec, expected));
  }
});

describe('validation of a Service', () => {
  const cases: [title: string, spec: Spec, causes: string[]][] = [
    ['accepts a plain one', { ports: PORTS }, []],
    ['accepts a headless one without ports', { clusterIP: 'None' }, []],
    ['accepts an ExternalName with a closing dot', { type: 'ExternalName', externalName: 'example.com.' }, []],
    ['accepts a NodePort', NODE_PORT, []],
    ['accepts a LoadBalancer', { ...CLUSTER, type: 'LoadBalancer', loadBalancerSourceRanges: [' 10.0.0.0/8'] }, []],
    ['wants ports', {}, ['spec.ports: Required value']],
    [
      'judges each port',
      { ports: [{ port: 0, targetPort: 'no--name', appProtocol: '/' }] },
      [
        'spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
        'spec.ports[0].targetPort: Invalid value: "no--name": must not contain consecutive hyphens',
        'spec.ports[0].appProtocol: Invalid value: "/": prefix part must be non-empty',
        'spec.ports[0].appProtocol: Invalid value: "/": name part must be non-empty',
        `spec.ports[0].appProtocol: Invalid value: "/": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
      ],
    ],
    [
      'wants several ports to have names of their own',
      { ports: [{ port: 80 }, { port: 81, name: 'a' }, { port: 82, name: 'a' }] },
      ['spec.ports[0].name: Required value', 'spec.ports[2].name: Duplicate value: "a"'],
    ],
    [
      'wants each port once for a protocol',
      {
        ports: [
          { port: 53, name: 'a' },
          { port: 53, name: 'b', protocol: 'UDP' },
          { port: 53, name: 'c' },
        ],
      },
      ['spec.ports[2]: Duplicate value: {"protocol":"TCP","port":53}'],
    ],
    [
      'wants each node port once for a protocol',
      {
        type: 'NodePort',
        ports: [
          { port: 80, name: 'a', nodePort: 30080 },
          { port: 81, name: 'b', nodePort: 30080 },
        ],
      },
      ['spec.ports[1].nodePort: Duplicate value: 30080'],
    ],
    [
      'allows no node port on a ClusterIP',
      { ports: [{ port: 80, nodePort: 30080 }] },
      ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"],
    ],
    [
      'allows no headless NodePort',
      { type: 'NodePort', clusterIP: 'None', selector: { a: 'b' }, ports: PORTS },
      [`spec.clusterIPs[0]: Invalid value: "None": may not be set to 'None' for NodePort services`],
    ],
    [
      'keeps the port of the kubelet to itself',
      { type: 'LoadBalancer', ports: [{ port: 10250 }] },
      ['spec.ports[0]: Invalid value: 10250: may not expose port 10250 externally since it is used by kubelet'],
    ],
    ['wants the name of an ExternalName', { type: 'ExternalName' }, ['spec.externalName: Required value']],
    [
      'gives an ExternalName no addresses',
      {
        type: 'ExternalName',
        externalName: 'a.b',
        clusterIPs: ['10.43.0.7'],
        ipFamilies: ['IPv4'],
        ipFamilyPolicy: 'SingleStack',
      },
      [
        'spec.clusterIPs: Forbidden: may not be set for ExternalName services',
        'spec.ipFamilies: Forbidden: may not be set for ExternalName services',
        'spec.ipFamilyPolicy: Forbidden: may not be set for ExternalName services',
      ],
    ],
    ...['None', '10.43.0.7'].map((clusterIP): [string, Spec, string[]] => [
      `gives an ExternalName no address ${clusterIP}`,
      { type: 'ExternalName', externalName: 'a.b', clusterIP },
      ['spec.clusterIPs: Forbidden: may not be set for ExternalName services'],
    ]),
    [
      'limits affinity to a day',
      { ports: PORTS, sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 86401 } } },
      [
        'spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 86401: must be greater than 0 and less than 86400',
      ],
    ],
    [
      'wants a clusterIP that is one',
      { ports: PORTS, clusterIP: '10.43' },
      ['spec.clusterIPs[0]: Invalid value: "10.43": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'],
    ],
    [
      'wants clusterIP and clusterIPs to agree',
      { ports: PORTS, clusterIP: '10.43.0.7', clusterIPs: ['10.43.0.8'] },
      ['spec.clusterIPs: Invalid value: ["10.43.0.8"]: first value must match `clusterIP`'],
    ],
    [
      'wants clusterIP with clusterIPs',
      { ports: PORTS, clusterIPs: ['10.43.0.8'] },
      ['spec.clusterIPs: Invalid value: ["10.43.0.8"]: must be empty when `clusterIP` is not specified'],
    ],
    [
      'has one family to give',
      { ports: PORTS, ipFamilyPolicy: 'RequireDualStack', ipFamilies: ['IPv4', 'IPv6'] },
      [
        'spec.ipFamilies[1]: Invalid value: "IPv6": not configured on this cluster',
        'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services',
      ],
    ],
    [
      'allows externalTrafficPolicy where there is external traffic',
      { ports: PORTS, externalTrafficPolicy: 'Local' },
      ['spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services'],
    ],
    [
      'keeps what is for LoadBalancers to those',
      { ports: PORTS, allocateLoadBalancerNodePorts: true, loadBalancerClass: 'a/b', loadBalancerSourceRanges: ['x'] },
      [
        "spec.LoadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'",
        'spec.LoadBalancerSourceRanges[0]: Invalid value: "x": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
        "spec.allocateLoadBalancerNodePorts: Forbidden: may only be used when `type` is 'LoadBalancer'",
        "spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'",
      ],
    ],
    [
      'judges external addresses',
      { ports: PORTS, externalIPs: ['x', '127.0.0.1'] },
      [
        'spec.externalIPs[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
        'spec.externalIPs[1]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
      ],
    ],
    [
      'has a health check port where it is asked for',
      { ...NODE_PORT, healthCheckNodePort: 30081 },
      [
        "spec.healthCheckNodePort: Invalid value: 30081: may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
      ],
    ],
    [
      'knows the ways to spread traffic',
      { ports: PORTS, trafficDistribution: 'Near' },
      [
        'spec.trafficDistribution: Unsupported value: "Near": supported values: "PreferClose", "PreferSameNode", "PreferSameZone"',
      ],
    ],
  ];
  for (const [title, spec, causes] of cases) {
    it(title, () => {
      assert.deepEqual(
        strategy.validate(aService(spec)).map(({ field, message }) => `${field}: ${message}`),
        causes,
      );
    });
  }

  it('names the values there are', () => {
    const spec: Spec = JSON.parse('{"type":"Mesh","sessionAffinity":"Cookie","ports":[{"port":80,"protocol":"QUIC"}]}');
    assert.deepEqual(
      strategy.validate(aService(spec)).map(({ field, message }) => `${field}: ${message}`),
      [
        'spec.ports[0].protocol: Unsupported value: "QUIC": supported values: "SCTP", "TCP", "UDP"',
        'spec.sessionAffinity: Unsupported value: "Cookie": supported values: "ClientIP", "None"',
        'spec.type: Unsupported value: "Mesh": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
      ],
    );
  });

  it('is named by a label that starts with a letter', () => {
    assert.match(strategy.validateName?.('1a')[0] ?? '', /^a DNS-1035 label must consist of/);
  });
});

describe('a status of a Service', () => {
  it('gives addresses in status to LoadBalancers only', () => {
    const status = { loadBalancer: { ingress: [{ ip: '192.168.1.9' }, { ip: 'x' }, { hostname: '10.0.0.1' }] } };
    const found = (spec: Spec): string[] => {
      const service = { ...aService(spec), status };
      return (strategy.validateStatusUpdate?.(service, service) ?? []).map(
        ({ field, message }) => `${field}: ${message}`,
      );
    };
    assert.deepEqual(found(CLUSTER), [
      "status.loadBalancer.ingress: Forbidden: may only be used when `spec.type` is 'LoadBalancer'",
    ]);
    assert.deepEqual(found({ ...CLUSTER, type: 'LoadBalancer' }), [
      'status.loadBalancer.ingress[1].ip: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      'status.loadBalancer.ingress[2].hostname: Invalid value: "10.0.0.1": must be a DNS name, not an IP address',
    ]);
  });
});

describe('what kubectl shows of a Service', () => {
  const cases: [spec: Spec, status: Service['status'], cells: string[]][] = [
    [CLUSTER, undefined, ['ClusterIP', '10.43.0.7', '<none>', '80/TCP', '<none>']],
    [{ clusterIP: 'None' }, undefined, ['ClusterIP', 'None', '<none>', '<none>', '<none>']],
    [
      { ...NODE_PORT, selector: { b: 'c', a: 'b' }, externalIPs: ['1.2.3.4', '1.2.3.5'] },
      undefined,
      ['NodePort', '10.43.0.7', '1.2.3.4,1.2.3.5', '80:30080/TCP', 'a=b,b=c'],
    ],
    [
      { ...CLUSTER, type: 'LoadBalancer' },
      { loadBalancer: {} },
      ['LoadBalancer', '10.43.0.7', '<pending>', '80/TCP', '<none>'],
    ],
    [
      { ...CLUSTER, type: 'LoadBalancer', externalIPs: ['1.2.3.4'] },
      { loadBalancer: { ingress: [{ ip: '5.6.7.8' }] } },
      ['LoadBalancer', '10.43.0.7', '5.6.7.8,1.2.3.4', '80/TCP', '<none>'],
    ],
    [
      { type: 'ExternalName', externalName: 'example.com' },
      undefined,
      ['ExternalName', '<none>', 'example.com', '<none>', '<none>'],
    ],
  ];
  for (const [spec, status, cells] of cases) {
    it(cells.join(' '), () => {
      const service = { ...aService(spec), status };
      const shown = SERVICE.columns
        .filter(({ name }) => name !== 'Name' && name !== 'Age')
        .map(({ cell }) => cell(service, 0));
      assert.deepEqual(shown, cells);
    });
  }

  it('warns of what nothing acts on', () => {
    const fields = (spec: Service['spec']) => strategy.warnings?.(aService(spec)).map((text) => text.split(':')[0]);
    assert.deepEqual(fields(CLUSTER), []);
    assert.deepEqual(fields({ ...CLUSTER, type: 'LoadBalancer', externalTrafficPolicy: 'Local' }), []);
    assert.deepEqual(fields({ ...CLUSTER, trafficDistribution: 'PreferClose' }), ['spec.trafficDistribution']);
    assert.deepEqual(fields({ type: 'ExternalName', externalName: 'a.example' }), []);
  });
});
