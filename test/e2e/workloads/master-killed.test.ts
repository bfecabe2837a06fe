import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Random } from '../../../scripts/chaos/random.ts';
import { POD_NAMESPACE } from '../../../src/agent/runtime/create-options/labels.ts';
import type {
  Deployment,
  Job,
  KubeObject,
  Pod,
  PodTemplateSpec,
  ReplicaSet,
  StatefulSet,
} from '../../../src/api/types.ts';
import { TestCluster } from '../../lib/cluster.ts';
import { eventually } from '../../lib/eventually.ts';
import { Gate } from '../pods/gate.ts';
import { shell } from '../pods/manifests.ts';
import { PodSpace } from '../pods/pod-space.ts';
import { CollectionLedger } from './collection-ledger.ts';
import { MasterKiller } from './master-killer.ts';

const KILLS = 12;
/** While what was made is taken away. */
const LAST_KILLS = 3;
const LABELS = { app: 'web' };
const WAIT = '--timeout=90s';
/** Notes in the gate when it begins and when it is asked to end, by the pod's name. */
const SERVE = `echo "+$HOSTNAME" >> /gate/notes; trap 'echo "-$HOSTNAME" >> /gate/notes; exit' TERM; sleep 3600 & wait`;
const WORK = 'sleep 5; echo $JOB_COMPLETION_INDEX >> /gate/notes';

/**
 * On a busy machine masters that are killed while they start can be silent for longer than a node's grace, after which pods that must not
 * run twice are stopped: that is for other tests to see.
 */
const PATIENT = ['not-ready', 'unreachable'].map((condition) => ({
  key: `node.kubernetes.io/${condition}`,
  operator: 'Exists' as const,
  effect: 'NoExecute' as const,
  tolerationSeconds: 300,
}));

const run = promisify(execFile);

