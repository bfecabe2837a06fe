import type { Container, Pod } from '../../../api/types.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { Logger } from '../../../lib/logger.ts';
import type { Assignments } from '../../assignments.ts';
import { ConfigError, type Environment, resolveEnvironment } from '../../env/environment.ts';
import { runAsNonRootViolation } from '../../runtime/create-options/security.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { PodVolumes } from '../../volumes/pod-volumes.ts';
import { VolumeError } from '../../volumes/volume.ts';
import { postStartDue } from '../container-memory.ts';
import { containerSpec } from '../container-spec.ts';
import type { HostFiles } from '../host-files.ts';
import type { Step } from '../plan/step.ts';
import type { PodEvents } from '../pod-events.ts';
import { attemptKey, containerStarted, imageUnfit, type PodMemory, startFailed } from '../pod-memory.ts';
import type { TerminationLogs } from '../termination-log.ts';
import { done, failed, failureMessage, isRuntimeError, type Outcome } from './outcome.ts';
import { removeContainer } from './removal-work.ts';
import type { NodeFacts } from './sandbox-work.ts';

export interface ContainerWorkOptions {
  readonly runtime: Runtime;
  readonly volumes: PodVolumes;
  readonly hostFiles: HostFiles;
  readonly terminationLogs: TerminationLogs;
  readonly events: PodEvents;
  readonly assignments: Assignments;
  readonly node: () => NodeFacts;
  /** `bootOfMachine`. */
  readonly boot: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A container of a pod, and what is known of the pod. */
interface StartTarget {
  readonly pod: Pod;
  readonly container: Container;
  readonly memory: PodMemory;
  readonly podIp: string;
}

type StartStep = Extract<Step, { do: 'startContainer' }>;

/** Creates, starts and removes the containers of pods, and tells about it in kubelet's words. */
export class ContainerWork {
  readonly #options: ContainerWorkOptions;

  constructor(options: ContainerWorkOptions) {
    this.#options = options;
  }

  async start(target: StartTarget, step: StartStep, signal: AbortSignal): Promise<Outcome> {
    const { pod, container, memory } = target;
    const { runtime, events } = this.#options;
    const { name } = container;
    const image = memory.images.get(attemptKey(container));
    if (!image) return done();
    const violation = runAsNonRootViolation(pod, container, image.user);
    if (violation !== undefined) return this.#notCreated(pod, container, ['CreateContainerConfigError', violation]);
    let id: string;
    try {
      const { env, skipped } = this.#environment(target);
      this.#tellSkipped(pod, skipped);
      const mounts = [
        ...(await this.#options.volumes.mounts(pod, container, env)),
        ...this.#options.hostFiles.containerMounts(pod, container),
        ...(await this.#options.terminationLogs.mounts(pod, container, step.attempt)),
      ];
      const { boot } = this.#options;
      id = await runtime.createContainer(containerSpec({ ...step, boot, pod, container, image, env, mounts }), signal);
    } catch (error) {
      return this.#createFailed(pod, container, failureMessage(error, signal), error);
    }
    events.normal(pod, name, ['Created', `Created container: ${name}`]);
    try {
      await runtime.startContainer(id);
    } catch (error) {
      return this.#startFailed(pod, container, failureMessage(error, signal), error);
    }
    events.normal(pod, name, ['Started', `Started container ${name}`]);
    const isHooked = container.lifecycle?.postStart !== undefined;
    return done((known) => {
      const started = containerStarted(known, attemptKey(container));
      return isHooked ? postStartDue(started, id) : started;
    });
  }

  remove(id: string, memory: PodMemory): Promise<Outcome> {
    return removeContainer(id, memory, this.#options);
  }

  #environment({ pod, container, podIp }: StartTarget): Environment {
    const { assignments: sources, node } = this.#options;
    const { ip: hostIp, allocatable } = node();
    return resolveEnvironment(container, { pod, podIp, hostIp, sources, allocatable });
  }

  #tellSkipped(pod: Pod, skipped: Environment['skipped']): void {
    for (const { kind, source, keys } of skipped) {
      const message = `Keys [${keys.join(', ')}] from the EnvFrom ${kind} ${source} were skipped since they are considered invalid environment variable names.`;
      this.#options.events.warning(pod, undefined, ['InvalidEnvironmentVariableNames', message]);
    }
  }

  #createFailed(pod: Pod, container: Container, message: string, error: unknown): Outcome {
    const { events, clock } = this.#options;
    // The engine looked closer than we did: another pull may bring the right platform.
    if (isRuntimeError(error, 'WrongArchitecture')) {
      events.warning(pod, container.name, ['Failed', `Error: ${message}`]);
      const what = { reason: 'ErrImagePull', message, now: clock.now() };
      return failed((memory) => imageUnfit(memory, attemptKey(container), what));
    }
    const reason =
      error instanceof VolumeError || error instanceof ConfigError
        ? 'CreateContainerConfigError'
        : 'CreateContainerError';
    return this.#notCreated(pod, container, [reason, message]);
  }

  #notCreated(pod: Pod, container: Container, [reason, message]: readonly [string, string]): Outcome {
    const { events, clock } = this.#options;
    events.warning(pod, container.name, ['Failed', `Error: ${message}`]);
    return failed((memory) => startFailed(memory, attemptKey(container), { reason, message, now: clock.now() }));
  }

  #startFailed(pod: Pod, container: Container, why: string, error: unknown): Outcome {
    const { events, clock } = this.#options;
    const { name } = container;
    const key = attemptKey(container);
    events.warning(pod, name, ['Failed', `Error: failed to start container "${name}": ${why}`]);
    // The engine keeps the reason on the container: from there on it is one that has ended.
    if (isRuntimeError(error, 'StartFailed')) return failed((memory) => containerStarted(memory, key));
    return failed((memory) =>
      startFailed(memory, key, { reason: 'RunContainerError', message: why, now: clock.now() }),
    );
  }
}
