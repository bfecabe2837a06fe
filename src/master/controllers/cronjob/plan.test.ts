import assert from 'node:assert/strict';
import type { CronJob, Job } from '../../../api/types.ts';
import { controllerReference } from '../workload/owner.ts';
import { plan, withStarted } from './plan.ts';

const at = (time: string) => Date.parse(`2030-01-01T${time}Z`);

function aCronJob(spec: Partial<CronJob['spec']> = {}, status: CronJob['status'] = {}): CronJob {
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'tick', namespace: 'default', uid: 'uid-of-tick', creationTimestamp: '2030-01-01T00:00:30Z' },
    spec: {
      schedule: '*/10 * * * *',
      timeZone: 'UTC',
      concurrencyPolicy: 'Allow',
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
      jobTemplate: {
        metadata: { labels: { app: 'tick' }, annotations: { note: 'kept' } },
        spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox' }] } } },
      },
      ...spec,
    },
    status,
  };
}

function aJob(name: string, end?: 'Complete' | 'Failed', startTime = '2030-01-01T00:00:00Z'): Job {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace: 'default', uid: name, ownerReferences: [controllerReference(aCronJob())] },
    spec: aCronJob().spec.jobTemplate.spec,
    status: {
      startTime,
      ...(end ? { conditions: [{ type: end, status: 'True' }] } : {}),
      ...(end === 'Complete' ? { completionTime: startTime } : {}),
    },
  };
}

const active = (...names: string[]) => ({ active: names.map((name) => ({ kind: 'Job', name, uid: name })) });
const reasons = ({ events }: ReturnType<typeof plan>) => events.map(({ reason }) => reason);

