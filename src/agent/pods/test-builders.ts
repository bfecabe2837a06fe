/** Builders for the tests of this folder: short, and complete where a rule looks. */
import type { Container, Pod } from '../../api/types.ts';
import type { ObservedContainer } from '../runtime/runtime.ts';
import { BACK_OFF_SECONDS, SANDBOX_ID } from './labels.ts';
import { attemptKey } from './pod-memory.ts';

export const NOW = Date.parse('2026-03-01T12:00:00Z');
export const UID = 'b1a5c0de-0000-4000-8000-000000000001';

export function aContainer(name: string, extra: Partial<Container> = {}): Container {
  return { name, image: `${name}:1`, imagePullPolicy: 'IfNotPresent', ...extra };
}

/** What `aContainer(name)` is remembered by. */
export function aKey(name: string): string {
  return attemptKey(aContainer(name));
}

export function aPod(
  spec: Partial<Pod['spec']> = {},
  metadata: Partial<Pod['metadata']> = {},
  status?: Pod['status'],
): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default', uid: UID, ...metadata },
    spec: { restartPolicy: 'Always', terminationGracePeriodSeconds: 30, containers: [aContainer('app')], ...spec },
    status: { phase: 'Pending', ...status },
  };
}

/** A deleted pod. */
export function deleted(pod: Pod, graceSeconds = 30): Pod {
  const deletionTimestamp = '2026-03-01T12:00:30Z';
  return { ...pod, metadata: { ...pod.metadata, deletionTimestamp, deletionGracePeriodSeconds: graceSeconds } };
}

export function observedContainer(extra: Partial<ObservedContainer> = {}): ObservedContainer {
  return {
    id: 'id',
    role: 'container',
    podUid: UID,
    podNamespace: 'default',
    podName: 'web',
    containerName: 'app',
    attempt: 0,
    state: 'running',
    createdAt: NOW - 60_000,
    startedAt: NOW - 60_000,
    finishedAt: undefined,
    exitCode: 0,
    oomKilled: false,
    error: '',
    image: '',
    imageId: 'sha256:1',
    pid: 0,
    ip: '',
    labels: {},
    ...extra,
  };
}

export function sandbox(extra: Partial<ObservedContainer> = {}): ObservedContainer {
  const attempt = extra.attempt ?? 0;
  return observedContainer({
    id: `sandbox-${attempt}`,
    role: 'sandbox',
    containerName: 'POD',
    pid: 100,
    ip: '10.42.0.5',
    ...extra,
    attempt,
  });
}

/** A dead sandbox. */
export function deadSandbox(attempt = 0): ObservedContainer {
  return sandbox({ attempt, state: 'exited', pid: 0, ip: '', finishedAt: NOW - 1000, exitCode: 137 });
}

/** A running container of sandbox 0, or of the one named. */
export function running(name: string, extra: Partial<ObservedContainer> & { sandbox?: string; backOff?: number } = {}) {
  const { sandbox: sandboxId = 'sandbox-0', backOff, ...rest } = extra;
  const attempt = rest.attempt ?? 0;
  return observedContainer({
    id: `${name}-${attempt}`,
    containerName: name,
    labels: { [SANDBOX_ID]: sandboxId, ...(backOff ? { [BACK_OFF_SECONDS]: String(backOff) } : {}) },
    ...rest,
    attempt,
  });
}

/** A container that ended a second ago. */
export function exited(
  name: string,
  exitCode: number,
  extra: Partial<ObservedContainer> & { sandbox?: string; backOff?: number } = {},
): ObservedContainer {
  return running(name, { state: 'exited', exitCode, finishedAt: NOW - 1000, ...extra });
}
