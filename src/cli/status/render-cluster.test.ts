import assert from 'node:assert/strict';
import { stripVTControlCharacters } from 'node:util';
import type { ClusterStatus, NodeStatus, TroubledPod } from './cluster.ts';
import { renderCluster } from './render-cluster.ts';

const NOW = Date.parse('2026-01-02T12:00:00Z');
const HOUR_AGO = '2026-01-02T09:00:00Z';

const NODE: NodeStatus = {
  name: 'pi-1',
  isReady: true,
  isSchedulable: true,
  architecture: 'arm64',
  createdAt: HOUR_AGO,
  address: '192.168.1.10',
  pods: 12,
  maxPods: 110,
  memoryRequestedBytes: 3e9,
  memoryBytes: 8e9,
  problems: [],
};
const POD: TroubledPod = {
  namespace: 'default',
  name: 'web-7d9f-abcde',
  status: 'ErrImagePull',
  node: 'pi-1',
  createdAt: HOUR_AGO,
  message: 'main: no such image',
  isWrong: true,
};

function render(status: Partial<ClusterStatus>, paint = (_: unknown, text: string) => text): string {
  const whole: ClusterStatus = {
    isWell: true,
    master: { server: 'https://192.168.1.10:6443', version: '0.1.0', startedAt: HOUR_AGO, storeBytes: 4_200_000 },
    nodes: [NODE],
    pods: { total: 12, troubled: [] },
    warnings: [],
    next: ['kubectl get pods -A -o wide'],
    ...status,
  };
  return renderCluster(whole, NOW, { width: 80, paint });
}

describe('the page of a cluster', () => {
  it('is short when all is well', () => {
    assert.equal(
      render({}),
      `Bramble 0.1.0 at https://192.168.1.10:6443
up 3h, store 4.2 MB

NODE  STATUS  ARCH   AGE  ADDRESS       PODS    MEMORY
pi-1  Ready   arm64  3h   192.168.1.10  12/110  38%

All of 12 pods well

Next:
  kubectl get pods -A -o wide`,
    );
  });

  it('puts what is wrong below what it is wrong with', () => {
    const problems = [{ type: 'NotReady', message: 'Kubelet stopped posting node status.' }];
    const lost = { ...NODE, name: 'pi-2', isReady: false, isSchedulable: false, problems };
    const slow = { ...NODE, problems: [{ type: 'SlowDisk', message: 'a write takes 900 ms' }] };
    const starting = { ...POD, name: 'db-0', status: 'ContainerCreating', message: '', isWrong: false };
    const text = render({
      nodes: [slow, lost],
      pods: { total: 3, troubled: [POD, starting] },
      warnings: [{ lastSeen: HOUR_AGO, count: 4, object: 'pod/web', reason: 'Failed', message: 'no such image' }],
      next: ['kubectl describe node pi-2'],
    });
    assert.equal(
      text.slice(text.indexOf('NODE')),
      `NODE  STATUS    ARCH   AGE  ADDRESS       PODS    MEMORY
pi-1  Ready     arm64  3h   192.168.1.10  12/110  38%
  ! SlowDisk: a write takes 900 ms
pi-2  NotReady  arm64  3h   192.168.1.10  12/110  38%
  ✗ Kubelet stopped posting node status.
  … cordoned: it gets no new pods

1 of 3 pods well, 1 in trouble, 1 starting or ending
  ✗ default/web-7d9f-abcde ErrImagePull on pi-1, 3h old
      main: no such image
  … default/db-0 ContainerCreating on pi-1, 3h old

Last warnings
  3h ago (4 times), pod/web: Failed: no such image

Next:
  kubectl describe node pi-2`,
    );
  });

  it('fits 80 columns, whatever the names and messages are', () => {
    const long = { name: `raspberrypi-${'x'.repeat(70)}`, message: 'word '.repeat(100) };
    const problems = [{ type: 'NotReady', message: long.message }];
    const text = render({
      nodes: [{ ...NODE, ...long, isReady: false, isSchedulable: false, problems, architecture: 'amd64' }],
      pods: { total: 40, troubled: Array.from({ length: 30 }, () => ({ ...POD, ...long })) },
      warnings: [{ lastSeen: HOUR_AGO, count: 1, object: 'pod/web', reason: 'Failed', message: 'x'.repeat(500) }],
      next: [],
    });
    for (const line of text.split('\n')) assert.ok(line.length <= 80, line);
    assert.match(text, /and 20 more: kubectl get pods -A/);
  });

  it('says that there are no nodes or pods', () => {
    assert.match(render({ nodes: [], pods: { total: 0, troubled: [] } }), /No nodes: .*\n\nNo pods yet/);
  });

  it('changes nothing but colours on a terminal', () => {
    const painted = render({ pods: { total: 1, troubled: [POD] } }, (_, text) => `\x1b[31m${text}\x1b[39m`);
    assert.equal(stripVTControlCharacters(painted), render({ pods: { total: 1, troubled: [POD] } }));
    assert.ok(painted.includes('\x1b[31mReady\x1b[39m'));
  });
});
