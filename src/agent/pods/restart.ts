import type { Pod } from '../../api/types.ts';
import type { Millis } from '../../lib/clock.ts';
import type { ObservedContainer } from '../runtime/runtime.ts';
import { BACK_OFF_BOOT, BACK_OFF_SECONDS } from './labels.ts';
import { initContainersOf, mainContainersOf, type RestartPolicy } from './pod-facts.ts';
import { viewOf } from './pod-view.ts';

const FIRST_BACK_OFF_SECONDS = 10;
const MAX_BACK_OFF_SECONDS = 300;
/** Having run this long clears the back-off. */
const HEALTHY_AFTER_MS = 600_000;

/** When a container ended. The engine gives no time for one that never started: then when it was made. */
export function endedAt(container: ObservedContainer): Millis {
  return container.finishedAt ?? container.startedAt ?? container.createdAt;
}

/** Whether it never ran because the engine could not start its command. */
export function isFailedStart(container: ObservedContainer): boolean {
  return container.state === 'exited' && (container.error !== '' || container.startedAt === undefined);
}

/** Whether an ended container is to be started again under its policy. */
export function shouldRestart(policy: RestartPolicy, ended: ObservedContainer): boolean {
  if (policy === 'Always') return true;
  return policy === 'OnFailure' && (ended.exitCode !== 0 || isFailedStart(ended));
}

/** Whether a container was made with this image, as specs write it; one that does not tell is taken to be. */
export function hasImage(container: ObservedContainer, image: string | undefined): boolean {
  return container.image === '' || container.image === image;
}

/** When an ended container's successor may start. */
export interface RestartDelay {
  readonly notBefore: Millis;
  /** The back-off it waits for, as messages tell it; 0: at once. */
  readonly seconds: number;
  /** The back-off that holds when the successor ends. */
  readonly nextSeconds: number;
}

/**
 * What an earlier boot held a container back for is forgotten, as kubelet's memory forgets it: what a power cut ended, or left
 * waiting, starts at once. A back-off without a boot is from before boots were written down, and holds.
 */
export function withoutOldBackOff(observed: readonly ObservedContainer[], boot: string): readonly ObservedContainer[] {
  return observed.map((container) => {
    const { [BACK_OFF_SECONDS]: _, ...labels } = container.labels;
    return (container.labels[BACK_OFF_BOOT] ?? boot) === boot ? container : { ...container, labels };
  });
}

/**
 * Derived from the ended container alone: the first restart is immediate, then 10 s, 20 s ... 300 s; over ten minutes of
 * running begins anew, and so does another image. Each container carries the back-off that follows it in a label.
 * Source: kubelet, doBackOff; its key has the hash of the container.
 * An end that lies ahead means that the node's clock was set back (a Pi keeps no time): waiting for it could take years.
 * @param image the successor's, as its spec writes it
 */
export function restartDelay(ended: ObservedContainer, now: Millis, image: string | undefined): RestartDelay {
  const ranMs = ended.startedAt === undefined ? 0 : endedAt(ended) - ended.startedAt;
  const label = Number(ended.labels[BACK_OFF_SECONDS] ?? 0);
  const isFresh = ranMs >= HEALTHY_AFTER_MS || !hasImage(ended, image);
  const held = isFresh || !Number.isFinite(label) ? 0 : label;
  return {
    notBefore: held === 0 || endedAt(ended) > now ? 0 : endedAt(ended) + held * 1000,
    seconds: held,
    nextSeconds: held === 0 ? FIRST_BACK_OFF_SECONDS : Math.min(held * 2, MAX_BACK_OFF_SECONDS),
  };
}

/**
 * The container `kubectl logs`, `exec` and `attach` mean: the newest under the name. With `previous`, what the status shows
 * as lastState: the one before it, or the newest itself while it waits to be restarted.
 */
export function findContainer(
  pod: Pod,
  observed: readonly ObservedContainer[],
  name: string,
  options: { readonly previous?: boolean } = {},
): ObservedContainer | undefined {
  const [first, second] = (viewOf(observed).containers.get(name) ?? []).filter((c) => c.state !== 'created');
  if (!options.previous || !first) return first;
  const declared = [...initContainersOf(pod), ...mainContainersOf(pod)].find((c) => c.spec.name === name);
  const isWaiting =
    first.state === 'exited' &&
    pod.metadata.deletionTimestamp === undefined &&
    shouldRestart(declared?.restartPolicy ?? 'Never', first);
  return isWaiting ? first : second;
}
