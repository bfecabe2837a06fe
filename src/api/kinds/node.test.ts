import assert from 'node:assert/strict';
import type { Node } from '../types.ts';
import { NODE } from './node.ts';

const { strategy } = NODE;

function aNode(spec: Node['spec'] = {}, part: Partial<Node> = {}): Node {
  const node: Node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'pi1' }, spec, ...part };
  strategy.setDefaults?.(node);
  return node;
}

function cellsOf(node: Node): Record<string, unknown> {
  return Object.fromEntries(NODE.columns.map((column) => [column.name, column.cell(node, 0)]));
}

describe('a Node', () => {
  const cases: [title: string, node: Node, causes: string[]][] = [
    ['is right without anything', aNode(), []],
    [
      'is right with taints and ranges',
      aNode({
        podCIDR: '10.42.0.0/24',
        taints: [
          { key: 'a/b', value: 'c', effect: 'NoSchedule' },
          { key: 'a/b', effect: 'NoExecute' },
        ],
      }),
      [],
    ],
    [
      'has each taint once',
      aNode({
        taints: [
          { key: 'a', effect: 'NoSchedule' },
          { key: 'a', value: 'b', effect: 'NoSchedule' },
        ],
      }),
      [
        'spec.taints[1]: Duplicate value: {"key":"a","value":"b","effect":"NoSchedule"}: taints must be unique by key and effect pair',
      ],
    ],
    [
      'has ranges that are some',
      aNode({ podCIDR: 'x' }),
      ['spec.podCIDRs[0]: Invalid value: "x": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'],
    ],
    [
      'has one range of each family',
      aNode({ podCIDRs: ['10.0.0.0/24', '10.0.1.0/24'] }),
      [
        'spec.podCIDRs: Invalid value: ["10.0.0.0/24","10.0.1.0/24"]: may specify no more than one CIDR for each IP family',
      ],
    ],
    [
      'has no negative capacity',
      aNode({}, { status: { capacity: { cpu: '-1' } } }),
      ['status.capacity[cpu]: Invalid value: "-1": must be greater than or equal to 0'],
    ],
  ];
  for (const [title, node, causes] of cases) {
    it(title, () => {
      assert.deepEqual(
        strategy.validate(node).map(({ field, message }) => `${field}: ${message}`),
        causes,
      );
    });
  }

  it('refuses a taint with an effect that is none', () => {
    const taints = JSON.parse('[{ "key": "a", "effect": "Stay" }, { "key": "b", "effect": "" }]');
    assert.deepEqual(
      strategy.validate(aNode({ taints })).map(({ field, message }) => `${field}: ${message}`),
      [
        'spec.taints[0].effect: Unsupported value: "Stay": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"',
        'spec.taints[1].effect: Required value',
      ],
    );
  });

  const changes: [title: string, after: Node['spec'], before: Node['spec'], causes: string[]][] = [
    ['is given its range and provider once', { podCIDR: '10.42.0.0/24', providerID: 'a' }, {}, []],
    ['is cordoned', { unschedulable: true }, {}, []],
    [
      'keeps its range',
      { podCIDR: '10.42.1.0/24' },
      { podCIDR: '10.42.0.0/24' },
      ['spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid'],
    ],
    [
      'keeps its provider',
      {},
      { providerID: 'a' },
      ['spec.providerID: Forbidden: node updates may not change providerID except from "" to valid'],
    ],
    [
      'has no external id to change',
      { externalID: 'a' },
      {},
      ['[]: Forbidden: node updates may only change labels, taints, or capacity'],
    ],
  ];
  for (const [title, after, before, causes] of changes) {
    it(title, () => {
      const found = strategy.validateUpdate?.(aNode(after), aNode(before)) ?? [];
      assert.deepEqual(
        found.map(({ field, message }) => `${field}: ${message}`),
        causes,
      );
    });
  }

  it('shows what it is', () => {
    const node = aNode(
      { unschedulable: true },
      {
        metadata: {
          name: 'pi1',
          labels: {
            'node-role.kubernetes.io/worker': '',
            'node-role.kubernetes.io/control-plane': '',
            'kubernetes.io/role': 'x',
          },
        },
        status: {
          conditions: [{ type: 'Ready', status: 'Unknown' }],
          addresses: [{ type: 'InternalIP', address: '192.168.1.4' }],
        },
      },
    );
    assert.deepEqual(cellsOf(node), {
      Name: 'pi1',
      Status: 'NotReady,SchedulingDisabled',
      Roles: 'control-plane,worker,x',
      Age: '<unknown>',
      Version: '',
      'Internal-IP': '192.168.1.4',
      'External-IP': '<none>',
      'OS-Image': '<unknown>',
      'Kernel-Version': '<unknown>',
      'Container-Runtime': '<unknown>',
    });
  });

  it('is Unknown before its agent has spoken, and Ready when that says so', () => {
    assert.equal(cellsOf(aNode()).Status, 'Unknown');
    assert.equal(cellsOf(aNode()).Roles, '<none>');
    assert.equal(cellsOf(aNode({}, { status: { conditions: [{ type: 'Ready', status: 'True' }] } })).Status, 'Ready');
  });
});
