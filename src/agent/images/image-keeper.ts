import { isDeepStrictEqual } from 'node:util';
import type { Clock, Millis } from '../../lib/clock.ts';
import type { Part } from '../../lib/lifecycle.ts';
import type { Logger } from '../../lib/logger.ts';
import { Repeating } from '../../lib/repeating.ts';
import { Removals } from '../eviction/removals.ts';
import { type ImageInfo, type NodeImage, type Runtime, RuntimeError } from '../runtime/runtime.ts';
import type { NodeEvent } from '../stats/node-events.ts';
import {
  bytesOf,
  type GcPlan,
  type ImageGcPolicy,
  type OwnImage,
  planImageGc,
  removable,
  statusImages,
} from './image-gc.ts';
import type { PulledImages } from './pulled-images.ts';

export interface ImageKeeperOptions {
  readonly runtime: Pick<Runtime, 'images' | 'removeImage'>;
  readonly pulled: PulledImages;
  readonly policy: ImageGcPolicy;
  /** Of the file system that holds images; undefined while it is not known. */
  readonly disk: () => { readonly capacity: number; readonly available: number } | undefined;
  /** The list of images has changed. */
  readonly onChange: () => void;
  readonly tell: (event: NodeEvent) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What a round of removing came to. */
interface Freed {
  /** Bytes. */
  readonly freed: number;
  readonly errors: readonly unknown[];
}

/** kubelet's ImageGCPeriod. */
const PASS_EVERY_MS = 300_000;

/** Knows the images of this node, and takes unused ones away when the disk fills: those that this agent pulled. */
export class ImageKeeper implements Part {
  readonly name = 'images';
  readonly #options: ImageKeeperOptions;
  readonly #loop: Repeating;
  readonly #removals: Removals;
  /** When each image was last seen in use. */
  readonly #lastUsed = new Map<string, Millis>();
  #status: ReturnType<typeof statusImages> = [];

  constructor(options: ImageKeeperOptions) {
    this.#options = options;
    this.#removals = new Removals(options.log);
    this.#loop = new Repeating({
      pass: () => this.pass(),
      pauseMs: () => PASS_EVERY_MS,
      onFailure: (err, inARow) => this.#tellFailure(err, inARow),
      clock: options.clock,
    });
  }

  /** For `node.status.images`. */
  get status(): ReturnType<typeof statusImages> {
    return this.#status;
  }

  start(): void {
    this.#loop.start();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  /** A pod's image was pulled. @param wasHere whether the same one had been here before: then it is somebody else's as well */
  async pulled({ id }: ImageInfo, wasHere: boolean): Promise<void> {
    const { pulled, clock, log } = this.#options;
    try {
      if (!wasHere) await pulled.add(id, clock.now());
      await this.#look();
    } catch (err) {
      // A full disk, or Docker has just gone: the pod has its image, and this one only stays longer.
      log.warn({ err, image: id }, 'could not take note of a pulled image');
    }
  }

  /** Removes all that nobody uses: the node is low on disk. One that cannot go is told and stays. @throws AbortError when the agent stops */
  async removeUnused(): Promise<void> {
    const { policy, clock } = this.#options;
    await this.#remove(removable(await this.#look(), policy, clock.now()));
  }

  /** One round: looks, and removes what the policy says. */
  async pass(): Promise<void> {
    const { policy, disk, clock } = this.#options;
    const own = await this.#look();
    const room = disk();
    if (!room) return;
    const plan = planImageGc(own, room, policy, clock.now());
    this.#complain(plan, await this.#remove(plan.remove));
  }

  /** Source: kubelet, ImageGCManager.GarbageCollect. @throws AggregateError when there were images that could not be removed */
  #complain({ wantedBytes }: GcPlan, { freed, errors }: Freed): void {
    if (errors.length > 0) {
      const message = `wanted to free ${wantedBytes} bytes, but freed ${freed} bytes space with errors in image deletion`;
      throw new AggregateError(errors, `${message}: ${errors.map(String).join(', ')}`);
    }
    if (freed >= wantedBytes) return;
    const message = `Failed to garbage collect required amount of images. Attempted to free ${wantedBytes} bytes, but only found ${freed} bytes eligible to free.`;
    this.#options.tell({ type: 'Warning', reason: 'FreeDiskSpaceFailed', message });
  }

  /** Of an engine that is away the Ready condition tells. */
  #tellFailure(err: unknown, inARow: number): void {
    const { log, tell } = this.#options;
    if (err instanceof RuntimeError && err.code === 'Unavailable') return;
    log.warn({ err }, 'could not look after images');
    // As kubelet does: the first may be the start of the engine.
    if (inARow > 1) tell({ type: 'Warning', reason: 'ImageGCFailed', message: String(err) });
  }

  /** @returns the images that this agent pulled */
  async #look(): Promise<OwnImage[]> {
    const { runtime, pulled, clock, onChange } = this.#options;
    const images = await runtime.images();
    const now = clock.now();
    await pulled.keepOnly(new Set(images.map(({ id }) => id)));
    for (const { id, isUsed } of images) if (isUsed) this.#lastUsed.set(id, now);
    this.#setStatus(images, onChange);
    const known = await pulled.all();
    return images.flatMap((image) => {
      const pulledAt = known.get(image.id);
      const lastUsedAt = Math.max(this.#lastUsed.get(image.id) ?? 0, pulledAt ?? 0);
      return pulledAt === undefined ? [] : [{ ...image, pulledAt, lastUsedAt }];
    });
  }

  #setStatus(images: readonly NodeImage[], onChange: () => void): void {
    const status = statusImages(images);
    if (isDeepStrictEqual(status, this.#status)) return;
    this.#status = status;
    onChange();
  }

  /** An image that came into use meanwhile stays. */
  async #remove(images: readonly OwnImage[]): Promise<Freed> {
    const { gone, errors } = await this.#removals.round(images, (image) => this.#removeOne(image));
    if (gone.length > 0) await this.#look();
    return { freed: bytesOf(gone), errors };
  }

  async #removeOne(image: OwnImage): Promise<boolean> {
    const { runtime, log } = this.#options;
    // By this name whoever frees the disk tells it from an image that cannot be removed.
    if (this.#loop.signal.aborted) throw new DOMException('the agent is stopping', 'AbortError');
    if (!(await runtime.removeImage(image))) return false;
    log.info({ image: image.names[0] ?? image.id, bytes: image.sizeBytes }, 'removed an unused image');
    this.#lastUsed.delete(image.id);
    return true;
  }
}