describe('a master that is killed again and again', function () {
  this.timeout(180_000);
  const cluster = new TestCluster({
    bridge: 'bmkill0',
    clusterCidr: '10.186.0.0/16',
    serviceCidr: '10.187.0.0/16',
    nodeName: 'undying',
  });
  const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
  const random = new Random(seed);
  const ledgers: CollectionLedger<KubeObject>[] = [];
  const killer = new MasterKiller(cluster, random, async () => {
    for (const ledger of ledgers) await ledger.follow();
  });
  let count = 0;
  let space: PodSpace;
  let gate: Gate;
  let pods: CollectionLedger<Pod>;

  before(async () => {
    console.log(`    seed: ${seed}`);
    await cluster.start();
  });
  after(() => cluster.stop());

  beforeEach(async () => {
    gate = new Gate();
    space = await PodSpace.open(cluster, `killed-${count++}`);
    pods = await ledgerOf<Pod>('/api/v1', 'pods');
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') console.log(`    seed: ${seed}\n${cluster.log('master')}`);
    for (const ledger of ledgers.splice(0)) ledger.close();
    await space.close();
    gate.remove();
  });

  async function ledgerOf<T extends KubeObject>(group: string, plural: string): Promise<CollectionLedger<T>> {
    const ledger = await CollectionLedger.open<T>({
      cluster,
      path: `${group}/namespaces/${space.namespace}/${plural}`,
      onEvent: () => killer.changed(),
    });
    ledgers.push(ledger);
    return ledger;
  }

  function template(script: string, more: Partial<PodTemplateSpec['spec']> = {}): PodTemplateSpec {
    const container = shell('main', script, { imagePullPolicy: 'IfNotPresent', volumeMounts: [gate.mount] });
    const basics = { terminationGracePeriodSeconds: 5, tolerations: PATIENT };
    const spec = { ...basics, containers: [container], volumes: [gate.volume], ...more };
    return { metadata: { labels: LABELS }, spec };
  }

  const stored = async <T>(kind: string): Promise<T> => JSON.parse(await space.ok(['get', kind, 'web', '-o', 'json']));
  const notes = (): string[] => gate.read('notes').trim().split('\n').sort();

  /** Deletes the workload, with more kills, and waits until nothing of it is there: in the API, in the engine. */
  async function takeAway(kind: string): Promise<void> {
    await space.ok(['delete', kind, 'web', '--wait=false']);
    await killer.kill(LAST_KILLS);
    await eventually(async () => {
      const kinds = 'deployments,statefulsets,jobs,replicasets,controllerrevisions,pods';
      assert.equal(await space.ok(['get', kinds, '-o', 'name']), '');
    }, 60_000);
    for (const ledger of ledgers) await ledger.isComplete();
    const filter = `label=${POD_NAMESPACE}=${space.namespace}`;
    await eventually(async () => assert.equal((await run('docker', ['ps', '-aq', '--filter', filter])).stdout, ''));
  }

  it('rolls a Deployment out within its limits, with every pod made once', async () => {
    const sets = await ledgerOf<ReplicaSet>('/apis/apps/v1', 'replicasets');
    const spec = { replicas: 6, selector: { matchLabels: LABELS }, template: template(SERVE) };
    await space.apply({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec });
    await space.ok(['rollout', 'status', 'deployment/web', WAIT]);
    await space.ok(['set', 'image', 'deployment/web', 'main=nginx:latest']);
    await killer.kill(KILLS);
    await space.ok(['rollout', 'status', 'deployment/web', WAIT]);

    const images = ({ spec }: { spec: { template: PodTemplateSpec } }) =>
      spec.template.spec.containers.map(({ image }) => image).join();
    const { metadata, status } = await eventually(async () => {
      const deployment = await stored<Deployment>('deployment');
      assert.equal(deployment.status?.replicas, 6);
      return deployment;
    });
    const { observedGeneration, updatedReplicas, readyReplicas, availableReplicas, unavailableReplicas } = status ?? {};
    assert.deepEqual(
      { observedGeneration, updatedReplicas, readyReplicas, availableReplicas, unavailableReplicas },
      {
        observedGeneration: metadata.generation,
        updatedReplicas: 6,
        readyReplicas: 6,
        availableReplicas: 6,
        unavailableReplicas: undefined,
      },
    );
    const conditions = status?.conditions?.map(({ type, status, reason }) => `${type} ${status} ${reason}`).sort();
    assert.deepEqual(conditions, [
      'Available True MinimumReplicasAvailable',
      'Progressing True NewReplicaSetAvailable',
    ]);

    await eventually(async () => {
      await sets.isComplete();
      const counts = sets.replay().map((set) => `${images(set)} ${set.spec.replicas} ${set.status?.replicas}`);
      assert.deepEqual(counts.sort(), ['busybox:1 0 0', 'nginx:latest 6 6']);
    });
    assert.equal(sets.created.length, 2);
    sets.replay((live) => {
      const wanted = live.reduce((sum, { spec }) => sum + (spec.replicas ?? 0), 0);
      assert.ok(wanted <= 8, `${wanted} replicas`);
    });
    await pods.isComplete();
    let isUp = false;
    pods.replay((live) => {
      const ready = live.filter((pod) => isReady(pod) && !pod.metadata.deletionTimestamp).length;
      isUp ||= ready === 6;
      assert.ok(!isUp || ready >= 5, `${ready} pods are ready`);
    });
    const made = Map.groupBy(pods.created, (pod) => pod.metadata.ownerReferences?.[0]?.uid);
    assert.deepEqual(
      [...made.values()].map((list) => list.length),
      [6, 6],
    );
    await takeAway('deployment');
    const names = pods.created.map(({ metadata }) => metadata.name);
    assert.deepEqual(notes(), ['+', '-'].flatMap((sign) => names.map((name) => `${sign}${name}`)).sort());
  });

  it('scales a StatefulSet up and down in order, with every pod made once', async () => {
    const selector = { matchLabels: LABELS };
    const spec = { replicas: 1, serviceName: 'peers', selector, template: template(SERVE) };
    await space.apply({ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'web' }, spec });
    await space.ok(['rollout', 'status', 'statefulset/web', WAIT]);
    const scaled = (replicas: number) =>
      eventually(async () => {
        const { metadata, status } = await stored<StatefulSet>('statefulset');
        const { observedGeneration, readyReplicas, availableReplicas, currentReplicas, updatedReplicas } = status ?? {};
        const counts = [status?.replicas, readyReplicas, availableReplicas, currentReplicas, updatedReplicas];
        assert.deepEqual([observedGeneration, ...counts], [metadata.generation, ...Array(5).fill(replicas)]);
      }, 90_000);
    await space.ok(['scale', 'statefulset/web', '--replicas=5']);
    await killer.kill(KILLS - 4);
    await scaled(5);
    await space.ok(['scale', 'statefulset/web', '--replicas=2']);
    await killer.kill(4);
    await scaled(2);

    await pods.isComplete();
    const names = (list: readonly Pod[]) => list.map(({ metadata }) => metadata.name);
    assert.deepEqual(names(pods.created), ['web-0', 'web-1', 'web-2', 'web-3', 'web-4']);
    const left = pods.replay((live, { type, object }) => {
      assert.equal(new Set(names(live)).size, live.length, `two pods of one name: ${names(live)}`);
      const isEarly = type === 'ADDED' && !live.every((pod) => pod === object || isReady(pod));
      assert.ok(!isEarly, `${object.metadata.name} is made while others are not ready`);
      const going = live.filter(({ metadata }) => metadata.deletionTimestamp);
      assert.ok(going.length <= 1, `at once go ${names(going)}`);
      assert.ok(!going[0] || names(live).sort().at(-1) === going[0].metadata.name, `${names(going)} goes too early`);
    });
    assert.deepEqual(names(left).sort(), ['web-0', 'web-1']);
    await takeAway('statefulset');
    assert.deepEqual(notes(), ['+', '-'].flatMap((sign) => [0, 1, 2, 3, 4].map((n) => `${sign}web-${n}`)).sort());
  });

  it('runs every index of a Job exactly once', async () => {
    const spec = {
      completions: 8,
      parallelism: 3,
      completionMode: 'Indexed',
      template: template(WORK, { restartPolicy: 'Never' }),
    };
    await space.apply({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'web' }, spec });
    await killer.kill(KILLS);
    await space.ok(['wait', '--for=condition=Complete', 'job/web', WAIT]);

    const { status } = await stored<Job>('job');
    const { succeeded, completedIndexes, failed, active, terminating, uncountedTerminatedPods } = status ?? {};
    assert.deepEqual(
      { succeeded, completedIndexes, failed, active, terminating, uncountedTerminatedPods },
      {
        succeeded: 8,
        completedIndexes: '0-7',
        failed: undefined,
        active: undefined,
        terminating: 0,
        uncountedTerminatedPods: {},
      },
    );
    const all = ['0', '1', '2', '3', '4', '5', '6', '7'];
    assert.deepEqual(notes(), all);
    await pods.isComplete();
    assert.deepEqual(pods.created.map(indexOf).sort(), all);
    const left = pods.replay((live) => {
      const active = live.filter(({ status }) => status?.phase === 'Pending' || status?.phase === 'Running');
      assert.ok(active.length <= 3, `${active.length} pods are active`);
      assert.equal(new Set(active.map(indexOf)).size, active.length, `two pods of one index: ${active.map(indexOf)}`);
    });
    assert.deepEqual(left.map(indexOf).sort(), all);
    for (const { metadata, status } of left) {
      assert.equal(metadata.finalizers, undefined);
      assert.equal(status?.phase, 'Succeeded');
      assert.equal(status.containerStatuses?.[0]?.restartCount, 0);
    }
    await takeAway('job');
  });
});

function isReady({ status }: Pod): boolean {
  return status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

function indexOf({ metadata }: Pod): string {
  return metadata.annotations?.['batch.kubernetes.io/job-completion-index'] ?? '';
}
