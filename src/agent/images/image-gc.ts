import type { Millis } from '../../lib/clock.ts';
import type { NodeImage } from '../runtime/runtime.ts';

/** kubelet's flags of the same names. */
export interface ImageGcPolicy {
  /** Per cent of the disk in use at which images begin to go, and to which they go. */
  readonly highPercent: number;
  readonly lowPercent: number;
  /** One that was just pulled is about to be used. */
  readonly minAgeMs: Millis;
  /** Unused for so long, it goes whatever room there is; 0 for never. */
  readonly maxAgeMs: Millis;
}

/** An image that this agent pulled. */
export interface OwnImage extends NodeImage {
  readonly pulledAt: Millis;
  /** When it was last seen in use, else when it was pulled. */
  readonly lastUsedAt: Millis;
}

/** Those that may go, the one that was least recently used first. Source: kubelet, imagesInEvictionOrder. */
export function removable(images: readonly OwnImage[], { minAgeMs }: ImageGcPolicy, now: Millis): OwnImage[] {
  return images
    .filter(({ isUsed, pulledAt }) => !isUsed && now - pulledAt >= minAgeMs)
    .sort((a, b) => a.lastUsedAt - b.lastUsedAt || a.pulledAt - b.pulledAt);
}

export interface GcPlan {
  readonly remove: readonly OwnImage[];
  /** How much was wanted; 0 while the disk has room. */
  readonly wantedBytes: number;
}

/**
 * Which images go. Of a disk of 100 GB of which 87 are in use, with 85 and 80 per cent: as many as hold 7 GB. What other images
 * share counts twice, so less may come free: the next pass takes more.
 */
export function planImageGc(
  images: readonly OwnImage[],
  disk: { readonly capacity: number; readonly available: number },
  policy: ImageGcPolicy,
  now: Millis,
): GcPlan {
  const candidates = removable(images, policy, now);
  const isOld = (image: OwnImage) => policy.maxAgeMs > 0 && now - image.lastUsedAt > policy.maxAgeMs;
  const old = candidates.filter(isOld);
  const usedPercent = disk.capacity > 0 ? 100 - Math.floor((disk.available * 100) / disk.capacity) : 0;
  if (usedPercent < policy.highPercent) return { remove: old, wantedBytes: 0 };
  const wantedBytes = Math.floor((disk.capacity * (100 - policy.lowPercent)) / 100) - disk.available;
  let freed = bytesOf(old);
  const more = candidates.filter((image) => {
    if (isOld(image) || freed >= wantedBytes) return false;
    freed += image.sizeBytes;
    return true;
  });
  return { remove: [...old, ...more], wantedBytes };
}

export function bytesOf(images: readonly NodeImage[]): number {
  return images.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/** kubelet's nodeStatusMaxImages and MaxNamesPerImageInNodeStatus. */
const MAX_IMAGES = 50;
const MAX_NAMES = 5;

/** `node.status.images`: the largest, by which a scheduler knows where a pod need not wait for a pull. */
export function statusImages(images: readonly NodeImage[]): { names: string[]; sizeBytes: number }[] {
  return images
    .filter(({ names }) => names.length > 0)
    .toSorted((a, b) => b.sizeBytes - a.sizeBytes || (a.id < b.id ? -1 : 1))
    .slice(0, MAX_IMAGES)
    .map(({ names, sizeBytes }) => ({ names: names.slice(0, MAX_NAMES), sizeBytes }));
}
