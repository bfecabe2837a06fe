import assert from 'node:assert/strict';
import type { Job } from '../../src/api/types.ts';
import { IDLE } from '../e2e/pods/manifests.ts';
import { Batch, INDEX } from './lib/batch.ts';
import { configMap } from './lib/configs.ts';
import { conformance } from './lib/conformance.ts';
import { JOBS } from './lib/kinds.ts';
import { condition } from './lib/pods.ts';

const named = (behaviour: string) => `[sig-apps] Job ${behaviour} [Conformance]`;

conformance(
  named('should run a job to completion when tasks sometimes fail and are locally restarted'),
  async (context) => {
    const batch = new Batch(context);
    await batch.create('[ -e /data/tried ] || { touch /data/tried; exit 1; }', {
      parallelism: 2,
      completions: 4,
      restartPolicy: 'OnFailure',
      pod: { volumes: [{ name: 'data', emptyDir: {} }] },
      mounts: [{ name: 'data', mountPath: '/data' }],
    });
    const status = await batch.condition('Complete');
    assert.deepEqual([status.succeeded, status.failed ?? 0], [4, 0]);
    const succeeded = (await batch.list()).filter((pod) => pod.status?.phase === 'Succeeded');
    assert.equal(succeeded.length, 4);
  },
);

conformance(
  named('should create pods for an Indexed job with completion indexes and specified hostname'),
  async (context) => {
    const batch = new Batch(context);
    await batch.create(`echo ${INDEX} $(hostname)`, { parallelism: 2, completions: 4, completionMode: 'Indexed' });
    const status = await batch.condition('Complete');
    assert.equal(status.completedIndexes, '0-3');
    const pods = await batch.list();
    const byIndex = new Map(
      pods.map((pod) => [pod.metadata.annotations?.['batch.kubernetes.io/job-completion-index'], pod]),
    );
    for (const index of ['0', '1', '2', '3']) {
      const pod = byIndex.get(index);
      assert.ok(pod, `no pod has the index ${index}`);
      assert.equal(pod.metadata.labels?.['batch.kubernetes.io/job-completion-index'], index);
      assert.equal(await batch.pods.logs(pod.metadata.name), `${index} job-${index}\n`);
    }
  },
);

conformance(named('should delete a job'), async (context) => {
  const batch = new Batch(context);
  await batch.create(IDLE, { parallelism: 2, completions: 4 });
  await batch.running(2);
  await batch.jobs.delete('job', { propagationPolicy: 'Foreground' });
  await context.gone(batch.jobs, 'job');
  assert.deepEqual(await batch.list(), []);
});

conformance(named('should adopt matching orphans and release non-matching pods'), async (context) => {
  const batch = new Batch(context);
  const { metadata } = await batch.create(IDLE, { parallelism: 2, completions: 4 });
  const [pod] = await batch.running(2);
  const name = pod?.metadata.name ?? '';
  const ownerOf = async () =>
    (await batch.pods.get(name)).metadata.ownerReferences?.find(({ controller }) => controller);
  await batch.pods.all.patch(name, { metadata: { ownerReferences: null } });
  await context.eventually(async () => assert.equal((await ownerOf())?.uid, metadata.uid));
  const labels = Object.fromEntries(Object.keys(pod?.metadata.labels ?? {}).map((key) => [key, null]));
  await batch.pods.all.patch(name, { metadata: { labels } });
  await context.eventually(async () => assert.equal(await ownerOf(), undefined));
});

conformance(named('should apply changes to a job status'), async (context) => {
  const batch = new Batch(context);
  const watch = await batch.jobs.watch();
  await batch.create(IDLE, { parallelism: 2, completions: 4, backoffLimit: 6 });
  await batch.running(2);
  const at = (type: string) => ({ type, status: 'True' as const, reason: 'E2E', message: 'Set by a test' });
  const has =
    (type: string) =>
    ({ object }: { object: Job }) =>
      object.status?.conditions?.some((each) => each.type === type) === true;
  const patched = await batch.jobs.patch(
    'job',
    { metadata: { annotations: { patchedstatus: 'true' } }, status: { conditions: [at('CustomPatched')] } },
    { subresource: 'status' },
  );
  assert.equal(patched.metadata.annotations?.patchedstatus, 'true');
  await watch.until(has('CustomPatched'));
  await batch.jobs.edit(
    'job',
    (now) => ({ ...now, status: { ...now.status, conditions: [at('CustomUpdated')] } }),
    'status',
  );
  await watch.until(has('CustomUpdated'));
  assert.equal((await batch.jobs.get('job', 'status')).metadata.uid, patched.metadata.uid);
});

conformance(named('should manage the lifecycle of a job'), async (context) => {
  const batch = new Batch(context);
  const watch = await batch.jobs.watch();
  await batch.create(IDLE, { suspend: true, parallelism: 1, completions: 1 });
  await batch.condition('Suspended', 'JobSuspended');
  assert.deepEqual(await batch.list(), []);
  const label = { 'conformance-job': context.namespace };
  await batch.jobs.patch('job', { metadata: { labels: label } }, { type: 'strategic-merge' });
  await watch.until(({ object }) => object.metadata.labels?.['conformance-job'] === context.namespace);
  await batch.jobs.edit('job', (now) => ({
    ...now,
    metadata: { ...now.metadata, annotations: { updated: 'true' } },
    spec: { ...now.spec, suspend: false },
  }));
  await batch.running(1);
  const resumed = (await batch.get()).status?.conditions?.find(({ type }) => type === 'Suspended');
  assert.deepEqual([resumed?.status, resumed?.reason], ['False', 'JobResumed']);
  const query = { labelSelector: `conformance-job=${context.namespace}` };
  assert.equal((await context.everywhere(JOBS).list(query)).items.length, 1);
  await batch.jobs.deleteCollection(query, { propagationPolicy: 'Background' });
  await context.gone(batch.jobs, 'job');
  await context.eventually(async () => assert.deepEqual(await batch.list(), []));
});

