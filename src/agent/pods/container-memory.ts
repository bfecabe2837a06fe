import type { Pod } from '../../api/types.ts';
import type { Millis } from '../../lib/clock.ts';
import { type Failure, nextFailure, type What } from './failure.ts';
import type { PodMemory } from './pod-memory.ts';
import type { ProbeKind, Verdict } from './probes/judge.ts';

/** What this process learned of one container of the engine: its probes, its hooks, its last words, its removal. */
export interface ContainerMemory {
  readonly probes: Readonly<Partial<Record<ProbeKind, Verdict>>>;
  /** The hook that must end before the container counts as started; undefined when there is none, or it is through. */
  readonly postStart: { readonly failure: string | undefined } | undefined;
  readonly preStop: { readonly begunAt: Millis; readonly isOver: boolean } | undefined;
  /** '' when it left none; undefined while nobody has looked. */
  readonly terminationMessage: string | undefined;
  /** It was to be taken away, and the engine could not. */
  readonly removalFailure: Failure | undefined;
}

const NOTHING: ContainerMemory = {
  probes: {},
  postStart: undefined,
  preStop: undefined,
  terminationMessage: undefined,
  removalFailure: undefined,
};

/** @param id the engine's */
export function memoryOf(memory: Pick<PodMemory, 'containers'>, id: string): ContainerMemory {
  return memory.containers.get(id) ?? NOTHING;
}

function learn(memory: PodMemory, id: string, what: Partial<ContainerMemory>): PodMemory {
  return { ...memory, containers: new Map(memory.containers).set(id, { ...memoryOf(memory, id), ...what }) };
}

export function probed(memory: PodMemory, id: string, kind: ProbeKind, verdict: Verdict): PodMemory {
  return learn(memory, id, { probes: { ...memoryOf(memory, id).probes, [kind]: verdict } });
}

/**
 * What the probes of containers that an agent before this one started had settled on, by the status that was told of them last: none
 * begins anew only because the agent did. Readiness counts while the pod is Ready: the master takes that from pods of a lost node.
 * Source: kubelet, setReadyStateOnKubeletRestart (KEP-4781).
 */
export function takenOver(memory: PodMemory, { status = {} }: Pick<Pod, 'status'>): PodMemory {
  const isPodReady = status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
  return [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])].reduce((known, container) => {
    const id = container.containerID?.replace('docker://', '');
    if (!id || !container.started) return known;
    const started = probed(known, id, 'startup', 'success');
    return container.ready && isPodReady ? probed(started, id, 'readiness', 'success') : started;
  }, memory);
}

/** A container with a postStart hook has been started: the hook comes next. */
export function postStartDue(memory: PodMemory, id: string): PodMemory {
  return learn(memory, id, { postStart: { failure: undefined } });
}

/** @param failure why it failed; undefined when it did not */
export function postStartEnded(memory: PodMemory, id: string, failure: string | undefined): PodMemory {
  return learn(memory, id, { postStart: failure === undefined ? undefined : { failure } });
}

export function preStopBegun(memory: PodMemory, id: string, now: Millis): PodMemory {
  const begunAt = memoryOf(memory, id).preStop?.begunAt ?? now;
  return learn(memory, id, { preStop: { begunAt, isOver: false } });
}

export function preStopEnded(memory: PodMemory, id: string, now: Millis): PodMemory {
  const begunAt = memoryOf(memory, id).preStop?.begunAt ?? now;
  return learn(memory, id, { preStop: { begunAt, isOver: true } });
}

export function lastWordsRead(memory: PodMemory, id: string, terminationMessage: string): PodMemory {
  return learn(memory, id, { terminationMessage });
}

export function removalFailed(memory: PodMemory, id: string, what: What): PodMemory {
  return learn(memory, id, { removalFailure: nextFailure(memoryOf(memory, id).removalFailure, what) });
}

/** Lets go of containers that the engine has no more. */
export function onlyContainers(memory: PodMemory, ids: ReadonlySet<string>): PodMemory {
  if (memory.containers.keys().every((id) => ids.has(id))) return memory;
  return { ...memory, containers: new Map([...memory.containers].filter(([id]) => ids.has(id))) };
}
