import type { ContainerStatus, Pod, PodStatus } from '../../../api/types.ts';
import { podRestartPolicy } from '../pod-facts.ts';

type Phase = NonNullable<PodStatus['phase']>;

interface Statuses {
  readonly init: readonly ContainerStatus[];
  readonly main: readonly ContainerStatus[];
}

interface Counts {
  running: number;
  waiting: number;
  stopped: number;
  succeeded: number;
}

/** Whether the container is still on its way to its first start. */
function neverRan(status: ContainerStatus): boolean {
  return status.state?.waiting !== undefined && status.lastState?.terminated === undefined;
}

function exitCode(status: ContainerStatus): number | undefined {
  return status.state?.terminated?.exitCode ?? status.lastState?.terminated?.exitCode;
}

function hasFailed(status: ContainerStatus): boolean {
  return status.state?.running === undefined && (exitCode(status) ?? 0) !== 0;
}

function count(statuses: readonly ContainerStatus[]): Counts {
  const counts: Counts = { running: 0, waiting: 0, stopped: 0, succeeded: 0 };
  for (const status of statuses) {
    if (status.state?.running) counts.running += 1;
    else if (neverRan(status)) counts.waiting += 1;
    else {
      counts.stopped += 1;
      if (status.state?.terminated?.exitCode === 0) counts.succeeded += 1;
    }
  }
  return counts;
}

/**
 * The pod's phase from its containers' states. `isOver`: nothing will be started any more and nothing runs.
 * Source: kubelet, getPhase.
 */
export function podPhase(pod: Pod, { init, main }: Statuses, isOver: boolean): Phase {
  const policy = podRestartPolicy(pod);
  const isSidecar = new Map((pod.spec.initContainers ?? []).map((c) => [c.name, c.restartPolicy === 'Always']));
  const regular = init.filter((status) => !isSidecar.get(status.name));
  const sidecars = init.filter((status) => isSidecar.get(status.name));
  const hasMainStarted = main.some((status) => !neverRan(status));
  const mains = count(main);

  if (regular.some(hasFailed) && policy === 'Never') return 'Failed';
  const isInitPending = regular.some((status) => status.state?.running !== undefined || neverRan(status));
  // A deleted pod that never got past its init containers is over all the same: kubelet calls it failed.
  if (isOver && !hasMainStarted) return regular.length + sidecars.length + mains.stopped > 0 ? 'Failed' : 'Pending';
  if (isInitPending || (sidecars.some(neverRan) && !hasMainStarted)) return 'Pending';
  if (mains.waiting > 0) return isOver ? 'Failed' : 'Pending';
  if (mains.running > 0 || sidecars.some((status) => status.state?.running)) return 'Running';
  if (isOver) return mains.stopped === mains.succeeded ? 'Succeeded' : 'Failed';
  if (policy === 'Always') return 'Running';
  if (mains.stopped === mains.succeeded) return 'Succeeded';
  return policy === 'Never' ? 'Failed' : 'Running';
}
