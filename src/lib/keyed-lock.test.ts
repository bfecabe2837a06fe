import assert from 'node:assert/strict';
import { KeyedLock } from './keyed-lock.ts';

describe('KeyedLock', () => {
  it('runs tasks of one key in order and one at a time, also after one fails', async () => {
    const lock = new KeyedLock<string>();
    const seen: string[] = [];
    const task =
      (name: string, fail = false) =>
      async () => {
        seen.push(`${name} begins`);
        await Promise.resolve();
        seen.push(`${name} ends`);
        if (fail) throw new Error(name);
      };
    const results = await Promise.allSettled([lock.run('k', task('a', true)), lock.run('k', task('b'))]);
    assert.deepEqual(seen, ['a begins', 'a ends', 'b begins', 'b ends']);
    assert.deepEqual(
      results.map((result) => result.status),
      ['rejected', 'fulfilled'],
    );
  });

  it('lets another key go on meanwhile', async () => {
    const lock = new KeyedLock<string>();
    let release = () => {};
    const held = lock.run('a', () => new Promise<void>((resolve) => (release = resolve)));
    assert.equal(await lock.run('b', async () => 'b'), 'b');
    release();
    await held;
  });
});
