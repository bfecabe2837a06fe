import assert from 'node:assert/strict';
import { compactionTarget, type Mark, withMark } from './compaction.ts';

const limits = { historyMs: 300_000, supersededRows: 1000 };
const mark = (at: number, revision: number, superseded = 0): Mark => ({ at, revision, superseded });

describe('withMark', () => {
  const cases: [string, readonly Mark[], Mark, number][] = [
    ['takes the first', [], mark(0, 1), 1],
    ['takes none within ten seconds', [mark(0, 1)], mark(9_999, 2), 1],
    ['takes one after ten seconds', [mark(0, 1)], mark(10_000, 2), 2],
    ['takes one sooner within a burst', [mark(0, 1)], mark(10, 200, 125), 2],
  ];
  for (const [title, marks, now, count] of cases) {
    it(title, () => assert.equal(withMark(marks, now, limits).length, count));
  }
});

describe('compactionTarget', () => {
  const cases: [string, readonly Mark[], Mark, number | undefined][] = [
    ['keeps all without marks', [], mark(1e9, 0), undefined],
    ['keeps what is younger than the history', [mark(1, 10)], mark(300_000, 0), undefined],
    ['lets go what is as old as the history', [mark(0, 10), mark(20_000, 20)], mark(300_000, 0), 10],
    ['lets go up to the newest mark that is old', [mark(0, 10), mark(20_000, 20)], mark(330_000, 0), 20],
    ['lets young history go when too many rows were superseded', [mark(0, 10), mark(5, 20, 500)], mark(9, 0, 1100), 10],
    ['lets go no more than brings the rows under their limit', [mark(0, 10), mark(5, 20, 500)], mark(9, 0, 1500), 10],
    ['lets go by the stricter of both', [mark(0, 10), mark(5, 20, 500)], mark(9, 0, 1501), 20],
  ];
  for (const [title, marks, now, target] of cases) {
    it(title, () => assert.equal(compactionTarget(marks, now, limits), target));
  }
});
