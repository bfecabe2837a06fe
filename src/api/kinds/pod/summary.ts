import type { ContainerStatus, Pod } from '../../types.ts';
import { isSidecar } from './parts.ts';

/** What the columns Ready, Status and Restarts say of a pod. */
export interface PodSummary {
  readonly ready: number;
  readonly total: number;
  readonly status: string;
  readonly restarts: number;
  /** Milliseconds since the epoch of the last end that led to a restart. */
  readonly lastRestartMs: number | undefined;
}

interface Tally {
  ready: number;
  restarts: number;
  lastRestartMs: number | undefined;
}

/** The rules by which `kubectl get pods` sums up a pod (printers/internalversion, printPod). */
export function summarize(pod: Pod): PodSummary {
  const sidecars = new Set((pod.spec.initContainers ?? []).filter(isSidecar).map((container) => container.name));
  const init = initTally(pod, sidecars);
  let status = init.status ?? plainStatus(pod);
  let tally: Tally = init.all;
  if (init.status === undefined || hasCondition(pod, 'Initialized')) {
    const main = mainTally(pod, status, init.sidecars);
    status = main.status;
    tally = { ...main, ready: main.ready + init.all.ready };
  }
  return {
    ready: tally.ready,
    total: (pod.spec.containers ?? []).length + sidecars.size,
    status: deletedStatus(pod) ?? status,
    restarts: tally.restarts,
    lastRestartMs: tally.lastRestartMs,
  };
}

function plainStatus({ status }: Pod): string {
  const isGated = status?.conditions?.some(
    ({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated',
  );
  return isGated ? 'SchedulingGated' : status?.reason || status?.phase || '';
}

function deletedStatus({ metadata, status }: Pod): string | undefined {
  if (!metadata.deletionTimestamp) return undefined;
  if (status?.reason === 'NodeLost') return 'Unknown';
  return status?.phase === 'Succeeded' || status?.phase === 'Failed' ? undefined : 'Terminating';
}

/** Walks the init containers up to the one that the pod waits for. @returns status of that one, if any */
function initTally(pod: Pod, names: ReadonlySet<string>): { all: Tally; sidecars: Tally; status: string | undefined } {
  const all = emptyTally();
  const sidecars = emptyTally();
  const count = pod.spec.initContainers?.length ?? 0;
  for (const [index, status] of (pod.status?.initContainerStatuses ?? []).entries()) {
    const isSide = names.has(status.name);
    countRestarts(all, status);
    if (isSide) countRestarts(sidecars, status);
    if (status.state?.terminated?.exitCode === 0) continue;
    if (isSide && status.started) {
      if (status.ready) all.ready += 1;
      continue;
    }
    return { all, sidecars, status: initStatus(status, index, count) };
  }
  return { all, sidecars, status: undefined };
}

function initStatus({ state }: ContainerStatus, index: number, count: number): string {
  if (state?.terminated) return `Init:${endReason(state.terminated)}`;
  const reason = state?.waiting?.reason;
  return reason && reason !== 'PodInitializing' ? `Init:${reason}` : `Init:${index}/${count}`;
}

/** Walks the containers last to first: the first one's trouble is what shows. */
function mainTally(pod: Pod, start: string, sidecars: Tally): Tally & { status: string } {
  const tally = { ...sidecars, ready: 0 };
  let status = start;
  let isAnyRunning = false;
  for (const container of [...(pod.status?.containerStatuses ?? [])].reverse()) {
    countRestarts(tally, container);
    const { waiting, terminated, running } = container.state ?? {};
    if (waiting?.reason) status = waiting.reason;
    else if (terminated) status = endReason(terminated);
    else if (container.ready && running) {
      isAnyRunning = true;
      tally.ready += 1;
    }
  }
  if (status === 'Completed' && isAnyRunning) status = hasCondition(pod, 'Ready') ? 'Running' : 'NotReady';
  return { ...tally, status };
}

function endReason(end: { reason?: string; signal?: number; exitCode: number }): string {
  if (end.reason) return end.reason;
  return end.signal ? `Signal:${end.signal}` : `ExitCode:${end.exitCode}`;
}

function emptyTally(): Tally {
  return { ready: 0, restarts: 0, lastRestartMs: undefined };
}

function countRestarts(tally: Tally, status: ContainerStatus): void {
  tally.restarts += status.restartCount;
  const ended = Date.parse(status.lastState?.terminated?.finishedAt ?? '');
  if (!Number.isNaN(ended)) tally.lastRestartMs = Math.max(ended, tally.lastRestartMs ?? ended);
}

function hasCondition(pod: Pod, type: string): boolean {
  return pod.status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false;
}
