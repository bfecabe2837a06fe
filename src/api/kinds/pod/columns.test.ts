import assert from 'node:assert/strict';
import type { ContainerState, ContainerStatus, Pod, PodSpec, PodStatus } from '../../types.ts';
import { POD_COLUMNS } from './columns.ts';
import { podOf } from './validation/test-pod.ts';

const NOW = Date.parse('2026-01-01T01:00:00Z');
const RUNNING: ContainerState = { running: {} };

function status(name: string, state: ContainerState, more: Partial<ContainerStatus> = {}): ContainerStatus {
  return { name, image: '', imageID: '', ready: false, restartCount: 0, state, ...more };
}

function cells(spec: Partial<PodSpec>, podStatus: PodStatus, metadata: Partial<Pod['metadata']> = {}) {
  const pod = { ...podOf(spec, metadata), status: podStatus };
  return POD_COLUMNS.map((column) => column.cell(pod, NOW));
}

describe('columns of pods', () => {
  it('are those of kubectl, wide ones last', () => {
    assert.deepEqual(
      POD_COLUMNS.map(({ name, priority }) => `${name}${priority}`),
      ['Name0', 'Ready0', 'Status0', 'Restarts0', 'Age0', 'IP1', 'Node1', 'Nominated Node1', 'Readiness Gates1'],
    );
  });

  it('fill every cell of a running pod', () => {
    const podStatus: PodStatus = {
      phase: 'Running',
      podIPs: [{ ip: '10.42.0.5' }],
      conditions: [{ type: 'example.com/a', status: 'True' }],
      containerStatuses: [status('c', RUNNING, { ready: true })],
    };
    const spec = { nodeName: 'n1', readinessGates: [{ conditionType: 'example.com/a' }, { conditionType: 'b' }] };
    assert.deepEqual(cells(spec, podStatus, { creationTimestamp: '2026-01-01T00:55:00Z' }), [
      ...['web', '1/1', 'Running', '0', '5m', '10.42.0.5', 'n1', '<none>', '1/2'],
    ]);
  });

  it('say nothing where there is nothing', () => {
    assert.deepEqual(cells({}, { phase: 'Pending' }), [
      ...['web', '0/1', 'Pending', '0', '<unknown>', '<none>', '<none>', '<none>', '<none>'],
    ]);
  });
});

