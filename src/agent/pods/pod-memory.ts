import type { Container } from '../../api/types.ts';
import type { BackoffPolicy } from '../../lib/backoff.ts';
import type { Millis } from '../../lib/clock.ts';
import type { Eviction } from '../eviction/eviction-manager.ts';
import type { ImageInfo } from '../runtime/runtime.ts';
import type { Standing } from '../services/endpoint-role.ts';
import type { ContainerMemory } from './container-memory.ts';
import { type Failure, nextFailure, type What } from './failure.ts';

/** Pulls wait 10 s after the first failure, then twice as long each time, up to 5 min (kubelet's image back-off). */
const PULL_BACK_OFF: BackoffPolicy = { baseMs: 10_000, maxMs: 300_000 };

/** Keys of told events kept: a pod that crashes for months must not grow; the oldest are about what is long gone. */
const MAX_RECORDED = 100;

/**
 * What this process learned of a pod by trying, and the engine does not keep. A restarted agent begins with an empty one, but
 * for what the status tells that was told last (`takenOver`): nothing here may be needed to know what runs.
 */
export interface PodMemory {
  readonly firstSeen: Millis;
  readonly hasVolumes: boolean;
  readonly volumeFailure: Failure | undefined;
  /** What volumes and environment were made from when it was last looked at (`sourcesVersion`); undefined before that. */
  readonly sources: string | undefined;
  /** The volumes are set up, and what they are made from has changed since. */
  readonly areVolumesStale: boolean;
  readonly sandboxFailure: Failure | undefined;
  /** The sandbox whose port of the bridge was seen to. */
  readonly attachedSandbox: string | undefined;
  /** By `attemptKey`, as the four below: the image the next start takes. */
  readonly images: ReadonlyMap<string, ImageInfo>;
  /** Looked for on this node, and not there. */
  readonly absentImages: ReadonlySet<string>;
  /** There, and this node cannot run it: only a pull brings another. */
  readonly unfitImages: ReadonlySet<string>;
  readonly imageFailures: ReadonlyMap<string, Failure>;
  readonly startFailures: ReadonlyMap<string, Failure>;
  /** By the engine's id. */
  readonly containers: ReadonlyMap<string, ContainerMemory>;
  /** Keys of events that were told once and shall not be told every pass. */
  readonly recorded: ReadonlySet<string>;
  /** When the first container was asked to stop. */
  readonly stoppingSince: Millis | undefined;
  /** Of a deleted pod that Services send connections to. */
  readonly leaving: Leaving | undefined;
  /** The node cannot bear it any more, or would not take it. */
  readonly eviction: Eviction | undefined;
  /** Whether this node was asked if it takes the pod; once is enough. */
  readonly isAdmitted: boolean;
  readonly isTornDown: boolean;
  readonly isGoneReported: boolean;
}

/** How far a pod has left Services. */
interface Leaving {
  readonly since: Millis;
  /** The change of endpoints by which it leaves, or one soon after; undefined as long as that has not come. */
  readonly mark: number | undefined;
  /** Since when no node sends it new connections. */
  readonly leftSince: Millis | undefined;
}

export function freshMemory(firstSeen: Millis): PodMemory {
  return {
    firstSeen,
    hasVolumes: false,
    volumeFailure: undefined,
    sources: undefined,
    areVolumesStale: false,
    sandboxFailure: undefined,
    attachedSandbox: undefined,
    images: new Map(),
    absentImages: new Set(),
    unfitImages: new Set(),
    imageFailures: new Map(),
    startFailures: new Map(),
    containers: new Map(),
    recorded: new Set(),
    stoppingSince: undefined,
    leaving: undefined,
    eviction: undefined,
    isAdmitted: false,
    isTornDown: false,
    isGoneReported: false,
  };
}

/**
 * What a container's image and start are remembered by. With another image it begins anew: one that is mended does not wait for
 * what the wrong one failed at. Source: kubelet (its image back-off is by pod and image, its crash back-off by the container's hash).
 */
export function attemptKey({ name, image = '' }: Pick<Container, 'name' | 'image'>): string {
  return `${name} ${image}`;
}

function withEntry<V>(map: ReadonlyMap<string, V>, key: string, value: V): ReadonlyMap<string, V> {
  return new Map(map).set(key, value);
}

function without<V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> {
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}

function withoutMember(set: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const rest = new Set(set);
  rest.delete(key);
  return rest;
}

export function volumesFailed(memory: PodMemory, what: What): PodMemory {
  return { ...memory, volumeFailure: nextFailure(memory.volumeFailure, what) };
}

export function volumesReady(memory: PodMemory): PodMemory {
  return { ...memory, hasVolumes: true, volumeFailure: undefined, areVolumesStale: false, isTornDown: false };
}

export function volumesRefreshed(memory: PodMemory): PodMemory {
  return { ...memory, areVolumesStale: false };
}

