import type { Container, Pod, Secret } from '../../../api/types.ts';
import type { Clock } from '../../../lib/clock.ts';
import { registryAuths } from '../../../lib/images/registry-auths.ts';
import type { Assignments } from '../../assignments.ts';
import { parseImageReference } from '../../runtime/image-reference.ts';
import type { ImageInfo, Runtime } from '../../runtime/runtime.ts';
import { goDuration } from '../go-duration.ts';
import { neverPullMessage, pullPolicyOf } from '../image-rules.ts';
import type { Limiter } from '../limiter.ts';
import type { PodEvents } from '../pod-events.ts';
import { attemptKey, imageAbsent, imageFailed, imageReady } from '../pod-memory.ts';
import { done, failed, failureMessage, isRuntimeError, type Outcome } from './outcome.ts';

export interface ImageWorkOptions {
  readonly runtime: Runtime;
  readonly assignments: Assignments;
  readonly events: PodEvents;
  readonly clock: Clock;
  /** How many pulls run at once on this node. */
  readonly pulls: Limiter;
  /** `wasHere`: the same image was on this node before. */
  readonly onPulled: (image: ImageInfo, wasHere: boolean) => Promise<void>;
}

/** Finds and pulls the images of containers, and tells about it in kubelet's words. */
export class ImageWork {
  readonly #options: ImageWorkOptions;

  constructor(options: ImageWorkOptions) {
    this.#options = options;
  }

  /** Looks whether the image is on this node. */
  async inspect(pod: Pod, container: Container): Promise<Outcome> {
    const { runtime, events, clock } = this.#options;
    const { name, image: reference = '' } = container;
    const key = attemptKey(container);
    let image: ImageInfo | undefined;
    try {
      image = await runtime.image(reference);
    } catch (error) {
      return this.#refuse(pod, container, error);
    }
    if (image) {
      events.normal(pod, name, ['Pulled', `Container image "${reference}" already present on machine`]);
      const found = image;
      return done((memory) => imageReady(memory, key, found));
    }
    if (pullPolicyOf(container) !== 'Never') return done((memory) => imageAbsent(memory, key));
    const message = neverPullMessage(reference);
    events.warning(pod, name, ['ErrImageNeverPull', message]);
    events.warning(pod, name, ['Failed', 'Error: ErrImageNeverPull']);
    return done((memory) => imageFailed(memory, key, { reason: 'ErrImageNeverPull', message, now: clock.now() }));
  }

  /** Pulls; waits its turn first. Aborting is no failure of the image: it throws the signal's reason. */
  async pull(pod: Pod, container: Container, signal: AbortSignal): Promise<Outcome> {
    const { runtime, events, clock, pulls } = this.#options;
    const { name, image: reference = '' } = container;
    events.normal(pod, name, ['Pulling', `Pulling image "${reference}"`]);
    const asked = clock.now();
    try {
      const auths = registryAuths(this.#pullSecrets(pod), parseImageReference(reference));
      const { image, pulledMs, before } = await pulls.run(signal, async () => {
        const before = await runtime.image(reference);
        const began = clock.now();
        return { image: await runtime.pull(reference, auths, signal), pulledMs: clock.now() - began, before };
      });
      await this.#options.onPulled(image, before?.id === image.id);
      const times = `${goDuration(pulledMs)} (${goDuration(clock.now() - asked)} including waiting)`;
      const message = `Successfully pulled image "${reference}" in ${times}. Image size: ${image.sizeBytes} bytes.`;
      events.normal(pod, name, ['Pulled', message]);
      return done((memory) => imageReady(memory, attemptKey(container), image));
    } catch (error) {
      return this.#refuse(pod, container, error, signal);
    }
  }

  #refuse(pod: Pod, container: Container, error: unknown, signal?: AbortSignal): Outcome {
    const { events, clock } = this.#options;
    const { name, image } = container;
    const why = failureMessage(error, signal);
    const isInvalid = isRuntimeError(error, 'InvalidImageName');
    const reason = isInvalid ? 'InvalidImageName' : 'ErrImagePull';
    const message = isInvalid
      ? `Failed to apply default image tag "${image}": couldn't parse image name "${image}": ${why}`
      : why;
    const event = isInvalid
      ? (['InspectFailed', message] as const)
      : (['Failed', `Failed to pull image "${image}": ${why}`] as const);
    events.warning(pod, name, event);
    events.warning(pod, name, ['Failed', `Error: ${reason}`]);
    return failed((memory) => imageFailed(memory, attemptKey(container), { reason, message, now: clock.now() }));
  }

  /** Those that are there; one that lacks is no reason not to try without it. */
  #pullSecrets(pod: Pod): Secret[] {
    return (pod.spec.imagePullSecrets ?? [])
      .map(({ name = '' }) => this.#options.assignments.secret(pod.metadata.namespace ?? 'default', name))
      .filter((secret) => secret !== undefined);
  }
}
