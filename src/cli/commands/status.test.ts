import assert from 'node:assert/strict';
import { aNode, aPod } from '../../../test/lib/builders.ts';
import { overview } from './status.ts';

describe('bramble status', () => {
  it('says what to do without a node', () => assert.match(overview([], []), /bramble token create/));

  it('counts running pods by node and lists those that wait', () => {
    const pods = [
      aPod({ name: 'a', node: 'pi-1', phase: 'Running' }),
      aPod({ name: 'b', node: 'pi-1' }),
      aPod({ name: 'c', node: 'pi-1', phase: 'Succeeded' }),
    ];
    assert.equal(
      overview([aNode('pi-1')], pods),
      [
        'NODE   STATUS   ADDRESS   PODS RUNNING',
        'pi-1   Ready    <none>    1/3',
        '',
        'NAMESPACE   POD   PHASE     NODE',
        'default     b     Pending   pi-1',
      ].join('\n'),
    );
  });
});
