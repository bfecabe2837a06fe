import assert from 'node:assert/strict';
import type { Node } from '../../api/types.ts';
import { conditionEvents } from './node-events.ts';

function aNode(...conditions: [string, string][]): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'pi-1' },
    spec: {},
    status: {
      conditions: conditions.map(([type, status]) => ({ type, status, reason: `${type}${status}`, message: 'words' })),
    },
  };
}

describe('events of a node', () => {
  const cases: [string, Node | undefined, Node, string[]][] = [
    [
      'tell how it is at the start',
      undefined,
      aNode(['MemoryPressure', 'False'], ['SlowDisk', 'False'], ['Ready', 'True']),
      ['Normal NodeHasSufficientMemory', 'Normal NodeReady'],
    ],
    [
      'tell nothing that is the same',
      aNode(['DiskPressure', 'True'], ['Ready', 'False']),
      aNode(['DiskPressure', 'True'], ['Ready', 'False']),
      [],
    ],
    [
      'tell a pressure that came and one that went',
      aNode(['MemoryPressure', 'True'], ['DiskPressure', 'False']),
      aNode(['MemoryPressure', 'False'], ['DiskPressure', 'True']),
      ['Normal NodeHasSufficientMemory', 'Normal NodeHasDiskPressure'],
    ],
    ['warn of bad health', aNode(['SlowDisk', 'False']), aNode(['SlowDisk', 'True']), ['Warning SlowDiskTrue']],
    ['tell when that is over', aNode(['SlowDisk', 'True']), aNode(['SlowDisk', 'False']), ['Normal SlowDiskFalse']],
  ];
  for (const [title, before, after, expected] of cases) {
    it(title, () =>
      assert.deepEqual(
        conditionEvents(before, after).map(({ type, reason }) => `${type} ${reason}`),
        expected,
      ),
    );
  }

  it('are worded as kubelet words them', () => {
    assert.equal(
      conditionEvents(undefined, aNode(['Ready', 'False']))[0]?.message,
      'Node pi-1 status is now: NodeNotReady',
    );
  });
});