conformance(named('should allow to use the pod failure policy on exit code to fail the job early'), async (context) => {
  const batch = new Batch(context);
  const onExitCodes = { containerName: 'main', operator: 'In' as const, values: [42] };
  await batch.create('exit 42', {
    backoffLimit: 6,
    podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes }] },
  });
  assert.equal((await batch.condition('Failed', 'PodFailurePolicy')).failed, 1);
});

conformance(
  named('should allow to use a pod failure policy to ignore failure matching on DisruptionTarget condition'),
  async (context) => {
    const batch = new Batch(context);
    const onPodConditions = [{ type: 'DisruptionTarget', status: 'True' }];
    await batch.create('trap "exit 1" TERM; until [ -e /go/go ]; do sleep 0.1; done', {
      backoffLimit: 0,
      podFailurePolicy: { rules: [{ action: 'Ignore', onPodConditions }] },
      pod: { volumes: [{ name: 'go', configMap: { name: 'go', optional: true } }], terminationGracePeriodSeconds: 10 },
      mounts: [{ name: 'go', mountPath: '/go' }],
    });
    const [pod] = await batch.running(1);
    assert.ok(pod);
    const watch = await batch.pods.all.watch();
    const { name } = pod.metadata;
    const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: context.namespace } };
    await context.send('POST', batch.pods.all.path(name, 'eviction'), { body });
    const ofPod = await watch.until(
      ({ object }) => object.metadata.name === name && object.status?.phase === 'Failed',
      60_000,
    );
    assert.equal(condition(ofPod.object, 'DisruptionTarget')?.status, 'True');
    await configMap(context, 'go', { go: '' });
    const status = await batch.condition('Complete');
    assert.deepEqual([status.succeeded, status.failed ?? 0], [1, 0]);
  },
);

const INDEXED = { completionMode: 'Indexed', parallelism: 2 } as const;

conformance(
  named('should execute all indexes despite some failing when using backoffLimitPerIndex'),
  async (context) => {
    const batch = new Batch(context);
    await batch.create(`exit $((${INDEX} % 2))`, { ...INDEXED, completions: 4, backoffLimitPerIndex: 1 });
    const status = await batch.condition('Failed', 'FailedIndexes');
    assert.deepEqual([status.completedIndexes, status.failedIndexes], ['0,2', '1,3']);
    assert.deepEqual([status.succeeded, status.failed], [2, 4]);
  },
);

conformance(
  named('should terminate job execution when the number of failed indexes exceeds maxFailedIndexes'),
  async (context) => {
    const batch = new Batch(context);
    await batch.create('exit 1', {
      ...INDEXED,
      parallelism: 1,
      completions: 4,
      backoffLimitPerIndex: 0,
      maxFailedIndexes: 1,
    });
    const status = await batch.condition('Failed', 'MaxFailedIndexesExceeded');
    assert.deepEqual([status.failedIndexes, status.completedIndexes ?? ''], ['0,1', '']);
    assert.deepEqual([status.failed, status.succeeded ?? 0], [2, 0]);
  },
);

conformance(
  named('should mark indexes as failed when the FailIndex action is matched in podFailurePolicy'),
  async (context) => {
    const batch = new Batch(context);
    const onExitCodes = { operator: 'In' as const, values: [42] };
    await batch.create(`[ ${INDEX} -ne 0 ] || exit 42`, {
      ...INDEXED,
      completions: 2,
      backoffLimitPerIndex: 1,
      podFailurePolicy: { rules: [{ action: 'FailIndex', onExitCodes }] },
    });
    const status = await batch.condition('Failed', 'FailedIndexes');
    assert.deepEqual([status.failedIndexes, status.completedIndexes], ['0', '1']);
    assert.deepEqual([status.failed, status.succeeded], [1, 1]);
  },
);

/** A job that is done by its success policy, and lets go of the pods that are not. */
async function succeeds(
  batch: Batch,
  rule: { succeededIndexes?: string; succeededCount?: number },
  script: string,
  completed: string,
): Promise<void> {
  await batch.create(script, { ...INDEXED, completions: 2, successPolicy: { rules: [rule] } });
  await batch.condition('SuccessCriteriaMet', 'SuccessPolicy');
  const status = await batch.condition('Complete', 'SuccessPolicy');
  assert.equal(status.completedIndexes, completed);
  await batch.noneActive();
}

/** Only this index ever ends. */
const only = (index: number) => `[ ${INDEX} -eq ${index} ] && exit 0; ${IDLE}`;

conformance(named('with successPolicy should succeeded when all indexes succeeded'), (context) =>
  succeeds(new Batch(context), { succeededIndexes: '0-1' }, 'exit 0', '0,1'),
);
conformance(
  named('with successPolicy succeededIndexes rule should succeeded even when some indexes remain pending'),
  (context) => succeeds(new Batch(context), { succeededIndexes: '1' }, only(1), '1'),
);
conformance(
  named('with successPolicy succeededCount rule should succeeded even when some indexes remain pending'),
  (context) => succeeds(new Batch(context), { succeededCount: 1 }, only(0), '0'),
);
