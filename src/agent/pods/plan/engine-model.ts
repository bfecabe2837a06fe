/** The least of an engine that plans can be applied to: for property tests only. */
import type { Container, Pod } from '../../../api/types.ts';
import type { Millis } from '../../../lib/clock.ts';
import type { ImageInfo, ObservedContainer } from '../../runtime/runtime.ts';
import { postStartDue, postStartEnded, preStopEnded, removalFailed } from '../container-memory.ts';
import { BACK_OFF_SECONDS, SANDBOX_ID } from '../labels.ts';
import { initContainersOf } from '../pod-facts.ts';
import {
  attemptKey,
  containerStarted,
  eventRecorded,
  freshMemory,
  goneReported,
  imageReady,
  networkAttached,
  type PodMemory,
  sandboxStarted,
  stopBegun,
  tornDown,
  volumesReady,
  volumesRefreshed,
} from '../pod-memory.ts';
import { observedContainer } from '../test-builders.ts';
import { plan } from './plan.ts';
import type { Step } from './step.ts';

const IMAGE: ImageInfo = {
  id: 'sha256:1',
  digestReference: '',
  architecture: '',
  entrypoint: [],
  command: [],
  user: '',
  sizeBytes: 1,
};

export class EngineModel {
  now: Millis;
  pod: Pod | undefined;
  memory: PodMemory;
  containers: ObservedContainer[] = [];
  /** Names of containers that nothing removes once they have ended. */
  readonly unremovable = new Set<string>();
  readonly started: string[] = [];
  /** Starts that came while an init container still ran. */
  readonly early: string[] = [];
  #ids = 0;

  constructor(pod: Pod, now: Millis) {
    this.pod = pod;
    this.now = now;
    this.memory = freshMemory(now);
  }

  plan(): Step[] {
    return plan({ pod: this.pod, observed: this.containers, memory: this.memory, now: this.now, isNetworkReady: true });
  }

  /**
   * Plans and applies until nothing is planned; where only waiting is, time goes on, and init containers end well.
   * @returns false when that took more than `limit` rounds
   */
  settle(limit = 200): boolean {
    for (let round = 0; round < limit; round += 1) {
      const steps = this.plan();
      const wake = steps.find((step) => step.do === 'wakeAt');
      if (steps.length > (wake ? 1 : 0)) for (const step of steps) this.apply(step);
      else if (this.#endInit()) this.now += 1000;
      else if (wake) this.now = Math.max(this.now + 1, wake.at);
      else return true;
    }
    return false;
  }

  running(): ObservedContainer[] {
    return this.containers.filter((c) => c.state === 'running');
  }

  /** Ends a container, by its name, as a kill from outside does. */
  kill(name: string, exitCode = 137): void {
    this.containers = this.containers.map((c) =>
      c.containerName === name && c.state === 'running' ? this.#ended(c, exitCode) : c,
    );
  }

  remove(name: string): void {
    this.containers = this.containers.filter((c) => c.containerName !== name);
  }

  /** A new process: all that was learned is gone. */
  restartAgent(): void {
    this.memory = freshMemory(this.now);
  }

  apply(step: Step): void {
    switch (step.do) {
      case 'setUpVolumes':
        this.memory = volumesReady(this.memory);
        return;
      case 'refreshVolumes':
        this.memory = volumesRefreshed(this.memory);
        return;
      case 'runSandbox':
        this.#add({ role: 'sandbox', containerName: 'POD', attempt: step.attempt, pid: 1, ip: '10.42.0.5' });
        this.memory = sandboxStarted(this.memory);
        return;
      case 'attachNetwork':
        this.memory = networkAttached(this.memory, step.sandboxId);
        return;
      case 'inspectImage':
      case 'pullImage':
        this.memory = imageReady(this.memory, this.#key(step.container), IMAGE);
        return;
      case 'startContainer':
        this.#start(step);
        return;
      case 'runPostStart':
        this.memory = postStartEnded(this.memory, step.id, undefined);
        return;
      case 'runPreStop':
        this.memory = preStopEnded(this.memory, step.id, this.now);
        return;
      case 'stopContainer':
        this.memory = stopBegun(this.memory, this.now);
        this.containers = this.containers.map((c) => (c.id === step.id ? this.#ended(c, 143) : c));
        return;
      case 'removeContainer':
        this.#remove(step.id);
        return;
      case 'tearDown':
        this.memory = tornDown(this.memory);
        return;
      case 'reportGone':
        this.memory = goneReported(this.memory);
        return;
      case 'recordEvent':
        this.memory = eventRecorded(this.memory, step.key);
        return;
      case 'wakeAt':
        return;
    }
  }

  #remove(id: string): void {
    const name = this.containers.find((c) => c.id === id)?.containerName ?? '';
    if (this.unremovable.has(name)) {
      this.memory = removalFailed(this.memory, id, { reason: 'FailedRemove', message: 'busy', now: this.now });
    } else this.containers = this.containers.filter((c) => c.id !== id);
  }

  #start({ container, attempt, sandboxId, backOffSeconds }: Extract<Step, { do: 'startContainer' }>): void {
    this.started.push(container);
    if (this.#runningInit()) this.early.push(container);
    const labels = {
      [SANDBOX_ID]: sandboxId,
      ...(backOffSeconds > 0 ? { [BACK_OFF_SECONDS]: String(backOffSeconds) } : {}),
    };
    this.#add({ containerName: container, attempt, labels });
    this.memory = containerStarted(this.memory, this.#key(container));
    const isHooked = this.#spec(container).lifecycle?.postStart !== undefined;
    if (isHooked) this.memory = postStartDue(this.memory, `c${this.#ids}`);
  }

  #key(container: string): string {
    return attemptKey(this.#spec(container));
  }

  #spec(container: string): Container {
    const all = [...(this.pod?.spec.initContainers ?? []), ...(this.pod?.spec.containers ?? [])];
    return all.find(({ name }) => name === container) ?? { name: container };
  }

  #add(extra: Partial<ObservedContainer>): void {
    this.#ids += 1;
    const times = { createdAt: this.now, startedAt: this.now };
    this.containers = [...this.containers, observedContainer({ id: `c${this.#ids}`, ...times, ...extra })];
  }

  #ended(container: ObservedContainer, exitCode: number): ObservedContainer {
    return { ...container, state: 'exited', exitCode, finishedAt: this.now, pid: 0, ip: '' };
  }

  #endInit(): boolean {
    const running = this.#runningInit();
    if (running) this.kill(running.containerName, 0);
    return running !== undefined;
  }

  #runningInit(): ObservedContainer | undefined {
    const inits = (this.pod ? initContainersOf(this.pod) : []).filter((c) => c.kind === 'init').map((c) => c.spec.name);
    return this.running().find((c) => inits.includes(c.containerName));
  }
}
