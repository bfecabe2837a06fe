import assert from 'node:assert/strict';
import { aPod } from '../../../../test/lib/builders.ts';
import { aJob } from '../../../../test/lib/jobs.ts';
import type { Pod } from '../../../api/types.ts';
import { failuresInARow, remainingMs } from './backoff.ts';

const START = Date.parse('2030-01-01T00:00:00Z');

function ended(name: string, phase: 'Failed' | 'Succeeded', second: number): Pod {
  const pod = aPod({ name, phase });
  const finishedAt = new Date(START + second * 1000).toISOString();
  const state = { terminated: { exitCode: 1, finishedAt } };
  pod.status = {
    phase,
    containerStatuses: [{ name: 'main', image: '', imageID: '', ready: false, restartCount: 0, state }],
  };
  return pod;
}

describe('the back-off of a Job', () => {
  const waits: [failures: number, seconds: number][] = [
    [0, 0],
    [1, 10],
    [2, 20],
    [5, 160],
    [6, 320],
    [7, 360],
    [50, 360],
  ];
  for (const [count, seconds] of waits) {
    it(`is ${seconds} s after ${count} failures in a row`, () => {
      const pods = Array.from({ length: count }, (_, index) => ended(`p${index}`, 'Failed', 0));
      assert.equal(remainingMs(failuresInARow([], aJob(), pods), START), seconds * 1000);
    });
  }

  it('begins with the last failure', () => {
    const failures = failuresInARow([], aJob(), [ended('a', 'Failed', 3), ended('b', 'Failed', 1)]);
    assert.equal(remainingMs(failures, START + 8000), 15_000);
    assert.equal(remainingMs(failures, START + 60_000), 0);
  });

  it('is over with a success', () => {
    const pods = [ended('a', 'Failed', 1), ended('b', 'Succeeded', 2), ended('c', 'Failed', 3)];
    assert.deepEqual(
      failuresInARow([], aJob(), pods).map(({ uid }) => uid),
      ['uid-of-c'],
    );
  });

  it('outlives the pods that failed', () => {
    const known = failuresInARow([], aJob(), [ended('a', 'Failed', 1)]);
    assert.deepEqual(failuresInARow(known, aJob(), []), known);
    assert.deepEqual(failuresInARow(known, aJob(), [ended('b', 'Succeeded', 2)]), []);
  });

  it('does not grow when the clock is set back', () => {
    const failures = failuresInARow([], aJob(), [ended('a', 'Failed', 3600)]);
    assert.equal(remainingMs(failures, START), 10_000);
  });
});
