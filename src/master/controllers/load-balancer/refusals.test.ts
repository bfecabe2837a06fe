import assert from 'node:assert/strict';
import { NODE_ADDRESSES_CLASS } from '../../../api/kinds/service/load-balancer.ts';
import { nodeOwnPorts } from '../../../api/kinds/service/own-ports.ts';
import type { Service } from '../../../api/types.ts';
import { refusals } from './refusals.ts';

const VIEW = { nodeAddresses: new Set(['192.168.1.11', '192.168.1.12']), ownPorts: nodeOwnPorts([7443]) };

/** The later in the alphabet, the younger. */
function aService(name: string, spec: Partial<Service['spec']> = {}): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name,
      namespace: 'default',
      creationTimestamp: `2026-01-01T00:00:0${name.charCodeAt(0) - 97}Z`,
    },
    spec: { type: 'LoadBalancer', ports: [{ port: 80 }], ...spec },
  };
}

describe('Services that want ports of nodes', () => {
  const heldBy = (port: string, by: string) => ({ kind: 'held', port, by: `default/${by}` });
  const held = (port: string, by: string) => ({ balanced: heldBy(port, by), external: undefined });
  const own = (port: string) => ({ balanced: { kind: 'own', port }, external: undefined });
  const cases: [what: string, services: Service[], refused: Record<string, object>][] = [
    ['get them', [aService('a'), aService('b', { ports: [{ port: 443 }] })], {}],
    ['yield to the older one, in whatever order they come', [aService('b'), aService('a')], { b: held('80/TCP', 'a') }],
    [
      'yield to the first by name of those of one second',
      ['x', 'w'].map((name) => ({ ...aService('a'), metadata: { ...aService('a').metadata, name } })),
      { x: held('80/TCP', 'w') },
    ],
    [
      'share a number between protocols',
      [aService('a'), aService('b', { ports: [{ port: 80, protocol: 'UDP' }] })],
      {},
    ],
    [
      'get all of their ports or none, and hold none while they wait',
      [
        aService('a'),
        aService('b', {
          ports: [
            { name: 'x', port: 80 },
            { name: 'y', port: 443 },
          ],
        }),
        aService('c', { ports: [{ port: 443 }] }),
      ],
      { b: held('80/TCP', 'a') },
    ],
    [
      'do not get what nodes need themselves',
      [22, 6443, 6444, 7443].map((port, index) => aService('abcd'[index] ?? '', { ports: [{ port }] })),
      { a: own('22/TCP'), b: own('6443/TCP'), c: own('6444/TCP'), d: own('7443/TCP') },
    ],
    ['may have the same numbers of UDP', [aService('a', { ports: [{ port: 22, protocol: 'UDP' }] })], {}],
    [
      'do not get another one’s node port, however old they are',
      [
        aService('a', { ports: [{ port: 30080 }] }),
        aService('b', { type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] }),
      ],
      { a: held('30080/TCP', 'b') },
    ],
    ['may have their own node port', [aService('a', { ports: [{ port: 30080, nodePort: 30080 }] })], {}],
    [
      'do not get the port that another one’s health is asked at',
      [
        aService('a', { ports: [{ port: 30090 }] }),
        aService('b', { externalTrafficPolicy: 'Local', healthCheckNodePort: 30090 }),
      ],
      { a: held('30090/TCP', 'b') },
    ],
    [
      'share a number at different nodes',
      [aService('a', { loadBalancerIP: '192.168.1.11' }), aService('b', { loadBalancerIP: '192.168.1.12' })],
      {},
    ],
    [
      'clash at one node with those at all of them',
      [aService('a', { loadBalancerIP: '192.168.1.11' }), aService('b')],
      { b: held('80/TCP', 'a') },
    ],
    [
      'clash with what an older one has as its external address',
      [aService('a', { type: 'ClusterIP', externalIPs: ['192.168.1.12'] }), aService('b')],
      { b: held('80/TCP', 'a') },
    ],
    [
      'are not disturbed by external addresses that are no node’s, and not by other classes',
      [
        aService('a', { type: 'ClusterIP', externalIPs: ['192.168.1.99'] }),
        aService('b', { loadBalancerClass: 'example.com/internal' }),
        aService('c', { loadBalancerClass: NODE_ADDRESSES_CLASS }),
      ],
      {},
    ],
  ];
  const externally = (external: object) => ({ balanced: undefined, external });
  cases.push(
    [
      'do not get nodes’ own ports as external addresses’ either, unless these are no node’s',
      [
        aService('a', { type: 'ClusterIP', externalIPs: ['192.168.1.11'], ports: [{ port: 22 }] }),
        aService('b', { type: 'ClusterIP', externalIPs: ['192.168.1.99'], ports: [{ port: 22 }] }),
      ],
      { a: externally({ kind: 'own', port: '22/TCP' }) },
    ],
    [
      'are told whose their external address’s port is, and put it before a node port',
      [
        aService('a', { type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] }),
        aService('b', { ports: [{ port: 30081 }] }),
        aService('c', { type: 'ClusterIP', externalIPs: ['192.168.1.11'], ports: [{ port: 30080 }] }),
        aService('d', { type: 'ClusterIP', externalIPs: ['192.168.1.12'], ports: [{ port: 30081 }] }),
      ],
      { d: externally(heldBy('30081/TCP', 'b')) },
    ],
  );
  for (const [what, services, expected] of cases) {
    it(what, () => {
      const refused = [...refusals(services, VIEW)].map(([key, refusal]) => [key.replace('default/', ''), refusal]);
      assert.deepEqual(Object.fromEntries(refused), expected);
    });
  }
});
