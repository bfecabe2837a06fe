import type { ObservedContainer } from '../../runtime/runtime.ts';
import { isInSandbox, newest, type PodView, runningContainers } from '../pod-view.ts';
import type { PlanContext } from './context.ts';
import { once } from './context.ts';
import type { Step } from './step.ts';
import { stopSteps } from './stop.ts';

/** Whoever makes the network ready wakes all pods; this is for when that was missed. */
const NETWORK_RETRY_MS = 1_000;
const NETWORK_PATIENCE_MS = 5_000;
const NETWORK_NOT_READY =
  'network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:the node has no pod network yet';

/**
 * What brings the pod its volumes and a running sandbox; empty when they are there. Containers of a sandbox that died still
 * run, cut off from the network: they are stopped before the next one is made.
 */
export function sandboxSteps(context: PlanContext): Step[] {
  const { pod, view } = context;
  const strangers = runningContainers(view).filter((c) => isStranger(view, c));
  const grace = pod.spec.terminationGracePeriodSeconds ?? 30;
  const stops = strangers.flatMap((c) => stopSteps(context, c, { graceSeconds: grace, podGraceSeconds: grace }));
  if (view.isSandboxUp) return [...stops, ...attachSteps(context)];
  const changed = view.sandbox?.state === 'exited' ? changedEvent(context, view.sandbox.id) : [];
  return [...changed, ...(stops.length > 0 ? stops : newSandboxSteps(context))];
}

/** Cut off from the pod's network, or brought back by hand after it was replaced. */
function isStranger(view: PodView, container: ObservedContainer): boolean {
  if (!view.isSandboxUp || !isInSandbox(view, container)) return true;
  return newest(view, container.containerName) !== container;
}

/** Volumes come before everything that mounts them, and once after a restart of the agent: setting up what is there only updates it. */
export function volumeSteps({ memory, now }: PlanContext): Step[] {
  if (memory.hasVolumes) return [];
  const failure = memory.volumeFailure;
  return failure && now < failure.retryAt ? [{ do: 'wakeAt', at: failure.retryAt }] : [{ do: 'setUpVolumes' }];
}

function newSandboxSteps(context: PlanContext): Step[] {
  const { pod, view, memory, now } = context;
  if (!context.isNetworkReady && !pod.spec.hostNetwork) return awaitNetworkSteps(context);
  const volumes = volumeSteps(context);
  if (volumes.some((step) => step.do === 'wakeAt')) return volumes;
  const failure = memory.sandboxFailure;
  if (failure && now < failure.retryAt) return [{ do: 'wakeAt', at: failure.retryAt }];
  const last = view.sandbox;
  // A half-made one is removed in this same pass; its name is free again.
  const attempt = last === undefined ? 0 : last.state === 'created' ? last.attempt : last.attempt + 1;
  return [...volumes, { do: 'runSandbox', attempt }];
}

/** A node that just started gets its network within a second; one that lacks it longer says so. */
function awaitNetworkSteps({ memory, now }: PlanContext): Step[] {
  const isLate = now >= memory.firstSeen + NETWORK_PATIENCE_MS;
  const event = {
    type: 'Warning',
    reason: 'NetworkNotReady',
    message: NETWORK_NOT_READY,
    container: undefined,
  } as const;
  return [...(isLate ? once(memory, 'NetworkNotReady', event) : []), { do: 'wakeAt', at: now + NETWORK_RETRY_MS }];
}

/** The bridge forgets the port's setting whenever a sandbox starts, so each sandbox is seen to once. */
function attachSteps({ pod, view, memory }: PlanContext): Step[] {
  const sandbox = view.sandbox;
  if (!sandbox || pod.spec.hostNetwork || sandbox.pid === 0 || memory.attachedSandbox === sandbox.id) return [];
  return [{ do: 'attachNetwork', sandboxId: sandbox.id, pid: sandbox.pid }];
}

function changedEvent({ memory }: PlanContext, sandboxId: string): Step[] {
  return once(memory, `SandboxChanged/${sandboxId}`, {
    type: 'Normal',
    reason: 'SandboxChanged',
    message: 'Pod sandbox changed, it will be killed and re-created.',
    container: undefined,
  });
}
