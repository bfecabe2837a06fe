import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { aPod } from '../../../../test/lib/builders.ts';
import { ManualClock } from '../../../../test/lib/manual-clock.ts';
import { POD } from '../../../api/kinds/pod.ts';
import { keyOf } from '../../../api/registry.ts';
import type { Pod, PodCondition } from '../../../api/types.ts';
import { createLogger } from '../../../lib/logger.ts';
import { TestApi } from '../../scheduler/test-api.ts';
import { Controller } from '../controller.ts';
import { judge, staleDisruptionController } from './stale-condition.ts';

const NOW = Date.parse('2026-01-01T00:10:00Z');
const READY: PodCondition = { type: 'Ready', status: 'True' };

function marked(secondsAgo: number, mark: Partial<PodCondition> = {}, of: Parameters<typeof aPod>[0] = {}): Pod {
  const pod = aPod({ phase: 'Running', ...of });
  const condition: PodCondition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'PreemptionByScheduler',
    message: 'preempting',
    lastTransitionTime: new Date(NOW - secondsAgo * 1000).toISOString(),
    ...mark,
  };
  return { ...pod, status: { ...pod.status, conditions: [condition, READY] } };
}

describe('the mark of a pod that is to be ended from outside', () => {
  const cases: [title: string, pod: Pod, done: string][] = [
    ['is left for two minutes', marked(30), 'wait 90000'],
    ['is taken back then', marked(120), 'takeBack'],
    ['is looked at soon when the date was set back', marked(-1e9), 'wait 120000'],
    ['is left when the pod goes', marked(500, {}, { deleted: true }), 'nothing'],
    ['is left when the pod has failed', marked(500, {}, { phase: 'Failed' }), 'nothing'],
    ['is left when the pod has succeeded', marked(500, {}, { phase: 'Succeeded' }), 'nothing'],
    ['is left when its node ends it', marked(500, { reason: 'TerminationByKubelet' }), 'nothing'],
    ['is taken back once', marked(500, { status: 'False' }), 'nothing'],
    ['is not made where there is none', aPod(), 'nothing'],
  ];
  for (const [title, pod, done] of cases) {
    it(title, () => {
      const decision = judge(pod, NOW);
      assert.equal(decision.do === 'wait' ? `wait ${decision.ms}` : decision.do, done);
    });
  }

  it('tells when it was taken back, and of what it was', () => {
    const decision = judge(marked(500), NOW);
    assert.ok(decision.do === 'takeBack');
    assert.deepEqual(decision.pod.status?.conditions, [
      {
        type: 'DisruptionTarget',
        status: 'False',
        reason: 'PreemptionByScheduler',
        message: 'preempting',
        observedGeneration: 1,
        lastTransitionTime: '2026-01-01T00:10:00Z',
      },
      READY,
    ]);
    assert.deepEqual(judge(decision.pod, NOW + 500_000), { do: 'nothing' });
  });

  it('is taken back when its time is over, without another event', async () => {
    const api = new TestApi();
    const clock = new ManualClock(NOW);
    const parts = { ...api, clock, events: { record: () => undefined }, log: createLogger('silent') };
    const controller = new Controller(staleDisruptionController(parts), parts);
    controller.start();
    const pod = api.put(marked(0));
    const statusIn = async (ms: number) => {
      clock.advance(ms);
      for (let i = 0; i < 20; i++) await turn();
      return api.cache.get(POD, keyOf(pod))?.status?.conditions?.[0]?.status;
    };
    assert.equal(await statusIn(0), 'True');
    assert.equal(await statusIn(119_000), 'True');
    assert.equal(await statusIn(1000), 'False');
    await controller.stop();
  });
});
