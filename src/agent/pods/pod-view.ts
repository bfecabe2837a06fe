import type { ObservedContainer } from '../runtime/runtime.ts';
import { SANDBOX_ID } from './labels.ts';

/** What the engine shows of one pod, sorted: newest first everywhere. */
export interface PodView {
  /** The newest sandbox, running or not. */
  readonly sandbox: ObservedContainer | undefined;
  readonly isSandboxUp: boolean;
  readonly olderSandboxes: readonly ObservedContainer[];
  readonly containers: ReadonlyMap<string, readonly ObservedContainer[]>;
}

function newestFirst(a: ObservedContainer, b: ObservedContainer): number {
  return b.attempt - a.attempt || b.createdAt - a.createdAt;
}

/** Sorts what the engine shows of one pod. */
export function viewOf(observed: readonly ObservedContainer[]): PodView {
  const [sandbox, ...olderSandboxes] = observed.filter((c) => c.role === 'sandbox').sort(newestFirst);
  const containers = new Map<string, ObservedContainer[]>();
  for (const container of observed.filter((c) => c.role === 'container').sort(newestFirst)) {
    const records = containers.get(container.containerName);
    if (records) records.push(container);
    else containers.set(container.containerName, [container]);
  }
  return { sandbox, isSandboxUp: sandbox?.state === 'running', olderSandboxes, containers };
}

/** The newest container under a name that has at least been tried to start; undefined when there is none. */
export function newest(view: PodView, name: string): ObservedContainer | undefined {
  return view.containers.get(name)?.find((c) => c.state !== 'created');
}

/** The newest container under a name in the sandbox that is there now. */
export function newestInSandbox(view: PodView, name: string): ObservedContainer | undefined {
  const record = newest(view, name);
  return record && isInSandbox(view, record) ? record : undefined;
}

export function isInSandbox(view: PodView, container: ObservedContainer): boolean {
  return view.sandbox !== undefined && container.labels[SANDBOX_ID] === view.sandbox.id;
}

/** Everything of the pod that runs but its sandbox. */
export function runningContainers(view: PodView): ObservedContainer[] {
  return [...view.containers.values()].flat().filter((c) => c.state === 'running');
}
