import assert from 'node:assert/strict';
import type { CronJob, Job } from '../../../src/api/types.ts';
import { eventually } from '../../lib/eventually.ts';
import { IDLE } from '../pods/manifests.ts';
import { PodSpace } from '../pods/pod-space.ts';
import { cluster } from '../setup/shared-cluster.ts';
import { jobSpec } from './job-manifests.ts';

function aCronJob(name: string, script: string, spec: Partial<CronJob['spec']>): object {
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name },
    spec: { jobTemplate: { spec: jobSpec(script) }, ...spec },
  };
}

describe('a CronJob', () => {
  let space: PodSpace;
  const stored = async (name: string): Promise<CronJob> =>
    JSON.parse(await space.ok(['get', 'cj', name, '-o', 'json']));
  const jobsOf = async (name: string): Promise<Job[]> => {
    const { items } = JSON.parse(await space.ok(['get', 'jobs', '-o', 'json'])) as { items: Job[] };
    return items.filter(({ metadata }) => metadata.ownerReferences?.[0]?.name === name);
  };

  before(async () => {
    space = await PodSpace.open(cluster, 'cronjob');
  });

  after(() => space.close());

  it('makes a Job when it is due, named after the minute, and sees it done', async () => {
    await space.apply(aCronJob('tick', 'echo tick', { schedule: '@every 2s' }));
    await eventually(async () => assert.ok((await stored('tick')).status?.lastSuccessfulTime), 60_000);
    await space.ok(['patch', 'cj', 'tick', '-p', '{"spec":{"suspend":true}}']);
    const [job] = await jobsOf('tick');
    const dueAt = job?.metadata.annotations?.['batch.kubernetes.io/cronjob-scheduled-timestamp'] ?? '';
    assert.equal(job?.metadata.name, `tick-${Math.floor(Date.parse(dueAt) / 60_000)}`);
    const words = `Normal SuccessfulCreate Created job ${job?.metadata.name}[\\s\\S]*Normal SawCompletedJob Saw completed job: ${job?.metadata.name}, condition: Complete`;
    await space.event('tick', new RegExp(words));
    assert.match(
      await space.ok(['get', 'cj', 'tick', '--no-headers']),
      /^tick +@every 2s +<none> +True +0 +\d+s +\d+s\n$/,
    );
  });

  it('is started by hand', async () => {
    await space.ok(['create', 'job', 'by-hand', '--from=cronjob/tick']);
    await space.ok(['wait', '--for=condition=complete', 'job/by-hand', '--timeout=90s']);
    assert.match(await space.ok(['logs', 'job/by-hand']), /^tick$/m);
  });

  it('takes its Jobs with it', async () => {
    await space.ok(['delete', 'cj', 'tick', '--timeout=60s']);
    await eventually(async () => assert.deepEqual(await jobsOf('tick'), []), 60_000);
  });

  it('starts nothing beside a Job that runs when it may not', async () => {
    await space.apply(aCronJob('alone', IDLE, { schedule: '@every 2s', concurrencyPolicy: 'Forbid' }));
    const words =
      /Normal JobAlreadyActive Not starting job because prior execution is running and concurrency policy is Forbid/;
    // Times of one minute share a name, and count as one: a second Job is due only when the minute is over.
    await space.event('alone', words, 120_000);
    assert.equal((await stored('alone')).status?.active?.length, 1);
    assert.equal((await jobsOf('alone')).length, 1);
    await space.ok(['delete', 'cj', 'alone', '--timeout=60s']);
  });

  it('is made and listed by kubectl, and starts nothing before its time', async () => {
    await space.ok(['create', 'cronjob', 'yearly', '--image=busybox:1', '--schedule=0 0 29 2 *', '--', 'true']);
    assert.match(
      await space.ok(['get', 'cj', 'yearly', '--no-headers']),
      /^yearly +0 0 29 2 \* +<none> +False +0 +<none> +\d+s\n$/,
    );
    assert.deepEqual(await jobsOf('yearly'), []);
  });

  it('refuses a time zone in its schedule', async () => {
    const manifest = JSON.stringify(aCronJob('zone', 'true', { schedule: 'TZ=UTC * * * * *' }));
    const { code, stderr } = await space.kubectl(['apply', '-f', '-'], { input: manifest });
    assert.equal(code, 1);
    assert.match(stderr, /cannot use TZ or CRON_TZ in schedule, use timeZone field instead/);
  });
});
