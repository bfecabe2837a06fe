import assert from 'node:assert/strict';
import { candidates } from './known-masters.ts';

describe('the masters to try', () => {
  const cases: [title: string, told: string[], last: string | undefined, expected: string[]][] = [
    ['are those given', [], undefined, ['a:1', 'b:1']],
    ['are then those that the master told', ['b:1', 'c:1'], undefined, ['a:1', 'b:1', 'c:1']],
    ['begin with the one that answered last', ['c:1'], 'c:1', ['c:1', 'a:1', 'b:1']],
    ['leave out one that nobody knows any more', ['c:1'], 'z:1', ['a:1', 'b:1', 'c:1']],
  ];
  for (const [title, told, last, expected] of cases) {
    it(title, () => assert.deepEqual(candidates(['a:1', 'b:1'], told, last), expected));
  }
});
