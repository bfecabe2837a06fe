import type { Container, Pod } from '../../../api/types.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { postStartEnded, preStopEnded } from '../container-memory.ts';
import type { PodEvents } from '../pod-events.ts';
import { podInMessages } from '../pod-facts.ts';
import { getOnce, httpTarget } from '../probes/http-get.ts';
import { MINOR_VERSION, portOf } from '../probes/run-probe.ts';
import { runCommand } from '../run-command.ts';
import { done, failureMessage, type Outcome } from './outcome.ts';

export interface HookWorkOptions {
  readonly runtime: Runtime;
  readonly events: PodEvents;
  readonly clock: Clock;
}

/** A running container, and where its ports are. */
export interface HookTarget {
  readonly pod: Pod;
  readonly container: Container;
  readonly containerId: string;
  readonly podIp: string;
}

type Handler = NonNullable<NonNullable<Container['lifecycle']>['preStop']>;

const USER_AGENT = `kube-lifecycle/${MINOR_VERSION}`;

/** Runs the hooks of containers. Events say only that one failed, never its words: those may hold secrets. Source: kubelet. */
export class HookWork {
  readonly #options: HookWorkOptions;

  constructor(options: HookWorkOptions) {
    this.#options = options;
  }

  /** A hook that fails has its container killed; the reason is shown while that waits to come again. */
  async postStart(target: HookTarget, signal: AbortSignal): Promise<Outcome> {
    const { pod, container, containerId } = target;
    const failure = await this.#failureOf(container.lifecycle?.postStart, target, signal);
    const event = ['FailedPostStartHook', 'PostStartHook failed'] as const;
    if (failure !== undefined) this.#options.events.warning(pod, container.name, event);
    return done((memory) => postStartEnded(memory, containerId, failure));
  }

  /** The container is stopped whatever comes of it. */
  async preStop(target: HookTarget, signal: AbortSignal): Promise<Outcome> {
    const { events, clock } = this.#options;
    const { pod, container, containerId } = target;
    const failure = await this.#failureOf(container.lifecycle?.preStop, target, signal);
    const event = ['FailedPreStopHook', 'PreStopHook failed'] as const;
    if (failure !== undefined) events.warning(pod, container.name, event);
    return done((memory) => preStopEnded(memory, containerId, clock.now()));
  }

  /** @returns kubelet's words for what went wrong; undefined when nothing did. Throws when called off. */
  async #failureOf(handler: Handler | undefined, target: HookTarget, signal: AbortSignal): Promise<string | undefined> {
    if (!handler) return undefined;
    const where = `for Container "${target.container.name}" in Pod "${podInMessages(target.pod)}" failed - error:`;
    try {
      if (handler.exec) return await this.#exec(handler.exec.command ?? [], target, where, signal);
      if (handler.httpGet) await this.#get(handler.httpGet, target, signal);
      else if (handler.sleep) await this.#options.clock.sleep(handler.sleep.seconds * 1000, signal);
      // tcpSocket is checked and stored like the others, and no kubelet has ever run it.
      else return 'Cannot run handler: invalid handler';
      return undefined;
    } catch (error) {
      return `${nameOf(handler)} ${where} ${failureMessage(error, signal)}`;
    }
  }

  async #exec(
    command: readonly string[],
    { containerId }: HookTarget,
    where: string,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { exitCode, output } = await runCommand(this.#options.runtime, containerId, command, signal);
    if (exitCode === 0) return undefined;
    const error = `command '${command.join(' ')}' exited with ${exitCode}: ${output}`;
    return `${nameOf({ exec: { command: [...command] } })} ${where} ${error}, message: ${JSON.stringify(output)}`;
  }

  /** Any answer will do. A server that speaks no TLS is asked without. */
  async #get(
    action: NonNullable<Handler['httpGet']>,
    { container, podIp }: HookTarget,
    signal: AbortSignal,
  ): Promise<void> {
    const target = httpTarget(action, podIp, portOf(action.port, container), USER_AGENT);
    try {
      await getOnce(target, signal);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EPROTO')) throw error;
      await getOnce({ ...target, url: target.url.replace(/^https/, 'http') }, signal);
    }
  }
}

function nameOf({ exec, httpGet, sleep }: Handler): string {
  if (exec) return `Exec lifecycle hook ([${(exec.command ?? []).join(' ')}])`;
  if (httpGet) return `HTTP lifecycle hook (${httpGet.path ?? ''})`;
  return `Sleep lifecycle hook (${sleep?.seconds ?? 0})`;
}
