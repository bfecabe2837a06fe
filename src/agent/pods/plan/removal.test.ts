import assert from 'node:assert/strict';
import { removalFailed } from '../container-memory.ts';
import { goneReported, networkAttached, type PodMemory, tornDown } from '../pod-memory.ts';
import { aContainer, aPod, deadSandbox, deleted, exited, NOW, running, sandbox } from '../test-builders.ts';
import { EngineModel } from './engine-model.ts';
import { failure, ready, table } from './plan-cases.ts';

const stuck = (memory: PodMemory, ...ids: string[]) =>
  ids.reduce((known, id) => removalFailed(known, id, failure('FailedRemove')), memory);

describe('plan of containers that the engine cannot remove', () => {
  const job = aPod({ restartPolicy: 'Never' });
  const replaced = [sandbox({ attempt: 1 }), deadSandbox(), exited('app', 137)];
  table([
    {
      title: 'starts what has to run all the same',
      observed: replaced,
      memory: stuck(networkAttached(ready('app'), 'sandbox-1'), 'sandbox-0'),
      steps: ['start app#1 then 10s', 'wake +2s'],
    },
    {
      title: 'tries again after the back-off',
      observed: [sandbox(), running('app', { attempt: 2 }), exited('app', 1, { attempt: 1 }), exited('app', 1)].concat(
        exited('app', 1, { attempt: 0, id: 'older' }),
      ),
      memory: removalFailed(stuck(ready(), 'app-0'), 'older', failure('FailedRemove', 2000)),
      steps: ['remove older', 'wake +2s'],
    },
    {
      title: 'goes on without a half-made one',
      observed: [sandbox(), running('app', { attempt: 1, id: 'half', state: 'created' })],
      memory: stuck(ready('app'), 'half'),
      steps: ['start app#0', 'wake +2s'],
    },
    {
      title: 'takes the rest of a deleted pod away and says so',
      pod: deleted(aPod()),
      observed: [sandbox(), exited('app', 0)],
      memory: stuck(ready(), 'app-0'),
      steps: ['remove sandbox-0', 'tearDown', 'reportGone', 'wake +2s'],
    },
    {
      title: 'leaves volumes and address to a sandbox that runs on, and tells nothing',
      pod: deleted(aPod()),
      observed: [sandbox()],
      memory: stuck(ready(), 'sandbox-0'),
      steps: ['wake +2s'],
    },
    {
      title: 'lets volumes and address of a finished pod go',
      pod: job,
      observed: [deadSandbox(), exited('app', 0)],
      memory: stuck(ready(), 'sandbox-0'),
      steps: ['tearDown', 'wake +2s'],
    },
    {
      title: 'keeps at it when the master knows the pod no more',
      pod: undefined,
      observed: [exited('app', 0), exited('b', 0)],
      memory: goneReported(stuck(tornDown(ready()), 'app-0', 'b-0')),
      steps: ['wake +2s'],
    },
  ]);

  it('restarts and deletes their pod, and takes them away once that works', () => {
    const engine = new EngineModel(aPod({ containers: [aContainer('app'), aContainer('b')] }), NOW);
    engine.unremovable.add('app');
    engine.settle();
    for (let i = 0; i < 4; i += 1) {
      engine.kill('app');
      engine.settle();
    }
    assert.equal(engine.running().length, 3);
    engine.pod = engine.pod && deleted(engine.pod);
    engine.settle();
    assert.equal(engine.memory.isGoneReported, true);
    assert.equal(engine.memory.isTornDown, true);
    assert.deepEqual(new Set(engine.containers.map((c) => c.containerName)), new Set(['app']));
    engine.pod = undefined;
    engine.unremovable.clear();
    assert.ok(engine.settle());
    assert.deepEqual(engine.containers, []);
  });
});
