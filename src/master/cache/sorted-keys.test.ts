import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SortedKeys } from './sorted-keys.ts';

describe('sorted keys', () => {
  it('are those that were added and not removed, in order, with the prefix', () => {
    const key = fc.stringMatching(/^[ab]\/[a-d-]{0,3}$/);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.boolean(), key), { maxLength: 60 }),
        fc.stringMatching(/^([ab]\/?)?$/),
        (steps, prefix) => {
          const keys = new SortedKeys();
          const expected = new Set<string>();
          for (const [isAdded, each] of steps) {
            if (!isAdded) keys.remove(each);
            else if (!expected.has(each)) keys.add(each);
            if (isAdded) expected.add(each);
            else expected.delete(each);
          }
          assert.deepEqual(keys.withPrefix(prefix), [...expected].filter((each) => each.startsWith(prefix)).sort());
        },
      ),
    );
  });
});
