import assert from 'node:assert/strict';
import type { CronJob } from '../types.ts';
import { parseSchedule, type ScheduleField } from './cron-job/schedule.ts';
import { CRON_JOB } from './cron-job.ts';

const { strategy } = CRON_JOB;

function aCronJob(spec: Partial<CronJob['spec']> = {}, name = 'backup'): CronJob {
  const pod = { restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox:1' }] } as const;
  const cronJob: CronJob = {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name, namespace: 'default' },
    spec: {
      schedule: '0 3 * * *',
      jobTemplate: { spec: { template: { spec: { ...pod, containers: [...pod.containers] } } } },
      ...spec,
    },
  };
  strategy.setDefaults?.(cronJob);
  return cronJob;
}

describe('a CronJob', () => {
  it('has its defaults, and leaves those of its Jobs to them', () => {
    const { jobTemplate, ...rest } = aCronJob().spec;
    assert.deepEqual(rest, {
      schedule: '0 3 * * *',
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
    });
    assert.deepEqual(Object.keys(jobTemplate.spec), ['template']);
    assert.equal(jobTemplate.spec.template.spec.dnsPolicy, 'ClusterFirst');
  });

  const cases: [spec: Partial<CronJob['spec']>, causes: string[]][] = [
    [{ schedule: '*/15 0-6/2 1,15 jan-mar MON' }, []],
    [{ schedule: '@every 90s' }, []],
    [{ schedule: '@daily', timeZone: 'Europe/Paris' }, []],
    [{ schedule: '' }, ['spec.schedule: Required value']],
    [{ schedule: 'off' }, ['spec.schedule: Invalid value: "off": expected exactly 5 fields, found 1: [off]']],
    [
      { schedule: '61 * * * *' },
      ['spec.schedule: Invalid value: "61 * * * *": end of range (61) above maximum (59): 61'],
    ],
    [{ schedule: '@never' }, ['spec.schedule: Invalid value: "@never": unrecognized descriptor: @never']],
    [
      { schedule: 'CRON_TZ=UTC * * * * *' },
      [
        'spec.schedule: Invalid value: "CRON_TZ=UTC * * * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
      ],
    ],
    [{ timeZone: 'Europe/Pariss' }, ['spec.timeZone: Invalid value: "Europe/Pariss": unknown time zone Europe/Pariss']],
    [{ timeZone: '+0100' }, ['spec.timeZone: Invalid value: "+0100": unknown time zone +0100']],
    [
      { timeZone: 'Local' },
      [
        'spec.timeZone: Invalid value: "Local": timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
      ],
    ],
    [
      { startingDeadlineSeconds: -1 },
      ['spec.startingDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0'],
    ],
    [
      { concurrencyPolicy: 'Maybe' as 'Allow' },
      ['spec.concurrencyPolicy: Unsupported value: "Maybe": supported values: "Allow", "Forbid", "Replace"'],
    ],
  ];
  for (const [spec, causes] of cases) {
    it(`${causes.length > 0 ? 'refuses' : 'accepts'} ${JSON.stringify(spec)}`, () => {
      assert.deepEqual(
        strategy.validate(aCronJob(spec)).map(({ field, message }) => `${field}: ${message}`),
        causes,
      );
    });
  }

  it('leaves room in its name for the time of each Job', () => {
    assert.deepEqual(strategy.validate(aCronJob({}, 'x'.repeat(52))), []);
    assert.match(
      String(strategy.validate(aCronJob({}, 'x'.repeat(53)))[0]?.message),
      /must be no more than 52 characters$/,
    );
  });

  it('lets its Jobs make their own selectors', () => {
    const cronJob = aCronJob();
    cronJob.spec.jobTemplate.spec.selector = { matchLabels: { a: 'b' } };
    assert.match(String(strategy.validate(cronJob)[0]?.message), /`selector` will be auto-generated$/);
  });

  it('shows the schedule, and how long ago it was due', () => {
    const cronJob = { ...aCronJob(), status: { lastScheduleTime: '2026-01-01T00:00:00Z' } };
    const cells = CRON_JOB.columns.map(({ cell }) => cell(cronJob, Date.parse('2026-01-01T00:05:00Z')));
    assert.deepEqual(cells, [
      'backup',
      '0 3 * * *',
      '<none>',
      'False',
      0,
      '5m',
      '<unknown>',
      'main',
      'busybox:1',
      '<none>',
    ]);
  });
});

describe('parseSchedule', () => {
  const fields = (text: string): ScheduleField[] => {
    const schedule = parseSchedule(text);
    assert.equal(schedule.type, 'calendar');
    if (schedule.type !== 'calendar') return [];
    return [schedule.minute, schedule.hour, schedule.dayOfMonth, schedule.month, schedule.dayOfWeek];
  };

  it('reads lists, ranges, steps and names', () => {
    const [minute, hour, day, month, weekday] = fields('5/20 1-5/2 */10 feb,DEC sun-tue').map(({ values }) => [
      ...values,
    ]);
    assert.deepEqual(minute, [5, 25, 45]);
    assert.deepEqual(hour, [1, 3, 5]);
    assert.deepEqual(day, [1, 11, 21, 31]);
    assert.deepEqual(month, [2, 12]);
    assert.deepEqual(weekday, [0, 1, 2]);
  });

  it('tells a star from a list of everything', () => {
    assert.deepEqual(
      fields('* */2 ? 1-12 */1').map(({ isAny }) => isAny),
      [true, false, true, false, true],
    );
  });

  it('reads spans of time', () => {
    assert.deepEqual(parseSchedule('@every 1h30m'), { type: 'every', seconds: 5400 });
    assert.deepEqual(parseSchedule('@every 10ms'), { type: 'every', seconds: 1 });
  });

  const wrong: [text: string, message: RegExp][] = [
    ['@every soon', /^failed to parse duration @every soon: time: invalid duration "soon"$/],
    ['a * * * *', /^failed to parse int from a: strconv.Atoi: parsing "a": invalid syntax$/],
    ['* 0 0 * *', /^beginning of range \(0\) below minimum \(1\): 0$/],
    ['5-1 * * * *', /^beginning of range \(5\) beyond end of range \(1\): 5-1$/],
    ['*/0 * * * *', /^step of range should be a positive number: \*\/0$/],
    ['1-2-3 * * * *', /^too many hyphens: 1-2-3$/],
    ['1/2/3 * * * *', /^too many slashes: 1\/2\/3$/],
    ['* * * * 7', /^end of range \(7\) above maximum \(6\): 7$/],
  ];
  for (const [text, message] of wrong) {
    it(`refuses ${text}`, () => assert.throws(() => parseSchedule(text), { message }));
  }
});
