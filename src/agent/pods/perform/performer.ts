import type { Container, Pod } from '../../../api/types.ts';
import type { Reports } from '../../assignments.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { LongStep, Step } from '../plan/step.ts';
import type { PodEvents } from '../pod-events.ts';
import { eventRecorded, goneReported, type PodMemory } from '../pod-memory.ts';
import type { ContainerWork } from './container-work.ts';
import type { HookWork } from './hook-work.ts';
import type { ImageWork } from './image-work.ts';
import { done, type Outcome } from './outcome.ts';
import type { SandboxWork } from './sandbox-work.ts';

export interface PerformerOptions {
  readonly runtime: Runtime;
  readonly images: ImageWork;
  readonly sandboxes: SandboxWork;
  readonly containers: ContainerWork;
  readonly hooks: HookWork;
  readonly events: PodEvents;
  readonly reports: Reports;
}

/** The pod that steps are about. An orphan has no spec: only what its uid finds can be taken away. */
export interface StepTarget {
  readonly uid: string;
  readonly pod: Pod | undefined;
  readonly memory: PodMemory;
  /** The address that the pod has now; '' for none. */
  readonly podIp: string;
}

export type ShortStep = Exclude<Step, LongStep | { do: 'wakeAt' }>;

/** Does one step. Failures that belong to the pod come back as what they taught; others (the engine is away) are thrown. */
export class Performer {
  readonly #options: PerformerOptions;

  constructor(options: PerformerOptions) {
    this.#options = options;
  }

  async perform(step: ShortStep, target: StepTarget, signal: AbortSignal): Promise<Outcome> {
    const { containers, sandboxes } = this.#options;
    switch (step.do) {
      case 'removeContainer':
        return containers.remove(step.id, target.memory);
      case 'tearDown':
        return sandboxes.tearDown(target.uid);
      default:
        // Only these two are planned for a pod without a spec.
        return target.pod ? this.#performFor(target.pod, step, target, signal) : done();
    }
  }

  /** Does a step that lasts. Rejects with the signal's reason when it is called off. */
  async performLong(step: LongStep, target: StepTarget, signal: AbortSignal): Promise<Outcome> {
    const { runtime, images, hooks } = this.#options;
    if (step.do === 'stopContainer') {
      await runtime.stopContainer(step.id, step.graceSeconds, signal);
      return done();
    }
    const { pod, podIp } = target;
    if (!pod) return done();
    const container = containerNamed(pod, step.container);
    switch (step.do) {
      case 'pullImage':
        return images.pull(pod, container, signal);
      case 'runPostStart':
        return hooks.postStart({ pod, container, containerId: step.id, podIp }, signal);
      case 'runPreStop':
        return hooks.preStop({ pod, container, containerId: step.id, podIp }, signal);
    }
  }

  #performFor(
    pod: Pod,
    step: Exclude<ShortStep, { do: 'removeContainer' | 'tearDown' }>,
    { memory, podIp }: StepTarget,
    signal: AbortSignal,
  ): Promise<Outcome> | Outcome {
    const { images, sandboxes, containers, events, reports } = this.#options;
    switch (step.do) {
      case 'setUpVolumes':
        return sandboxes.setUpVolumes(pod);
      case 'refreshVolumes':
        return sandboxes.refreshVolumes(pod);
      case 'runSandbox':
        return sandboxes.runSandbox(pod, step.attempt, signal);
      case 'attachNetwork':
        return sandboxes.attach(pod, step.sandboxId, step.pid);
      case 'inspectImage':
        return images.inspect(pod, containerNamed(pod, step.container));
      case 'startContainer':
        return containers.start({ pod, container: containerNamed(pod, step.container), memory, podIp }, step, signal);
      case 'reportGone':
        reports.podGone(pod);
        return done(goneReported);
      case 'recordEvent':
        events.tell(pod, step.event);
        return done((known) => eventRecorded(known, step.key));
    }
  }
}

/** Plans name only containers of the spec they were made from. @throws RangeError else */
function containerNamed(pod: Pod, name: string): Container {
  const all = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
  const found = all.find((container) => container.name === name);
  if (!found) throw new RangeError(`pod ${pod.metadata.name} has no container ${name}`);
  return found;
}
