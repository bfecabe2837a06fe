import type { Container, Pod } from '../../api/types.ts';
import type { EnvEntry } from '../env/environment.ts';
import { expand } from '../env/expand.ts';
import type { ContainerSpec, HostMount, ImageInfo } from '../runtime/runtime.ts';
import { BACK_OFF_BOOT, BACK_OFF_SECONDS, IMAGE_REFERENCE, SANDBOX_ID } from './labels.ts';

export interface ContainerStart {
  readonly pod: Pod;
  readonly container: Container;
  readonly attempt: number;
  readonly sandboxId: string;
  readonly backOffSeconds: number;
  /** `bootOfMachine`, in which the back-off is decided. */
  readonly boot: string;
  readonly image: ImageInfo;
  /** Resolved: what the command line can name. */
  readonly env: readonly EnvEntry[];
  readonly mounts: readonly HostMount[];
}

/** What the engine is asked to create: command and arguments expanded, and what we must know of it later in labels. */
export function containerSpec(start: ContainerStart): ContainerSpec {
  const { pod, container, attempt, sandboxId, image, env, mounts } = start;
  const values = new Map(env.map(({ name, value }) => [name, value]));
  const all = (texts: readonly string[] | undefined) =>
    texts === undefined || texts.length === 0 ? undefined : texts.map((text) => expand(text, values));
  return {
    pod,
    container,
    attempt,
    sandboxId,
    image,
    env,
    command: all(container.command),
    args: all(container.args),
    mounts,
    labels: {
      [SANDBOX_ID]: sandboxId,
      [IMAGE_REFERENCE]: image.digestReference || image.id,
      ...(start.backOffSeconds > 0
        ? { [BACK_OFF_SECONDS]: String(start.backOffSeconds), [BACK_OFF_BOOT]: start.boot }
        : {}),
    },
  };
}
