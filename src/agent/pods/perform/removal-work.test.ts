import assert from 'node:assert/strict';
import { systemClock } from '../../../lib/clock.ts';
import type { Logger } from '../../../lib/logger.ts';
import { RuntimeError } from '../../runtime/runtime.ts';
import { memoryOf } from '../container-memory.ts';
import { freshMemory } from '../pod-memory.ts';
import { NOW } from '../test-builders.ts';
import { removeContainer } from './removal-work.ts';

/** An engine that answers every removal with `error`, and the levels of what is logged about it. */
function engineThatSays(error: RuntimeError | undefined) {
  const levels: string[] = [];
  const log = { warn: () => levels.push('warn'), debug: () => levels.push('debug') } as unknown as Logger;
  const removeContainer = async () => {
    if (error) throw error;
  };
  return { levels, options: { runtime: { removeContainer }, clock: { ...systemClock, now: () => NOW }, log } };
}

describe('removing a container', () => {
  const memory = freshMemory(NOW);

  it('remembers that the engine could not, and says so once', async () => {
    const { levels, options } = engineThatSays(new RuntimeError('Internal', 'device or resource busy'));
    const first = await removeContainer('c1', memory, options);
    const known = first.update(memory);
    assert.equal(first.isDone, false);
    assert.equal(memoryOf(known, 'c1').removalFailure?.retryAt, NOW + 2000);
    const second = (await removeContainer('c1', known, options)).update(known);
    assert.equal(memoryOf(second, 'c1').removalFailure?.retryAt, NOW + 4000);
    assert.deepEqual(levels, ['warn', 'debug']);
  });

  it('is done when the engine did it', async () => {
    const { options } = engineThatSays(undefined);
    const { update, isDone } = await removeContainer('c1', memory, options);
    assert.equal(isDone, true);
    assert.equal(update(memory), memory);
  });

  it('fails as a whole when the engine is away', async () => {
    const { options } = engineThatSays(new RuntimeError('Unavailable', 'no such socket'));
    await assert.rejects(removeContainer('c1', memory, options), { code: 'Unavailable' });
  });
});
