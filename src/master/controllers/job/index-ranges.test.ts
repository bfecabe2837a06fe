import assert from 'node:assert/strict';
import fc from 'fast-check';
import { firstFree, hasIndex, readIndexes, withIndexes, writeIndexes } from './index-ranges.ts';

describe('lists of completion indexes', () => {
  const cases: [indexes: number[], text: string][] = [
    [[], ''],
    [[0], '0'],
    [[0, 1], '0,1'],
    [[4, 2, 3, 0], '0,2-4'],
    [[7, 7, 7], '7'],
  ];
  for (const [indexes, text] of cases) {
    it(`writes [${indexes}] as "${text}"`, () => {
      assert.equal(writeIndexes(withIndexes([], indexes)), text);
    });
  }

  it('forgets what reaches the number of completions', () => {
    assert.equal(writeIndexes(readIndexes('1,3-7,9', 5)), '1,3,4');
    assert.deepEqual(readIndexes('no list', 5), []);
    assert.deepEqual(readIndexes(undefined, 5), []);
  });

  it('finds the lowest indexes that are free', () => {
    assert.deepEqual(firstFree(readIndexes('0,2-4', 7), 2, 7), [1, 5]);
    assert.deepEqual(firstFree(readIndexes('0,2-4', 7), 9, 7), [1, 5, 6]);
    assert.deepEqual(firstFree([], 0, 7), []);
    assert.deepEqual(firstFree(readIndexes('0-6', 7), 1, 7), []);
  });

  it('reads what it writes, and knows what is in it', () => {
    const someIndexes = fc.uniqueArray(fc.nat(40));
    fc.assert(
      fc.property(someIndexes, someIndexes, (first, second) => {
        const ranges = withIndexes(withIndexes([], first), second);
        const all = new Set([...first, ...second]);
        assert.deepEqual(readIndexes(writeIndexes(ranges), 41), ranges);
        for (let index = 0; index <= 40; index++) assert.equal(hasIndex(ranges, index), all.has(index));
        assert.deepEqual(
          firstFree(ranges, 50, 41),
          Array.from({ length: 41 }, (_, index) => index).filter((index) => !all.has(index)),
        );
      }),
    );
  });
});
