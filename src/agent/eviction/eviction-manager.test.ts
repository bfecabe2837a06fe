import assert from 'node:assert/strict';
import { eventually } from '../../../test/lib/eventually.ts';
import { ManualClock } from '../../../test/lib/manual-clock.ts';
import { createLogger } from '../../lib/logger.ts';
import { aPod } from '../pods/test-builders.ts';
import { RuntimeError } from '../runtime/runtime.ts';
import { EvictionManager } from './eviction-manager.ts';
import { parseThresholds } from './thresholds.ts';

/** A node whose disk is full, and stays so. */
function onFullDisk(reclaimDisk: () => Promise<void>) {
  const seen = { evicted: [] as string[], reclaims: 0 };
  const clock = new ManualClock();
  const manager = new EvictionManager({
    config: { thresholds: parseThresholds('nodefs.available<10%'), transitionMs: 0, maxGraceSeconds: 0 },
    observe: async () => new Map([['nodefs.available', { available: 1, capacity: 100 }]]),
    activePods: () => [aPod()],
    readUsage: async () => new Map(),
    reclaimDisk: async () => {
      seen.reclaims += 1;
      await reclaimDisk();
    },
    evict: async ({ metadata }) => void seen.evicted.push(metadata.name ?? ''),
    onChange: () => {},
    reports: { event: () => {} },
    clock,
    log: createLogger('silent'),
  });
  return { manager, seen, clock };
}

describe('a full disk', () => {
  it('has a pod evicted though nothing else of it can be freed', async () => {
    const { manager, seen } = onFullDisk(() => Promise.reject(new RuntimeError('DiskFull', 'no space left on device')));
    manager.start();
    await eventually(() => assert.deepEqual(seen.evicted, ['web']));
    await manager.stop();
  });

  for (const [title, error] of [
    ['while the engine is away', new RuntimeError('Unavailable', 'is dockerd running?')],
    ['when freeing it was broken off', new DOMException('the agent is stopping', 'AbortError')],
  ] as const) {
    it(`has no pod evicted ${title}`, async () => {
      const { manager, seen, clock } = onFullDisk(() => Promise.reject(error));
      manager.start();
      await eventually(() => {
        clock.advance(10_000);
        assert.ok(seen.reclaims > 1);
      });
      await manager.stop();
      assert.deepEqual(seen.evicted, []);
    });
  }
});
