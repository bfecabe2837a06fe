import assert from 'node:assert/strict';
import type { Node, Pod } from '../../../src/api/types.ts';
import { isReady } from '../../../src/cli/up/daemons.ts';
import type { Lab } from '../../lab/lab.ts';
import { eventually } from '../../lib/eventually.ts';
import { sharedLab } from './shared-lab.ts';

const PODS = '/api/v1/namespaces/default/pods';
const LABELS = { app: 'failover' };
/** Silence until NotReady and the toleration are ten seconds each; the rest is for a busy machine. */
const REPLACED_WITHIN_MS = 120_000;

const POD = {
  terminationGracePeriodSeconds: 1,
  containers: [{ name: 'main', image: 'busybox:1', command: ['sleep', '3600'] }],
};

const WAYS: readonly { how: string; kill(lab: Lab, node: string): Promise<void> }[] = [
  { how: 'loses power', kill: (lab, node) => lab.kill(node, 'power') },
  { how: 'loses its cable', kill: (lab, node) => lab.cut(node) },
  { how: 'loses its agent', kill: (lab, node) => lab.kill(node, 'agent') },
  { how: 'loses Docker', kill: (lab, node) => lab.kill(node, 'engine') },
];

describe('a node under a pod of a ReplicaSet', function () {
  this.timeout(REPLACED_WITHIN_MS * 3);
  let lab: Lab;

  const pods = async (): Promise<Pod[]> =>
    (await lab.api.get<{ items: Pod[] }>(`${PODS}?labelSelector=app%3Dfailover`)).items;
  const replicas = async () => (await pods()).filter(({ metadata }) => metadata.ownerReferences);
  /** Waits for two replicas that are Ready, on nodes that `accepts`. */
  const twoReady = (accepts: (pod: Pod) => boolean = () => true) =>
    eventually(async () => {
      const ready = (await replicas()).filter((pod) => !pod.metadata.deletionTimestamp && isReady(pod) && accepts(pod));
      assert.equal(
        ready.length,
        2,
        JSON.stringify(
          (await replicas()).map(({ metadata, spec, status }) => [metadata.name, spec.nodeName, status?.phase]),
        ),
      );
      return ready;
    }, REPLACED_WITHIN_MS);
  const nodesAreReady = () =>
    eventually(async () => {
      const { items } = await lab.api.get<{ items: Node[] }>('/api/v1/nodes');
      assert.deepEqual(
        items.filter((node) => !isReady(node)).map(({ metadata }) => metadata.name),
        [],
      );
    }, REPLACED_WITHIN_MS);

  before('build the lab, and a ReplicaSet', async function () {
    this.timeout(300_000);
    lab = await sharedLab();
    await lab.api.create('/apis/apps/v1/namespaces/default/replicasets', {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: 'failover' },
      spec: { replicas: 2, selector: { matchLabels: LABELS }, template: { metadata: { labels: LABELS }, spec: POD } },
    });
  });

  after('remove it', async () => {
    await lab.api.delete('/apis/apps/v1/namespaces/default/replicasets/failover');
    await eventually(async () => assert.deepEqual(await pods(), []), REPLACED_WITHIN_MS);
  });

  for (const { how, kill } of WAYS) {
    it(`${how}, and the pod is replaced on another node, a bare pod is not`, async () => {
      const [victim] = await twoReady();
      const node = victim?.spec.nodeName ?? '';
      const metadata = { name: 'bare', labels: { app: 'bare' } };
      await lab.api.create(PODS, { apiVersion: 'v1', kind: 'Pod', metadata, spec: { ...POD, nodeName: node } });
      await eventually(async () => assert.ok(isReady(await lab.api.get<Pod>(`${PODS}/bare`))), REPLACED_WITHIN_MS);

      await kill(lab, node);
      const replaced = await twoReady((pod) => pod.spec.nodeName !== node);
      assert.ok(!replaced.some((pod) => pod.metadata.uid === victim?.metadata.uid));
      const everywhere = await lab.api.get<{ items: Pod[] }>(`${PODS}?labelSelector=app%3Dbare`);
      assert.deepEqual(
        everywhere.items.filter((pod) => pod.spec.nodeName !== node),
        [],
      );

      await lab.heal(node);
      await lab.boot(node);
      await nodesAreReady();
      // The node hears what was decided without it: neither pod is there any more, in the API or in Docker.
      await eventually(async () => {
        const { code } = await lab.kubectl(['get', 'pod', 'bare']);
        assert.equal(code, 1);
        const format = '{{.Label "io.kubernetes.pod.name"}}';
        const names = await lab.host(node).run('docker', ['ps', '-a', '--format', format]);
        const gone = ['bare', victim?.metadata.name ?? ''];
        assert.deepEqual(
          names.split('\n').filter((name) => gone.includes(name)),
          [],
        );
      }, REPLACED_WITHIN_MS);
    });
  }
});
