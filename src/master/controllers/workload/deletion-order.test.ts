import assert from 'node:assert/strict';
import { aPod } from '../../../../test/lib/builders.ts';
import type { Pod, PodStatus } from '../../../api/types.ts';
import { chooseVictims } from './deletion-order.ts';

const NOW = Date.parse('2030-01-02T00:00:00Z');
const at = (secondsAgo: number) => new Date(NOW - secondsAgo * 1000).toISOString();

interface Facts {
  node?: string;
  phase?: PodStatus['phase'];
  readyFor?: number;
  cost?: string;
  restarts?: number;
  age?: number;
}

function pod(name: string, facts: Facts): Pod {
  const { node = 'pi-1', phase = 'Running', readyFor = 1000, cost, restarts = 0, age = 5000 } = facts;
  const made = aPod({ name, node, phase });
  const container = { name: 'main', restartCount: restarts, ready: true, image: '', imageID: '' };
  const ready = { type: 'Ready', status: readyFor < 0 ? 'False' : 'True', lastTransitionTime: at(Math.abs(readyFor)) };
  made.status = { phase, conditions: [ready], containerStatuses: [container] };
  made.metadata.creationTimestamp = at(age);
  if (cost !== undefined) made.metadata.annotations = { 'controller.kubernetes.io/pod-deletion-cost': cost };
  return made;
}

describe('the order in which surplus pods go', () => {
  const cases: [title: string, first: Facts, second: Facts][] = [
    ['without a node before with one', { node: '' }, { phase: 'Pending', readyFor: -1 }],
    ['pending before running', { phase: 'Pending', readyFor: 9 }, { readyFor: -1 }],
    ['not ready before ready', { readyFor: -5000, cost: '100' }, { readyFor: 1 }],
    ['cheaper before dearer', { cost: '-5' }, { readyFor: 1, cost: '0' }],
    ['by no cost when the cost is no number', { cost: 'x', readyFor: 1 }, { cost: '0', readyFor: 5000 }],
    ['ready for a shorter time first', { readyFor: 10 }, { readyFor: 1000, restarts: 9 }],
    ['more restarts first', { restarts: 2 }, { restarts: 1, age: 1 }],
    ['younger first', { age: 100 }, { age: 5000 }],
  ];
  for (const [title, first, second] of cases) {
    it(`is ${title}`, () => {
      // Names the wrong way round, so that the last resort does not help.
      const [a, b] = [pod('b', first), pod('a', second)];
      for (const pods of [
        [a, b],
        [b, a],
      ]) {
        assert.deepEqual(chooseVictims(pods, 1, { related: pods, now: NOW }), [a]);
      }
    });
  }

  it('is doubled up on a node first, counting pods of sibling sets', () => {
    const [alone, doubled] = [pod('a', { node: 'pi-1' }), pod('b', { node: 'pi-2' })];
    const related = [alone, doubled, pod('other', { node: 'pi-2' })];
    assert.deepEqual(chooseVictims([alone, doubled], 1, { related, now: NOW }), [doubled]);
  });

  it('does not tell ages of one magnitude apart', () => {
    const [older, younger] = [pod('a', { age: 5000, readyFor: 4900 }), pod('b', { age: 4800, readyFor: 4700 })];
    assert.deepEqual(chooseVictims([younger, older], 1, { related: [], now: NOW }), [older]);
  });

  it('takes all when all have to go, and none when none has', () => {
    const pods = [pod('a', {}), pod('b', {})];
    assert.deepEqual(chooseVictims(pods, 2, { related: pods, now: NOW }), pods);
    assert.deepEqual(chooseVictims(pods, -1, { related: pods, now: NOW }), []);
  });
});
