import assert from 'node:assert/strict';
import { aNode } from '../../../test/lib/builders.ts';
import type { Node, NodeCondition } from '../../api/types.ts';
import { eventsOfChange, registeredEvent, removingEvent, scheduleEvents } from './node-events.ts';

function having(conditions: Record<string, NodeCondition['status']>): Node {
  const node = aNode('pi-1');
  return { ...node, status: { conditions: Object.entries(conditions).map(([type, status]) => ({ type, status })) } };
}

describe('events of a node', () => {
  const cases: [string, Record<string, NodeCondition['status']>, Record<string, NodeCondition['status']>, string[]][] =
    [
      [
        'tell what a new node has',
        {},
        { MemoryPressure: 'False', DiskPressure: 'False', PIDPressure: 'False', Ready: 'True' },
        [
          'kubelet NodeHasSufficientMemory',
          'kubelet NodeHasNoDiskPressure',
          'kubelet NodeHasSufficientPID',
          'kubelet NodeReady',
        ],
      ],
      ['tell of nothing that stayed', { Ready: 'True' }, { Ready: 'True' }, []],
      ['tell of pressure', { DiskPressure: 'False' }, { DiskPressure: 'True' }, ['kubelet NodeHasDiskPressure']],
      ['tell that the node says it is not ready', { Ready: 'True' }, { Ready: 'False' }, ['kubelet NodeNotReady']],
      [
        'tell once that nothing is heard of it',
        { MemoryPressure: 'False', Ready: 'True' },
        { MemoryPressure: 'Unknown', Ready: 'Unknown' },
        ['node-controller NodeNotReady'],
      ],
      ['tell nothing of a silent node that was not ready', { Ready: 'False' }, { Ready: 'Unknown' }, []],
      [
        'tell of its return',
        { MemoryPressure: 'Unknown', Ready: 'Unknown' },
        { MemoryPressure: 'False', Ready: 'True' },
        ['kubelet NodeHasSufficientMemory', 'kubelet NodeReady'],
      ],
      ['tell nothing of conditions that are others’', { Hot: 'False' }, { Hot: 'True' }, []],
    ];
  for (const [title, before, after, expected] of cases) {
    it(title, () => {
      const events = eventsOfChange(having(before), having(after));
      assert.deepEqual(
        events.map(({ component, reason }) => `${component} ${reason}`),
        expected,
      );
      for (const { type, reason, message } of events) {
        assert.deepEqual([type, message], ['Normal', `Node pi-1 status is now: ${reason}`]);
      }
    });
  }

  it('tell of cordon and uncordon', () => {
    const [open, closed] = [aNode('pi-1'), aNode('pi-1', { spec: { unschedulable: true } })];
    assert.deepEqual(
      [scheduleEvents(open, closed), scheduleEvents(closed, open), scheduleEvents(open, open)].map((events) =>
        events.map(({ message, host }) => [message, host]),
      ),
      [
        [['Node pi-1 status is now: NodeNotSchedulable', 'pi-1']],
        [['Node pi-1 status is now: NodeSchedulable', 'pi-1']],
        [],
      ],
    );
  });

  it('tell of its coming and going in Kubernetes’ words', () => {
    assert.equal(registeredEvent(aNode('pi-1')).message, 'Node pi-1 event: Registered Node pi-1 in Controller');
    assert.equal(removingEvent(aNode('pi-1')).message, 'Node pi-1 event: Removing Node pi-1 from Controller');
  });
});