describe('the plan of a CronJob', () => {
  it('waits for the next time', () => {
    const planned = plan(aCronJob(), [], at('00:04:00'));
    assert.equal(planned.start, undefined);
    assert.equal(planned.againMs, 6 * 60_000 + 100);
  });

  it('makes a Job named after the minute that it is for', () => {
    const { start, status, againMs } = plan(aCronJob(), [], at('00:10:00'));
    const minutes = at('00:10:00') / 60_000;
    assert.deepEqual(start?.job.metadata, {
      name: `tick-${minutes}`,
      namespace: 'default',
      labels: { app: 'tick' },
      annotations: { note: 'kept', 'batch.kubernetes.io/cronjob-scheduled-timestamp': '2030-01-01T00:10:00Z' },
      ownerReferences: [controllerReference(aCronJob())],
    });
    assert.equal(againMs, 10 * 60_000 + 100);
    assert.deepEqual(withStarted(status, aJob('made'), at('00:10:00')), {
      active: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'made', namespace: 'default', uid: 'made' }],
      lastScheduleTime: '2030-01-01T00:10:00Z',
    });
  });

  it('makes one Job for one time', () => {
    const cronJob = aCronJob({}, { lastScheduleTime: '2030-01-01T00:10:00Z' });
    assert.equal(plan(cronJob, [], at('00:10:05')).start, undefined);
    assert.ok(plan(cronJob, [], at('00:20:00')).start);
  });

  it('makes up for the last time that was missed, and for that alone', () => {
    const { start, events } = plan(aCronJob(), [], at('05:05:00'));
    assert.equal(start?.dueAt, at('05:00:00'));
    assert.deepEqual(events, []);
  });

  it('finds the last time even in a schedule with long gaps', () => {
    const cronJob = aCronJob({ schedule: '0,1 9 * * *' }, { lastScheduleTime: '2030-01-01T09:01:00Z' });
    assert.equal(
      plan(cronJob, [], Date.parse('2030-01-05T20:00:00Z')).start?.dueAt,
      Date.parse('2030-01-05T09:01:00Z'),
    );
  });

  it('says so when more than 100 times were missed, after a leap of the clock say', () => {
    const planned = plan(aCronJob(), [], Date.parse('2031-01-01T00:05:00Z'));
    assert.deepEqual(reasons(planned), ['TooManyMissedTimes']);
    assert.equal(planned.start?.dueAt, Date.parse('2031-01-01T00:00:00Z'));
  });

  it('waits when the clock is behind what was seen to', () => {
    const planned = plan(aCronJob({}, { lastScheduleTime: '2030-01-01T10:00:00Z' }), [], at('08:00:00'));
    assert.equal(planned.start, undefined);
    assert.equal(planned.againMs, 130 * 60_000 + 100);
  });

  it('misses what it comes too late for', () => {
    const cronJob = aCronJob({ startingDeadlineSeconds: 60 });
    assert.equal(plan(cronJob, [], at('00:10:59')).start?.dueAt, at('00:10:00'));
    const late = plan(cronJob, [], at('00:11:01'));
    assert.equal(late.start, undefined);
    assert.deepEqual(late.events, [
      {
        type: 'Warning',
        reason: 'MissSchedule',
        message: 'Missed scheduled time to start a job: Tue, 01 Jan 2030 00:10:00 +0000',
      },
    ]);
    assert.equal(late.againMs, 9 * 60_000 - 1000 + 100);
  });

  it('keeps the beat of @every', () => {
    const cronJob = aCronJob({ schedule: '@every 90s' });
    assert.equal(plan(cronJob, [], at('00:01:59')).againMs, 1100);
    assert.equal(plan(cronJob, [], at('00:10:00')).start?.dueAt, at('00:09:30'));
  });

  it('starts nothing while it is suspended, or on its way out', () => {
    const suspended = plan(aCronJob({ suspend: true }), [], at('00:10:00'));
    assert.deepEqual([suspended.start, suspended.againMs], [undefined, undefined]);
    const cronJob = aCronJob();
    const metadata = { ...cronJob.metadata, deletionTimestamp: '2030-01-01T00:09:00Z' };
    assert.equal(plan({ ...cronJob, metadata }, [], at('00:10:00')).start, undefined);
  });

  it('tells of a schedule that never comes', () => {
    const planned = plan(aCronJob({ schedule: '0 0 31 2 *' }), [], at('00:10:00'));
    assert.deepEqual(reasons(planned), ['InvalidSchedule']);
    assert.equal(planned.againMs, undefined);
  });

  it('starts beside, not beside, or instead of a Job that runs', () => {
    const now = at('00:20:00');
    const running = aJob('running');
    const policy = (concurrencyPolicy: 'Allow' | 'Forbid' | 'Replace') =>
      plan(
        aCronJob({ concurrencyPolicy }, { ...active('running'), lastScheduleTime: '2030-01-01T00:10:00Z' }),
        [running],
        now,
      );
    assert.ok(policy('Allow').start);
    assert.deepEqual(policy('Allow').deletions, []);
    assert.equal(policy('Forbid').start, undefined);
    assert.deepEqual(reasons(policy('Forbid')), ['JobAlreadyActive']);
    assert.ok(policy('Replace').start);
    assert.deepEqual(policy('Replace').deletions, [{ name: 'running', uid: 'running' }]);
    assert.equal(policy('Replace').status.active, undefined);
  });
});

describe('the Jobs of a CronJob', () => {
  const now = at('00:04:00');

  it('are active until they are done', () => {
    const planned = plan(aCronJob({}, active('one', 'two')), [aJob('one', 'Complete'), aJob('two')], now);
    assert.deepEqual(planned.events, [
      { type: 'Normal', reason: 'SawCompletedJob', message: 'Saw completed job: one, condition: Complete' },
    ]);
    assert.deepEqual(planned.status, { ...active('two'), lastSuccessfulTime: '2030-01-01T00:00:00Z' });
  });

  it('may go missing, or come from elsewhere', () => {
    const planned = plan(aCronJob({}, active('gone')), [aJob('manual')], now);
    assert.deepEqual(reasons(planned), ['UnexpectedJob', 'MissingJob']);
    assert.deepEqual(planned.status, {});
  });

  it('are kept as far as the limits say, the newest', () => {
    const jobs = ['01', '03', '02', '04'].map((hour) => aJob(`job-${hour}`, 'Complete', `2030-01-01T${hour}:00:00Z`));
    const failed = ['05', '06'].map((hour) => aJob(`job-${hour}`, 'Failed', `2030-01-01T${hour}:00:00Z`));
    const { deletions } = plan(aCronJob(), [...jobs, ...failed], now);
    assert.deepEqual(
      deletions.map(({ name }) => name),
      ['job-01', 'job-05'],
    );
  });
});
