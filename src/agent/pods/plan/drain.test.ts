import type { EndpointRole } from '../../services/endpoint-role.ts';
import { leavingSeen, type PodMemory } from '../pod-memory.ts';
import { aContainer, aPod, deleted, NOW, running, sandbox } from '../test-builders.ts';
import { ready, table } from './plan-cases.ts';

describe('plan of a deleted pod that Services send connections to', () => {
  const pod = aPod();
  const observed = [sandbox(), running('app')];
  /** @param everywhere of seven changes those that are in the rules of all nodes */
  const seen = (memory: PodMemory, role: EndpointRole, agoMs: number, everywhere: number) =>
    leavingSeen(memory, { role, progress: { held: 7, isCounted: true, everywhere } }, NOW - agoMs);
  const serving = (agoMs: number) => seen(ready(), 'serving', agoMs, 7);
  const leaving = (agoMs: number, everywhere: number) => seen(ready(), 'leaving', agoMs, everywhere);
  const uncounted = { held: 6, isCounted: false, everywhere: 6 };
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
      steps: ['event Killing', 'wake +10s'],
    },
    {
      title: 'waits for the rules of the slowest node once they do',
      pod: deleted(pod),
      observed,
      memory: seen(serving(500), 'leaving', 0, 6),
      steps: ['event Killing', 'wake +9.5s'],
    },
    {
      title: 'waits for the count of what it leaves by, whatever is everywhere',
      pod: deleted(pod),
      observed,
      memory: leavingSeen(serving(500), { role: 'leaving', progress: uncounted }, NOW),
      steps: ['event Killing', 'wake +9.5s'],
    },
    {
      title: 'leaves those who have just connected a moment when no node sends any more',
      pod: deleted(pod),
      observed,
      memory: seen(seen(serving(500), 'leaving', 300, 6), 'leaving', 0, 7),
      steps: ['event Killing', 'wake +1s'],
    },
    {
      title: 'goes by the count that it left by, though nodes lag behind newer changes',
      pod: deleted(pod),
      observed,
      memory: leavingSeen(
        seen(ready(), 'leaving', 1500, 6),
        { role: 'leaving', progress: { held: 9, isCounted: true, everywhere: 7 } },
        NOW - 1000,
      ),
      steps: ['event Killing', 'stop app-0 in 29s'],
    },
    {
      title: 'stops within what is left of its grace',
      pod: deleted(pod),
      observed,
      memory: leaving(1000, 7),
      steps: ['event Killing', 'stop app-0 in 29s'],
    },
    {
      title: 'stops when the master says nothing',
      pod: deleted(pod),
      observed,
      memory: serving(10_000),
      steps: ['event Killing', 'stop app-0 in 20s'],
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
      memory: leaving(0, 7),
      steps: ['event Killing', 'runPreStop', 'wake +30s'],
    },
    {
      title: 'stops at once when the last Service has let go of it',
      pod: deleted(pod),
      observed,
      memory: seen(serving(0), 'none', 0, 7),
      steps: ['event Killing', 'stop app-0 in 30s'],
    },
  ]);
});
