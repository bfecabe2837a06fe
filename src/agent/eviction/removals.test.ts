import assert from 'node:assert/strict';
import { createLogger, type Logger } from '../../lib/logger.ts';
import { RuntimeError } from '../runtime/runtime.ts';
import { Removals } from './removals.ts';

const THINGS = ['a', 'b', 'c'].map((id) => ({ id }));

describe('removing what holds disk', () => {
  let told: string[];
  let removals: Removals;
  beforeEach(() => {
    told = [];
    const warn = ({ id }: { id: string }) => void told.push(id);
    const log: Logger = Object.assign(createLogger('silent'), { warn });
    removals = new Removals(log);
  });
  /** `a` is still used, `b` cannot be removed. */
  const remove = async ({ id }: { id: string }) => {
    if (id === 'b') throw new RuntimeError('DiskFull', 'no space left on device');
    return id !== 'a';
  };

  it('goes on after one that cannot go', async () => {
    const { gone, errors } = await removals.round(THINGS, remove);
    assert.deepEqual(gone, [{ id: 'c' }]);
    assert.deepEqual(errors.map(String), ['RuntimeError: no space left on device']);
  });

  it('tells of that one when it begins, and again when it had gone well between', async () => {
    await removals.round(THINGS, remove);
    await removals.round(THINGS, remove);
    assert.deepEqual(told, ['b']);
    await removals.round(THINGS, async () => true);
    await removals.round(THINGS, remove);
    assert.deepEqual(told, ['b', 'b']);
  });

  for (const [title, error] of [
    ['the engine is away', new RuntimeError('Unavailable', 'cannot remove')],
    ['the agent stops', new DOMException('the agent is stopping', 'AbortError')],
  ] as const) {
    it(`ends when ${title}`, async () => {
      const tried: string[] = [];
      const round = removals.round(THINGS, async ({ id }) => {
        tried.push(id);
        throw error;
      });
      await assert.rejects(round, error);
      assert.deepEqual([tried, told], [['a'], []]);
    });
  }
});
