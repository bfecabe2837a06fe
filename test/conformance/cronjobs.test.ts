import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CronJob } from '../../src/api/types.ts';
import { IDLE } from '../e2e/pods/manifests.ts';
import { jobSpec } from './lib/batch.ts';
import type { Collection } from './lib/collection.ts';
import { conformance } from './lib/conformance.ts';
import type { Context } from './lib/context.ts';
import { CRON_JOBS, JOBS } from './lib/kinds.ts';
import { consistently } from './lib/pods.ts';

const named = (behaviour: string, tags = '[Conformance]') => `[sig-apps] CronJob should ${behaviour} ${tags}`;

/** Time in which at least one minute begins, and what follows from it has happened. */
const MORE_THAN_A_MINUTE_MS = 75_000;

/** A CronJob `cron` that runs every minute, and whose jobs do not end. */
class Cron {
  readonly all: Collection<CronJob>;
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
    this.all = context.all(CRON_JOBS);
  }

  create(concurrencyPolicy: 'Allow' | 'Forbid' | 'Replace', suspend = false, schedule = '*/1 * * * ?') {
    const jobTemplate = { spec: jobSpec(IDLE) };
    const spec = { schedule, concurrencyPolicy, suspend, jobTemplate };
    return this.all.create({ metadata: { name: 'cron' }, spec });
  }

  /** Names of the jobs that it counts as running. */
  async active(): Promise<string[]> {
    const { status } = await this.all.get('cron');
    return (status?.active ?? []).map(({ name }) => name ?? '');
  }

  /** Waits for this many running jobs. The next minute may be one away. */
  untilActive(count: number): Promise<string[]> {
    return this.#context.eventually(async () => {
      const active = await this.active();
      assert.equal(active.length, count);
      return active;
    }, 200_000);
  }

  async jobs(): Promise<string[]> {
    const { items } = await this.#context.all(JOBS).list();
    return items
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .map(({ metadata }) => metadata.name);
  }
}

conformance(named('schedule multiple jobs concurrently'), async (context) => {
  const cron = new Cron(context);
  await cron.create('Allow');
  await cron.untilActive(2);
  assert.ok((await cron.jobs()).length >= 2);
});

conformance(named('replace jobs when ReplaceConcurrent'), async (context) => {
  const cron = new Cron(context);
  await cron.create('Replace');
  const [first] = await cron.untilActive(1);
  await context.eventually(async () => {
    const active = await cron.active();
    assert.equal(active.length, 1);
    assert.notEqual(active[0], first);
  }, 130_000);
  await context.eventually(async () => assert.equal((await cron.jobs()).length, 1));
});

conformance(named('not schedule new jobs when ForbidConcurrent', '[Conformance] [Slow]'), async (context) => {
  const cron = new Cron(context);
  await cron.create('Forbid');
  const first = await cron.untilActive(1);
  await consistently(async () => {
    assert.deepEqual(await cron.active(), first);
    assert.deepEqual(await cron.jobs(), first);
    await sleep(2000);
  }, MORE_THAN_A_MINUTE_MS);
});

conformance(named('not schedule jobs when suspended', '[Conformance] [Slow]'), async (context) => {
  const cron = new Cron(context);
  await cron.create('Allow', true);
  await consistently(async () => {
    assert.deepEqual(await cron.jobs(), []);
    await sleep(2000);
  }, MORE_THAN_A_MINUTE_MS);
});

conformance(named('support CronJob API operations'), async (context) => {
  const cron = new Cron(context);
  const made = await cron.create('Allow', true, '0 0 1 1 *');
  const watch = await cron.all.watch({ resourceVersion: made.metadata.resourceVersion });
  assert.equal((await cron.all.get('cron')).metadata.uid, made.metadata.uid);
  assert.equal((await cron.all.list()).items.length, 1);
  const everywhere = await context.everywhere(CRON_JOBS).list();
  assert.ok(everywhere.items.some(({ metadata }) => metadata.uid === made.metadata.uid));

  const patched = await cron.all.patch('cron', { metadata: { annotations: { patched: 'true' } } });
  assert.equal(patched.metadata.annotations?.patched, 'true');
  assert.equal((await watch.next()).object.metadata.annotations?.patched, 'true');
  const updated = await cron.all.edit('cron', (now) => ({
    ...now,
    metadata: { ...now.metadata, annotations: { updated: 'true' } },
  }));
  assert.deepEqual(updated.metadata.annotations, { updated: 'true' });
  await watch.until(({ object }) => object.metadata.annotations?.updated === 'true');

  const lastScheduleTime = '2026-01-01T00:00:00Z';
  const status = await cron.all.patch(
    'cron',
    { metadata: { annotations: { ofstatus: '1' } }, status: { lastScheduleTime } },
    { subresource: 'status' },
  );
  assert.equal(String(status.status?.lastScheduleTime), lastScheduleTime);
  assert.equal(status.metadata.annotations?.ofstatus, '1');
  const replaced = await cron.all.edit(
    'cron',
    (now) => ({ ...now, status: { ...now.status, lastScheduleTime: '2026-02-01T00:00:00Z' } }),
    'status',
  );
  assert.equal(String(replaced.status?.lastScheduleTime), '2026-02-01T00:00:00Z');
  assert.equal((await cron.all.get('cron', 'status')).metadata.uid, made.metadata.uid);

  await cron.all.delete('cron', { propagationPolicy: 'Background' });
  await context.gone(cron.all, 'cron');
  assert.equal((await watch.until(({ type }) => type === 'DELETED')).object.metadata.uid, made.metadata.uid);
  await cron.create('Allow', true);
  await cron.all.deleteCollection({});
  await context.gone(cron.all, 'cron');
});
