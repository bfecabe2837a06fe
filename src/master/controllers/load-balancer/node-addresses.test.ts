import assert from 'node:assert/strict';
import type { Node } from '../../../api/types.ts';
import { balancingAddresses } from './node-addresses.ts';

const EXCLUDED = { 'node.kubernetes.io/exclude-from-external-load-balancers': '' };

function aNode(
  name: string,
  addresses: [type: string, address: string][],
  facts: { ready?: string; labels?: object } = {},
): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { ...facts.labels } },
    spec: {},
    status: {
      addresses: addresses.map(([type, address]) => ({ type, address })),
      conditions: [{ type: 'Ready', status: facts.ready ?? 'True' }],
    },
  };
}

describe('the addresses of nodes for load balancing', () => {
  const cases: [what: string, nodes: Node[], expected: string[]][] = [
    ['none without nodes', [], []],
    [
      'the inner ones, in numeric order',
      [
        aNode('b', [
          ['InternalIP', '192.168.1.20'],
          ['Hostname', 'b'],
        ]),
        aNode('a', [['InternalIP', '192.168.1.9']]),
      ],
      ['192.168.1.9', '192.168.1.20'],
    ],
    [
      'the outer one of a node that has one',
      [
        aNode('a', [
          ['InternalIP', '192.168.1.9'],
          ['ExternalIP', '203.0.113.9'],
        ]),
        aNode('b', [['InternalIP', '192.168.1.20']]),
      ],
      ['192.168.1.20', '203.0.113.9'],
    ],
    [
      'of Ready nodes alone',
      [aNode('a', [['InternalIP', '192.168.1.9']], { ready: 'Unknown' }), aNode('b', [['InternalIP', '192.168.1.20']])],
      ['192.168.1.20'],
    ],
    [
      'not of nodes that are labelled to be left out',
      [aNode('a', [['InternalIP', '192.168.1.9']], { labels: EXCLUDED })],
      [],
    ],
    ['of IPv4', [aNode('a', [['InternalIP', 'fd00::9']])], []],
  ];
  for (const [what, nodes, expected] of cases) {
    it(`are ${what}`, () => assert.deepEqual(balancingAddresses(nodes), expected));
  }
});
