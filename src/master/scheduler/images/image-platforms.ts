import type { Pod, Secret } from '../../../api/types.ts';
import type { Clock, Millis } from '../../../lib/clock.ts';
import { normalizedImage, parseImageReference } from '../../../lib/images/reference.ts';
import { registryAuths } from '../../../lib/images/registry-auths.ts';
import type { Logger } from '../../../lib/logger.ts';
import type { RegistryQuestion } from './registry-client.ts';

/** A pod waits no longer than this for what a registry says of its images. */
const PATIENCE_MS = 2_000;
/** A question that has no answer by then has none; one that comes late still serves the next pods. */
const TIMEOUT_MS = 10_000;
/** What is behind a tag may change; what is behind a digest may not. */
const TAG_TTL_MS = 60 * 60_000;
/** Registries that say nothing are asked again after this. */
const UNKNOWN_TTL_MS = 60_000;
const MAX_ENTRIES = 2_000;

export interface ImagePlatformParts {
  readonly registry: { architectures(question: RegistryQuestion): Promise<string[]> };
  secretsOf(pod: Pod): readonly Secret[];
  /** An answer has come. */
  onKnown(): void;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Entry {
  /** undefined: nobody knows. */
  readonly architectures: readonly string[] | undefined;
  readonly until: Millis;
}

/** Remembers what images were built for, and asks when it does not know. */
export class ImagePlatforms {
  readonly #parts: ImagePlatformParts;
  /** By the image's full name; the oldest first. */
  readonly #known = new Map<string, Entry>();
  readonly #asking = new Map<string, Promise<void>>();
  readonly #stopping = new AbortController();

  constructor(parts: ImagePlatformParts) {
    this.#parts = parts;
  }

  /** @param image its full name. An old answer is better than none. */
  architecturesOf(image: string): readonly string[] | undefined {
    return this.#known.get(image)?.architectures;
  }

  /**
   * Asks about those of a pod's images of which too little is known.
   * @param isWanted whether it matters what an image was built for
   * @returns when all is known, or patience has run out; undefined when there is nothing to ask
   */
  learn(pod: Pod, isWanted: (image: string) => boolean): Promise<void> | undefined {
    const { clock } = this.#parts;
    const images = [...(pod.spec.initContainers ?? []), ...pod.spec.containers].map(({ image }) => image ?? '');
    const unknown = [...new Set(images)].filter((image) => {
      const name = normalizedImage(image);
      return (this.#known.get(name)?.until ?? 0) <= clock.monotonic() && isWanted(name);
    });
    if (unknown.length === 0) return undefined;
    const patience = new AbortController();
    const answers = Promise.all(unknown.map((image) => this.#ask(image, pod)));
    const asLongAs = clock.sleep(PATIENCE_MS, patience.signal).catch(() => undefined);
    return Promise.race([answers.then(() => undefined), asLongAs]).finally(() => patience.abort());
  }

  stop(): void {
    this.#stopping.abort(new Error('the scheduler is stopping'));
  }

  /** One question at a time about an image, whoever wants to know. Never fails: then nobody knows. */
  #ask(image: string, pod: Pod): Promise<void> {
    const name = normalizedImage(image);
    const asked = this.#asking.get(name);
    if (asked) return asked;
    const asking = this.#askRegistry(image, pod)
      .then(
        (architectures) => this.#remember(name, architectures),
        (err: unknown) => {
          this.#parts.log.debug({ image, err }, 'nobody says what an image was built for');
          this.#remember(name, undefined);
        },
      )
      .finally(() => this.#asking.delete(name));
    this.#asking.set(name, asking);
    return asking;
  }

  async #askRegistry(text: string, pod: Pod): Promise<string[]> {
    const image = parseImageReference(text);
    const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const auths = registryAuths(this.#parts.secretsOf(pod), image);
    let failure: unknown;
    // Credentials that are wrong are worse than none: without any comes last.
    for (const auth of [...auths, undefined]) {
      try {
        return await this.#parts.registry.architectures({ image, auth, signal });
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  #remember(name: string, architectures: readonly string[] | undefined): void {
    const { clock, onKnown } = this.#parts;
    const isFixed = architectures !== undefined && name.includes('@');
    const ttl = architectures === undefined ? UNKNOWN_TTL_MS : isFixed ? Number.POSITIVE_INFINITY : TAG_TTL_MS;
    // Nobody says any more what somebody said an hour ago: it still holds, as far as anyone knows.
    const last = architectures ?? this.#known.get(name)?.architectures;
    this.#known.delete(name);
    this.#known.set(name, { architectures: last, until: clock.monotonic() + ttl });
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_ENTRIES && oldest !== undefined) this.#known.delete(oldest);
    if (architectures) onKnown();
  }
}
