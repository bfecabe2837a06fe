import assert from 'node:assert/strict';
import { aPod } from '../../../test/lib/builders.ts';
import type { Pod, PodStatus } from '../../api/types.ts';
import { mergePodStatus } from './pod-status.ts';

const NOW = Date.UTC(2026, 0, 1);
const EARLIER = '2025-12-31T00:00:00Z';

function pod(status: PodStatus): Pod {
  return { ...aPod({ node: 'pi-1' }), status };
}

describe('mergePodStatus', () => {
  const held: PodStatus = {
    phase: 'Pending',
    qosClass: 'Burstable',
    conditions: [
      { type: 'PodScheduled', status: 'True', lastTransitionTime: EARLIER },
      { type: 'example.com/gate', status: 'True', lastTransitionTime: EARLIER },
      { type: 'Ready', status: 'False', lastTransitionTime: EARLIER },
    ],
  };

  it('takes the node’s word and keeps the conditions of others', () => {
    const status = mergePodStatus(
      pod(held),
      {
        phase: 'Running',
        podIP: '10.42.0.5',
        conditions: [
          { type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' },
          { type: 'PodScheduled', status: 'False' },
          { type: 'example.com/gate', status: 'False' },
        ],
      },
      NOW,
    );
    assert.equal(status?.phase, 'Running');
    assert.equal(status?.qosClass, 'Burstable');
    assert.deepEqual(
      status?.conditions?.map(({ type, status: value, lastTransitionTime }) => [type, value, lastTransitionTime]),
      [
        ['Ready', 'True', '2026-01-01T00:00:00Z'],
        ['PodScheduled', 'True', EARLIER],
        ['example.com/gate', 'True', EARLIER],
      ],
    );
  });

  it('believes a node that ends the pod, where a mark was taken back, and keeps one that stands', () => {
    const marked = (status: string, reason: string) => [{ type: 'DisruptionTarget', status, reason }];
    const merged = (before: string, told: string, reason = 'TerminationByKubelet') =>
      mergePodStatus(
        pod({ ...held, conditions: marked(before, 'EvictionByEvictionAPI') }),
        { phase: 'Failed', conditions: marked(told, reason) },
        NOW,
      )?.conditions?.map(({ status, reason }) => `${status} ${reason}`);
    assert.deepEqual(merged('False', 'True'), ['True TerminationByKubelet']);
    assert.deepEqual(merged('False', 'False'), ['False EvictionByEvictionAPI']);
    assert.deepEqual(merged('True', 'True'), ['True EvictionByEvictionAPI']);
    assert.deepEqual(merged('False', 'True', 'EvictionByEvictionAPI'), ['False EvictionByEvictionAPI']);
  });

  it('keeps the time of a condition that did not change', () => {
    const reported: PodStatus = {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: '2026-01-01T00:00:00Z' }],
    };
    const status = mergePodStatus(pod(held), reported, NOW);
    assert.equal(status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime, EARLIER);
  });

  it('has nothing to write when the report says what is there', () => {
    const reported: PodStatus = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
    const first = mergePodStatus(pod(held), reported, NOW);
    assert.ok(first);
    assert.equal(mergePodStatus(pod(first), reported, NOW + 5000), undefined);
  });
});
