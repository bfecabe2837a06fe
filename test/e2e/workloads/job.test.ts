import assert from 'node:assert/strict';
import type { Job, Pod } from '../../../src/api/types.ts';
import { eventually } from '../../lib/eventually.ts';
import { IDLE } from '../pods/manifests.ts';
import { PodSpace } from '../pods/pod-space.ts';
import { cluster } from '../setup/shared-cluster.ts';
import { aJobOf } from './job-manifests.ts';

describe('a Job', () => {
  let space: PodSpace;
  const type = (...args: string[]) => space.ok(args);
  const stored = async (name: string): Promise<Job> => JSON.parse(await type('get', 'job', name, '-o', 'json'));
  const podsOf = async (name: string): Promise<Pod[]> =>
    JSON.parse(await type('get', 'pods', '-l', `job-name=${name}`, '-o', 'json')).items;
  const until = (name: string, condition: string) =>
    type('wait', `--for=condition=${condition}`, `job/${name}`, '--timeout=90s');
  const condition = async (name: string, wanted: string) =>
    (await stored(name)).status?.conditions?.find((one) => one.type === wanted);
  const untilActive = (name: string, count: number) =>
    eventually(async () => assert.equal((await stored(name)).status?.active ?? 0, count), 60_000);

  before(async () => {
    space = await PodSpace.open(cluster, 'job');
  });

  after(() => space.close());

  it('runs a pod to its end, says so, and keeps what it printed', async () => {
    await type('create', 'job', 'hello', '--image=busybox:1', '--', 'echo', 'hello');
    await until('hello', 'complete');
    assert.match(await type('logs', 'job/hello'), /^hello$/m);
    assert.match(await type('get', 'job', 'hello', '--no-headers'), /^hello +(Complete +)?1\/1 +\d+s +\d+s\n$/);
    await space.event('hello', /Normal SuccessfulCreate Created pod: hello-\w{5}\nNormal Completed Job completed/);
    const [pod] = await podsOf('hello');
    assert.equal(pod?.metadata.finalizers, undefined);
  });

  it('gives each pod of an Indexed Job its index', async () => {
    const script = 'echo "I am $JOB_COMPLETION_INDEX on $(hostname)"';
    await space.apply(aJobOf('indexed', script, { completionMode: 'Indexed', completions: 3, parallelism: 2 }));
    await until('indexed', 'complete');
    assert.equal((await stored('indexed')).status?.completedIndexes, '0-2');
    const output = await type('logs', '-l', 'job-name=indexed');
    for (const index of [0, 1, 2]) assert.ok(output.includes(`I am ${index} on indexed-${index}`), output);
  });

  it('fails at its limit, and as its failure policy says', async () => {
    const rules = [{ action: 'FailJob' as const, onExitCodes: { operator: 'In' as const, values: [42] } }];
    await space.apply(
      aJobOf('fails', 'exit 3', { backoffLimit: 0 }),
      aJobOf('refused', 'exit 42', { podFailurePolicy: { rules } }),
    );
    await until('fails', 'failed');
    assert.equal((await condition('fails', 'Failed'))?.reason, 'BackoffLimitExceeded');
    await space.event('fails', /Warning BackoffLimitExceeded Job has reached the specified backoff limit/);
    await until('refused', 'failed');
    const { reason, message = '' } = (await condition('refused', 'Failed')) ?? {};
    assert.equal(reason, 'PodFailurePolicy');
    assert.match(
      message,
      /^Container main for pod \S+\/refused-\w+ failed with exit code 42 matching FailJob rule at index 0$/,
    );
  });

  it('tries a failed pod again after ten seconds', async () => {
    await space.apply(aJobOf('again', 'exit 1', { backoffLimit: 1 }));
    await until('again', 'failed');
    const [first = 0, second = 0] = (await podsOf('again'))
      .map((pod) => Date.parse(pod.metadata.creationTimestamp ?? ''))
      .sort();
    assert.ok(second - first >= 9_000 && second - first < 30_000, `${second - first} ms`);
    assert.equal((await stored('again')).status?.failed, 2);
  });

  it('stops while it is suspended, and goes on', async () => {
    await space.apply(aJobOf('rests', IDLE, { parallelism: 2, completions: 2 }));
    await untilActive('rests', 2);
    await type('patch', 'job', 'rests', '-p', '{"spec":{"suspend":true}}');
    await until('rests', 'suspended');
    await eventually(async () => assert.deepEqual(await podsOf('rests'), []), 60_000);
    assert.equal((await stored('rests')).status?.failed, undefined);
    await type('patch', 'job', 'rests', '-p', '{"spec":{"suspend":false}}');
    await untilActive('rests', 2);
    await space.event('rests', /Normal Suspended Job suspended[\s\S]*Normal Resumed Job resumed/);
  });

  it('takes its pods with it', async () => {
    await type('delete', 'job', 'rests', '--timeout=60s');
    await eventually(async () => assert.deepEqual(await podsOf('rests'), []), 60_000);
  });

  it('ends at its deadline, and is deleted when it has been kept long enough', async () => {
    await space.apply(aJobOf('late', IDLE, { activeDeadlineSeconds: 2, ttlSecondsAfterFinished: 3 }));
    await until('late', 'failed');
    assert.equal((await condition('late', 'Failed'))?.reason, 'DeadlineExceeded');
    await type('wait', '--for=delete', 'job/late', '--timeout=60s');
    await eventually(async () => assert.deepEqual(await podsOf('late'), []), 60_000);
  });
});

describe('a Job whose master is killed', () => {
  let space: PodSpace;

  before(async () => {
    space = await PodSpace.open(cluster, 'job-kill');
  });

  after(() => space.close());

  it('counts every pod once', async () => {
    const spec = { completionMode: 'Indexed', completions: 6, parallelism: 3, backoffLimitPerIndex: 0 } as const;
    await space.apply(aJobOf('counted', 'sleep 1; exit $((JOB_COMPLETION_INDEX % 2))', spec));
    const finished = async () => {
      const { status } = JSON.parse(await space.ok(['get', 'job', 'counted', '-o', 'json'])) as Job;
      return status?.conditions?.some(({ type }) => type === 'Failed') ? status : undefined;
    };
    for (let kills = 0; kills < 3; kills++) {
      const before = JSON.parse(await space.ok(['get', 'job', 'counted', '-o', 'json'])).metadata.resourceVersion;
      await cluster.kill('master');
      await cluster.startMaster();
      // The next kill comes in the middle of what this one interrupted.
      await eventually(async () => {
        const { metadata } = JSON.parse(await space.ok(['get', 'job', 'counted', '-o', 'json'])) as Job;
        if (!(await finished())) assert.notEqual(metadata.resourceVersion, before);
      }, 60_000);
    }
    await eventually(async () => assert.ok(await finished()), 90_000);
    const { completedIndexes, failedIndexes, succeeded, failed } = (await finished()) ?? {};
    assert.deepEqual(
      { completedIndexes, failedIndexes, succeeded, failed },
      {
        completedIndexes: '0,2,4',
        failedIndexes: '1,3,5',
        succeeded: 3,
        failed: 3,
      },
    );
    const { items } = JSON.parse(await space.ok(['get', 'pods', '-o', 'json'])) as { items: Pod[] };
    assert.equal(items.length, 6);
    assert.ok(items.every(({ metadata }) => !metadata.finalizers?.length));
  });
});
