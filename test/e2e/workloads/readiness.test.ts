import assert from 'node:assert/strict';
import type { Deployment, Pod } from '../../../src/api/types.ts';
import { eventually } from '../../lib/eventually.ts';
import { IDLE, shell } from '../pods/manifests.ts';
import { PodSpace } from '../pods/pod-space.ts';
import { cluster } from '../setup/shared-cluster.ts';

/** Three replicas, none of which may be missing; each is ready as long as READY says yes. */
function deployment(ready: 'yes' | 'no'): object {
  const labels = { app: 'web' };
  const container = shell('main', IDLE, {
    env: [{ name: 'READY', value: ready }],
    readinessProbe: { exec: { command: ['sh', '-c', '[ "$READY" = yes ]'] }, periodSeconds: 1 },
  });
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      replicas: 3,
      progressDeadlineSeconds: 5,
      strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { terminationGracePeriodSeconds: 1, containers: [container] } },
    },
  };
}

describe('a rollout whose new pods never become ready', () => {
  let space: PodSpace;
  const pods = async (): Promise<Pod[]> =>
    JSON.parse(await space.ok(['get', 'pods', '-l', 'app=web', '-o', 'json'])).items;
  const isReady = ({ status }: Pod) => status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';

  before(async () => {
    space = await PodSpace.open(cluster, 'readiness');
    await space.apply(deployment('yes'));
    await space.ok(['rollout', 'status', 'deployment/web', '--timeout=90s']);
  });

  after(() => space.close());

  it('stops with all old pods serving, and says so', async () => {
    const old = (await pods()).map(({ metadata }) => metadata.name);
    await space.apply(deployment('no'));
    await eventually(async () => {
      const status = await space.kubectl(['rollout', 'status', 'deployment/web', '--timeout=60s']);
      assert.equal(status.code, 1);
      assert.match(status.stdout + status.stderr, /deployment "web" exceeded its progress deadline/);
    });
    const now = await pods();
    assert.deepEqual(new Set(now.filter(isReady).map(({ metadata }) => metadata.name)), new Set(old));
    assert.equal(now.length, 4);
    const { status }: Deployment = JSON.parse(await space.ok(['get', 'deployment', 'web', '-o', 'json']));
    assert.deepEqual([status?.readyReplicas, status?.updatedReplicas, status?.unavailableReplicas], [3, 1, 1]);
    const progressing = status?.conditions?.find(({ type }) => type === 'Progressing');
    assert.deepEqual([progressing?.status, progressing?.reason], ['False', 'ProgressDeadlineExceeded']);
  });

  it('goes on once they do', async () => {
    await space.apply(deployment('yes'));
    const said = await space.ok(['rollout', 'status', 'deployment/web', '--timeout=90s']);
    assert.match(said, /deployment "web" successfully rolled out/);
    await eventually(async () => assert.equal((await pods()).filter(isReady).length, 3));
  });
});