/** Takes note of what volumes and environment are made from: when that changed, what failed for it may be tried at once. */
export function sourcesSeen(memory: PodMemory, sources: string): PodMemory {
  if (sources === memory.sources) return memory;
  const retryNow = (failure: Failure): Failure => ({ ...failure, retryAt: failure.at });
  const starts = [...memory.startFailures].map(
    ([key, failure]) => [key, failure.reason === 'CreateContainerConfigError' ? retryNow(failure) : failure] as const,
  );
  return {
    ...memory,
    sources,
    areVolumesStale: memory.hasVolumes,
    volumeFailure: memory.volumeFailure && retryNow(memory.volumeFailure),
    startFailures: new Map(starts),
  };
}

export function sandboxFailed(memory: PodMemory, what: What): PodMemory {
  return { ...memory, sandboxFailure: nextFailure(memory.sandboxFailure, what) };
}

export function sandboxStarted(memory: PodMemory): PodMemory {
  return { ...memory, sandboxFailure: undefined };
}

/** The next try begins with another look at this node. */
export function imageFailed(memory: PodMemory, key: string, what: What): PodMemory {
  const failure = nextFailure(memory.imageFailures.get(key), what, PULL_BACK_OFF);
  return { ...forgetImage(memory, key), imageFailures: withEntry(memory.imageFailures, key, failure) };
}

/** The image lacks on this node; whether that is a failure is the pull policy's matter. */
export function imageAbsent(memory: PodMemory, key: string): PodMemory {
  return { ...memory, absentImages: new Set(memory.absentImages).add(key) };
}

/** The image on this node is for another platform: as good as a failed pull. */
export function imageUnfit(memory: PodMemory, key: string, what: What): PodMemory {
  return { ...imageFailed(memory, key, what), unfitImages: new Set(memory.unfitImages).add(key) };
}

/** The image is on this node: the next start takes it. */
export function imageReady(memory: PodMemory, key: string, image: ImageInfo): PodMemory {
  return {
    ...memory,
    images: withEntry(memory.images, key, image),
    absentImages: withoutMember(memory.absentImages, key),
    unfitImages: withoutMember(memory.unfitImages, key),
    imageFailures: without(memory.imageFailures, key),
  };
}

export function startFailed(memory: PodMemory, key: string, what: What): PodMemory {
  const failure = nextFailure(memory.startFailures.get(key), what);
  return { ...forgetImage(memory, key), startFailures: withEntry(memory.startFailures, key, failure) };
}

/**
 * A start used the image up: the next one looks again, since people remove images and tags move. What was learned of the
 * container with other images goes too.
 */
export function containerStarted(memory: PodMemory, key: string): PodMemory {
  const own = key.slice(0, key.indexOf(' ') + 1);
  const kept = (keys: Iterable<string>) => new Set([...keys].filter((other) => !other.startsWith(own)));
  const keptOf = <V>(map: ReadonlyMap<string, V>) => new Map([...map].filter(([other]) => !other.startsWith(own)));
  return {
    ...memory,
    images: keptOf(memory.images),
    absentImages: kept(memory.absentImages),
    unfitImages: kept(memory.unfitImages),
    imageFailures: keptOf(memory.imageFailures),
    startFailures: keptOf(memory.startFailures),
    // Who starts something is not stopping: what was stopped before had its own reason.
    stoppingSince: undefined,
  };
}

function forgetImage(memory: PodMemory, key: string): PodMemory {
  return {
    ...memory,
    images: without(memory.images, key),
    absentImages: withoutMember(memory.absentImages, key),
  };
}

export function eventRecorded(memory: PodMemory, key: string): PodMemory {
  return { ...memory, recorded: new Set([...memory.recorded, key].slice(-MAX_RECORDED)) };
}

export function evicted(memory: PodMemory, eviction: Eviction): PodMemory {
  return { ...memory, eviction: memory.eviction ?? eviction };
}

export function admitted(memory: PodMemory): PodMemory {
  return { ...memory, isAdmitted: true };
}

export function networkAttached(memory: PodMemory, sandboxId: string): PodMemory {
  return { ...memory, attachedSandbox: sandboxId };
}

export function goneReported(memory: PodMemory): PodMemory {
  return { ...memory, isGoneReported: true };
}

export function stopBegun(memory: PodMemory, now: Millis): PodMemory {
  return memory.stoppingSince === undefined ? { ...memory, stoppingSince: now } : memory;
}

/** Takes note of what a deleted pod is to Services. */
export function leavingSeen(memory: PodMemory, { role, progress }: Standing, now: Millis): PodMemory {
  if (role === 'none') return memory.leaving ? { ...memory, leaving: undefined } : memory;
  const { since = now, mark: noted, leftSince } = memory.leaving ?? {};
  if (role === 'serving') return { ...memory, leaving: { since, mark: undefined, leftSince: undefined } };
  const mark = noted ?? (progress.isCounted ? progress.held : undefined);
  const hasLeft = mark !== undefined && progress.everywhere >= mark;
  return { ...memory, leaving: { since, mark, leftSince: leftSince ?? (hasLeft ? now : undefined) } };
}

/** Volumes, address and directory are gone; a start would have to make them again. */
export function tornDown(memory: PodMemory): PodMemory {
  return { ...memory, hasVolumes: false, areVolumesStale: false, isTornDown: true };
}
