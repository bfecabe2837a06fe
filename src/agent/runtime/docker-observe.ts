import type { ContainerInspectInfo } from 'dockerode';
import type { Millis } from '../../lib/clock.ts';
import {
  CONTAINER_NAME,
  CONTAINER_TYPE,
  IMAGE,
  POD_NAME,
  POD_NAMESPACE,
  POD_UID,
  RESTART_COUNT,
} from './create-options/labels.ts';
import type { ObservedContainer } from './runtime.ts';

/** What the planner may know of a container, from Docker's inspect; the same for Docker 20.10 to 28. */
export function observeContainer(info: ContainerInspectInfo): ObservedContainer {
  const labels = info.Config.Labels ?? {};
  const { State: state } = info;
  const role = labels[CONTAINER_TYPE] === 'podsandbox' ? 'sandbox' : 'container';
  const createdAt = Date.parse(info.Created);
  const failedToStart = hasFailedToStart(state);
  return {
    id: info.Id,
    role,
    podUid: labels[POD_UID] ?? '',
    podNamespace: labels[POD_NAMESPACE] ?? '',
    podName: labels[POD_NAME] ?? '',
    containerName: labels[CONTAINER_NAME] ?? '',
    attempt: Number(labels[RESTART_COUNT] ?? 0),
    state: failedToStart ? 'exited' : stateOf(state.Status),
    createdAt,
    startedAt: time(state.StartedAt) ?? (failedToStart ? createdAt : undefined),
    finishedAt: state.Running ? undefined : (time(state.FinishedAt) ?? (failedToStart ? createdAt : undefined)),
    exitCode: state.ExitCode,
    oomKilled: state.OOMKilled,
    error: state.Error,
    image: labels[IMAGE] ?? info.Config.Image,
    imageId: info.Image,
    pid: state.Running ? state.Pid : 0,
    ip: role === 'sandbox' && state.Running ? address(info) : '',
    labels,
  };
}

/**
 * A container whose command could not run stays `created` in Docker, with the reason beside it: to us it has ended
 * (Kubernetes: ContainerCannotRun). Docker: 127 no such file, 126 not executable, 128 all else.
 */
export function hasFailedToStart(state: ContainerInspectInfo['State']): boolean {
  return state.Status === 'created' && (state.Error !== '' || state.ExitCode !== 0);
}

/** Docker knows seven states; ours are what a planner can act on. */
function stateOf(status: string): ObservedContainer['state'] {
  switch (status) {
    case 'created':
      return 'created';
    case 'running':
    case 'paused':
    case 'restarting':
      return 'running';
    default: // exited, dead, removing
      return 'exited';
  }
}

/** Docker writes the year 1 for never. */
function time(text: string): Millis | undefined {
  const at = Date.parse(text);
  return Number.isNaN(at) || at <= 0 ? undefined : at;
}

function address({ NetworkSettings: settings }: ContainerInspectInfo): string {
  for (const { IPAddress } of Object.values(settings.Networks ?? {})) if (IPAddress) return IPAddress;
  return '';
}
