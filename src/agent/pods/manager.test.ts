import assert from 'node:assert/strict';
import { eventually } from '../../../test/lib/eventually.ts';
import { ManualClock } from '../../../test/lib/manual-clock.ts';
import type { Pod } from '../../api/types.ts';
import { createLogger } from '../../lib/logger.ts';
import { type ObservedContainer, type Runtime, RuntimeError } from '../runtime/runtime.ts';
import { PodManager, type PodManagerOptions } from './manager.ts';
import { aPod, exited, UID } from './test-builders.ts';

/** Only what these tests reach of the engine; its event stream stays open until the agent stops. */
interface Engine {
  list(podUid?: string): Promise<ObservedContainer[]>;
  removeContainer?(id: string): Promise<void>;
}

function aManager(engine: Engine, pod: Pod, clock = new ManualClock()): PodManager {
  const events: Runtime['events'] = (_, signal) =>
    new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
  const assignments = { isComplete: true, pods: new Map([[UID, pod]]), subscribe: () => () => {} };
  const options: Partial<PodManagerOptions> = {
    runtime: { ...engine, events } as Partial<Runtime> as Runtime,
    assignments: assignments as Partial<PodManagerOptions['assignments']> as PodManagerOptions['assignments'],
    contact: { silenceMs: 0, subscribe: () => () => {} },
    standings: { subscribe: () => () => {} } as Partial<
      PodManagerOptions['standings']
    > as PodManagerOptions['standings'],
    clock,
    log: createLogger('silent'),
    dataDir: '/nowhere',
  };
  return new PodManager(options as PodManagerOptions);
}

describe('the pods of a node', () => {
  describe('when the engine refused one connection and its event stream stayed open', () => {
    let clock: ManualClock;
    let passes: number;
    let manager: PodManager;
    let changes: boolean[];
    beforeEach(async () => {
      clock = new ManualClock();
      [passes, changes] = [0, []];
      const list = async (podUid?: string) => {
        if (podUid === undefined) return [];
        passes += 1;
        throw new RuntimeError('Unavailable', 'cannot list containers');
      };
      manager = aManager({ list }, aPod(), clock);
      manager.runtimeHealth.subscribe(() => changes.push(manager.runtimeHealth.isUp));
      manager.start();
      // The first sweep found the engine up and woke the pod, which did not reach it.
      await eventually(() => assert.deepEqual(changes.slice(-2), [true, false]));
    });
    afterEach(() => manager.stop());

    it('are tried again after a while', async () => {
      const before = passes;
      clock.advance(5_000);
      await eventually(() => assert.ok(passes > before));
    });

    it('see it back with the next relist', async () => {
      const before = changes.length;
      clock.advance(60_000);
      await eventually(() => assert.equal(changes[before], true));
    });
  });

  it('lose the other ended containers when one cannot be removed', async () => {
    const here = ['stuck', 'other'].map((name) => exited(name, 0));
    const removed: string[] = [];
    const manager = aManager(
      {
        list: async () => here,
        removeContainer: async (id) => {
          if (id.startsWith('stuck')) throw new RuntimeError('Internal', 'device or resource busy');
          removed.push(id);
        },
      },
      aPod({}, {}, { phase: 'Failed' }),
    );
    await manager.removeEndedContainers();
    assert.deepEqual(removed, ['other-0']);
  });
});
