import { leavingSeen } from '../pod-memory.ts';
import { aContainer, aPod, deleted, NOW, running, sandbox } from '../test-builders.ts';
import { ready, table } from './plan-cases.ts';

describe('plan of a deleted pod that Services send connections to', () => {
  const pod = aPod();
  const observed = [sandbox(), running('app')];
  const serving = (agoMs: number) => leavingSeen(ready(), 'serving', NOW - agoMs);
  const leaving = (agoMs: number) => leavingSeen(ready(), 'leaving', NOW - agoMs);
  const hooked = aPod({ containers: [aContainer('app', { lifecycle: { preStop: { sleep: { seconds: 3 } } } })] });
  table([
    {
      title: 'stops at once where no Service has it',
      pod: deleted(pod),
      observed,
      steps: ['event Killing', 'stop app-0 in 30s'],
    },
    {
      title: 'waits for the slices to say that it leaves, for some seconds at most',
      pod: deleted(pod),
      observed,
      memory: serving(0),
      steps: ['event Killing', 'wake +5s'],
    },
    {
      title: 'waits for the rules of the nodes once they do',
      pod: deleted(pod),
      observed,
      memory: leavingSeen(serving(500), 'leaving', NOW),
      steps: ['event Killing', 'wake +1s'],
    },
    {
      title: 'stops within what is left of its grace',
      pod: deleted(pod),
      observed,
      memory: leaving(1000),
      steps: ['event Killing', 'stop app-0 in 29s'],
    },
    {
      title: 'stops when the master says nothing',
      pod: deleted(pod),
      observed,
      memory: serving(5000),
      steps: ['event Killing', 'stop app-0 in 25s'],
    },
    {
      title: 'takes no more than half of a short grace',
      pod: deleted(pod, 4),
      observed,
      memory: serving(500),
      steps: ['event Killing', 'wake +1.5s'],
    },
    {
      title: 'does not wait with a grace of a second, or none',
      pod: deleted(pod, 1),
      observed,
      memory: serving(0),
      steps: ['event Killing', 'stop app-0 in 1s'],
    },
    {
      title: 'runs hooks meanwhile',
      pod: deleted(hooked),
      observed,
      memory: leaving(0),
      steps: ['event Killing', 'runPreStop', 'wake +30s'],
    },
    {
      title: 'stops at once when the last Service has let go of it',
      pod: deleted(pod),
      observed,
      memory: leavingSeen(serving(0), 'none', NOW),
      steps: ['event Killing', 'stop app-0 in 30s'],
    },
  ]);
});
