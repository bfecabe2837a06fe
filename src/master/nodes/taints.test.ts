import assert from 'node:assert/strict';
import type { Node, Taint } from '../../api/types.ts';
import { desiredTaints } from './taints.ts';

const NOW = Date.UTC(2026, 0, 1);
const AT = '2026-01-01T00:00:00Z';
const EARLIER = '2025-12-31T23:00:00Z';

type Status = 'True' | 'False' | 'Unknown';

function node(
  ready: Status | undefined,
  options: { taints?: Taint[]; memory?: Status; unschedulable?: boolean } = {},
): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'pi-1' },
    spec: { taints: options.taints, unschedulable: options.unschedulable },
    status: {
      conditions: [
        { type: 'MemoryPressure', status: options.memory ?? 'False' },
        ...(ready ? [{ type: 'Ready', status: ready }] : []),
      ],
    },
  };
}

describe('desiredTaints', () => {
  const user: Taint = { key: 'dedicated', value: 'gpu', effect: 'NoSchedule' };
  const both = (key: string, timeAdded: string): Taint[] => [
    { key, effect: 'NoSchedule', timeAdded },
    { key, effect: 'NoExecute', timeAdded },
  ];
  const cases: [string, Node, readonly Taint[]][] = [
    ['leaves a ready node without taints', node('True'), []],
    ['taints a node that is not ready', node('False'), both('node.kubernetes.io/not-ready', AT)],
    [
      'takes a node that has no Ready condition for not ready',
      node(undefined),
      both('node.kubernetes.io/not-ready', AT),
    ],
    ['taints a silent node unreachable', node('Unknown'), both('node.kubernetes.io/unreachable', AT)],
    [
      'replaces not-ready by unreachable',
      node('Unknown', { taints: both('node.kubernetes.io/not-ready', EARLIER) }),
      both('node.kubernetes.io/unreachable', AT),
    ],
    [
      'takes its own taints off a node that is back',
      node('True', { taints: [user, ...both('node.kubernetes.io/unreachable', EARLIER)] }),
      [user],
    ],
    [
      'taints memory pressure',
      node('True', { memory: 'True' }),
      [{ key: 'node.kubernetes.io/memory-pressure', effect: 'NoSchedule', timeAdded: AT }],
    ],
    [
      'taints a cordoned node',
      node('True', { unschedulable: true }),
      [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', timeAdded: AT }],
    ],
  ];
  for (const [title, object, expected] of cases) {
    it(title, () => assert.deepEqual(desiredTaints(object, NOW, 'allowed'), expected));
  }

  it('keeps the time of a taint that stays, which tolerations count from', () => {
    const held = both('node.kubernetes.io/unreachable', EARLIER);
    const object = node('Unknown', { taints: held });
    assert.equal(desiredTaints(object, NOW, 'allowed'), object.spec.taints);
  });

  it('says that the network is not there, when somebody says so in a condition', () => {
    const object = node('True');
    object.status?.conditions?.push({ type: 'NetworkUnavailable', status: 'True' });
    assert.deepEqual(desiredTaints(object, NOW, 'allowed'), [
      { key: 'node.kubernetes.io/network-unavailable', effect: 'NoSchedule', timeAdded: AT },
    ]);
  });

  const [noSchedule, noExecute] = both('node.kubernetes.io/unreachable', EARLIER);
  const held: [string, Parameters<typeof desiredTaints>[2], (Taint | undefined)[], string[]][] = [
    ['drives nobody from one more node while that is paused', 'paused', [], ['NoSchedule']],
    [
      'goes on driving pods from a node where it had begun',
      'paused',
      [noSchedule, noExecute],
      ['NoSchedule', 'NoExecute'],
    ],
    [
      'takes back what drives pods away when all nodes are lost at once',
      'withdrawn',
      [noSchedule, noExecute],
      ['NoSchedule'],
    ],
  ];
  for (const [title, eviction, taints, effects] of held) {
    it(title, () => {
      const object = node('Unknown', { taints: taints.filter((taint) => taint !== undefined) });
      const desired = desiredTaints(object, NOW, eviction);
      assert.deepEqual(
        desired.map(({ key, effect }) => `${key}:${effect}`),
        effects.map((effect) => `node.kubernetes.io/unreachable:${effect}`),
      );
      assert.deepEqual(desiredTaints({ ...object, spec: { taints: [...desired] } }, NOW, eviction), desired);
    });
  }
});
