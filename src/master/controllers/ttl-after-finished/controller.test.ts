import assert from 'node:assert/strict';
import { aJob } from '../../../../test/lib/jobs.ts';
import type { JobCondition, JobSpec } from '../../../api/types.ts';
import { untilExpiryMs } from './controller.ts';

describe('the time to live of a finished Job', () => {
  const now = Date.parse('2030-01-01T00:01:00Z');
  const finished = (type: string, status: 'True' | 'False' = 'True'): JobCondition[] => [
    { type, status, lastTransitionTime: '2030-01-01T00:00:00Z' },
  ];
  const cases: [title: string, spec: Partial<JobSpec>, conditions: JobCondition[], expected: number | undefined][] = [
    ['is what is left of it', { ttlSecondsAfterFinished: 100 }, finished('Complete'), 40_000],
    ['counts for failed ones, too', { ttlSecondsAfterFinished: 100 }, finished('Failed'), 40_000],
    ['is over at once when it is 0', { ttlSecondsAfterFinished: 0 }, finished('Complete'), -60_000],
    ['is for ever unless it is given', {}, finished('Complete'), undefined],
    ['does not begin before the end', { ttlSecondsAfterFinished: 0 }, [], undefined],
    ['does not begin while pods are waited for', { ttlSecondsAfterFinished: 0 }, finished('FailureTarget'), undefined],
    [
      'does not begin with a condition that is false',
      { ttlSecondsAfterFinished: 0 },
      finished('Failed', 'False'),
      undefined,
    ],
  ];
  for (const [title, spec, conditions, expected] of cases) {
    it(title, () => assert.equal(untilExpiryMs({ ...aJob(spec), status: { conditions } }, now), expected));
  }

  it('does not matter to a Job that is being deleted', () => {
    const job = { ...aJob({ ttlSecondsAfterFinished: 0 }), status: { conditions: finished('Complete') } };
    const metadata = { ...job.metadata, deletionTimestamp: '2030-01-01T00:00:30Z' };
    assert.equal(untilExpiryMs({ ...job, metadata }, now), undefined);
  });
});