describe('Ready, Status and Restarts of pods', () => {
  const two = { containers: ['a', 'b'].map((name) => ({ name, image: 'x' })) };
  const inits = { initContainers: ['i', 'j'].map((name) => ({ name, image: 'x' })) };
  const sidecar = { initContainers: [{ name: 's', image: 'x', restartPolicy: 'Always' }] };
  const waiting = (reason: string) => ({ waiting: { reason } });
  const ended = (exitCode: number, more: object = {}) => ({ terminated: { exitCode, ...more } });
  const lastEnd = (finishedAt: string) => ({ terminated: { exitCode: 1, finishedAt } });
  const deleted = { deletionTimestamp: '2026-01-01T00:59:00Z' };

  interface Case {
    readonly title: string;
    readonly spec?: Partial<PodSpec>;
    readonly status: PodStatus;
    readonly metadata?: Partial<Pod['metadata']>;
    readonly wanted: readonly [ready: string, status: string, restarts: string];
  }
  const cases: Case[] = [
    {
      title: 'show the reason of the pod before its phase',
      status: { phase: 'Failed', reason: 'Evicted' },
      wanted: ['0/1', 'Evicted', '0'],
    },
    {
      title: 'show a shut gate',
      status: {
        phase: 'Pending',
        conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }],
      },
      wanted: ['0/1', 'SchedulingGated', '0'],
    },
    {
      title: 'show what a container waits for',
      status: { phase: 'Pending', containerStatuses: [status('c', waiting('ImagePullBackOff'))] },
      wanted: ['0/1', 'ImagePullBackOff', '0'],
    },
    {
      title: 'show the first container with trouble',
      spec: two,
      status: {
        phase: 'Running',
        containerStatuses: [status('a', waiting('CrashLoopBackOff')), status('b', ended(1, { reason: 'Error' }))],
      },
      wanted: ['0/2', 'CrashLoopBackOff', '0'],
    },
    {
      title: 'show an exit code without a reason',
      status: { phase: 'Failed', containerStatuses: [status('c', ended(3))] },
      wanted: ['0/1', 'ExitCode:3', '0'],
    },
    {
      title: 'show a signal without a reason',
      status: { phase: 'Failed', containerStatuses: [status('c', ended(137, { signal: 9 }))] },
      wanted: ['0/1', 'Signal:9', '0'],
    },
    {
      title: 'show NotReady when one of two has completed',
      spec: two,
      status: {
        phase: 'Running',
        containerStatuses: [status('a', ended(0, { reason: 'Completed' })), status('b', RUNNING, { ready: true })],
      },
      wanted: ['1/2', 'NotReady', '0'],
    },
    {
      title: 'show Running when the ready rest of a pod has completed',
      spec: two,
      status: {
        phase: 'Running',
        conditions: [{ type: 'Ready', status: 'True' }],
        containerStatuses: [status('a', ended(0, { reason: 'Completed' })), status('b', RUNNING, { ready: true })],
      },
      wanted: ['1/2', 'Running', '0'],
    },
    {
      title: 'count restarts and say when the last was',
      spec: two,
      status: {
        phase: 'Running',
        containerStatuses: [
          status('a', RUNNING, { ready: true, restartCount: 2, lastState: lastEnd('2026-01-01T00:50:00Z') }),
          status('b', RUNNING, { ready: true, restartCount: 1, lastState: lastEnd('2026-01-01T00:57:55Z') }),
        ],
      },
      wanted: ['2/2', 'Running', '3 (2m5s ago)'],
    },
    {
      title: 'count init containers that are done',
      spec: inits,
      status: {
        phase: 'Pending',
        initContainerStatuses: [status('i', ended(0)), status('j', RUNNING)],
        containerStatuses: [status('c', waiting('PodInitializing'))],
      },
      wanted: ['0/1', 'Init:1/2', '0'],
    },
    {
      title: 'show what an init container waits for',
      spec: inits,
      status: {
        phase: 'Pending',
        initContainerStatuses: [status('i', waiting('CrashLoopBackOff'), { restartCount: 4 })],
        containerStatuses: [status('c', waiting('PodInitializing'), { restartCount: 7 })],
      },
      wanted: ['0/1', 'Init:CrashLoopBackOff', '4'],
    },
    {
      title: 'show how an init container failed',
      spec: inits,
      status: { phase: 'Failed', initContainerStatuses: [status('i', ended(2))] },
      wanted: ['0/1', 'Init:ExitCode:2', '0'],
    },
    {
      title: 'forget the restarts of init containers once they are done',
      spec: inits,
      status: {
        phase: 'Running',
        initContainerStatuses: [status('i', ended(0), { restartCount: 3 }), status('j', ended(0))],
        containerStatuses: [status('c', RUNNING, { ready: true })],
      },
      wanted: ['1/1', 'Running', '0'],
    },
    {
      title: 'count sidecars among the containers',
      spec: sidecar,
      status: {
        phase: 'Running',
        initContainerStatuses: [status('s', RUNNING, { started: true, ready: true, restartCount: 1 })],
        containerStatuses: [status('c', RUNNING, { ready: true, restartCount: 2 })],
      },
      wanted: ['2/2', 'Running', '3'],
    },
    {
      title: 'show a pod that is on its way out',
      metadata: deleted,
      status: { phase: 'Running', containerStatuses: [status('c', RUNNING, { ready: true })] },
      wanted: ['1/1', 'Terminating', '0'],
    },
    {
      title: 'show how a pod on its way out has ended',
      metadata: deleted,
      status: { phase: 'Succeeded', containerStatuses: [status('c', ended(0, { reason: 'Completed' }))] },
      wanted: ['0/1', 'Completed', '0'],
    },
    {
      title: 'do not know a deleted pod on a lost node',
      metadata: deleted,
      status: { phase: 'Running', reason: 'NodeLost' },
      wanted: ['0/1', 'Unknown', '0'],
    },
  ];
  for (const { title, spec = {}, status: podStatus, metadata, wanted } of cases) {
    it(title, () => assert.deepEqual(cells(spec, podStatus, metadata).slice(1, 4), wanted));
  }
});
