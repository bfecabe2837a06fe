import type { Node, Pod } from '../../../api/types.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { Logger } from '../../../lib/logger.ts';
import type { Allocatable } from '../../env/resource-ref.ts';
import { podHostname } from '../../network/hostname.ts';
import type { PodNetwork } from '../../network/network.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { PodVolumes } from '../../volumes/pod-volumes.ts';
import type { DnsSettings, HostFiles } from '../host-files.ts';
import type { PodEvents } from '../pod-events.ts';
import { podKey } from '../pod-facts.ts';
import {
  networkAttached,
  sandboxFailed,
  sandboxStarted,
  tornDown,
  volumesFailed,
  volumesReady,
  volumesRefreshed,
} from '../pod-memory.ts';
import { done, failed, failureMessage, isRuntimeError, type Outcome } from './outcome.ts';

/** This node as its pods' sandboxes need it; told late, so asked each time. */
export interface NodeFacts {
  readonly name: string;
  /** The address others reach the node by; '' while it is not known. */
  readonly ip: string;
  /** False until the node has its pod CIDR and the bridge is up: pods with an address of their own wait. */
  readonly isNetworkReady: boolean;
  /** What it gives to pods, as its Node object says; empty while that is not known. */
  readonly allocatable: Allocatable;
  /** As the master has it. */
  readonly object?: Node | undefined;
}

export interface SandboxWorkOptions {
  readonly runtime: Runtime;
  readonly network: PodNetwork;
  readonly volumes: PodVolumes;
  readonly hostFiles: HostFiles;
  readonly events: PodEvents;
  readonly settings: () => DnsSettings;
  readonly node: () => NodeFacts;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What a pod has apart from its containers: volumes, address, host files, sandbox. */
export class SandboxWork {
  readonly #options: SandboxWorkOptions;

  constructor(options: SandboxWorkOptions) {
    this.#options = options;
  }

  async setUpVolumes(pod: Pod): Promise<Outcome> {
    const { volumes, events, clock } = this.#options;
    try {
      await volumes.setUp(pod);
      return done(volumesReady);
    } catch (error) {
      const message = failureMessage(error);
      events.warning(pod, undefined, ['FailedMount', message]);
      return failed((memory) => volumesFailed(memory, { reason: 'FailedMount', message, now: clock.now() }));
    }
  }

  /** Brings the volumes of a pod that runs up to date. One that cannot be keeps what it has until its sources change again. */
  async refreshVolumes(pod: Pod): Promise<Outcome> {
    const { volumes, events } = this.#options;
    try {
      await volumes.setUp(pod);
    } catch (error) {
      events.warning(pod, undefined, ['FailedMount', failureMessage(error)]);
    }
    return done(volumesRefreshed);
  }

  async runSandbox(pod: Pod, attempt: number, signal: AbortSignal): Promise<Outcome> {
    const { events, clock } = this.#options;
    try {
      await this.#run(pod, attempt, signal);
      return done(sandboxStarted);
    } catch (error) {
      const message = failureMessage(error, signal);
      // Someone else has the address: the next attempt takes another one.
      if (isRuntimeError(error, 'AddressTaken')) await this.#options.network.release(pod.metadata.uid ?? '');
      const reason = 'FailedCreatePodSandBox';
      events.warning(pod, undefined, [reason, `Failed to create pod sandbox: ${message}`]);
      return failed((memory) => sandboxFailed(memory, { reason, message, now: clock.now() }));
    }
  }

  async #run(pod: Pod, attempt: number, signal: AbortSignal): Promise<void> {
    const { runtime, network, hostFiles, settings, node } = this.#options;
    const isHostNetwork = pod.spec.hostNetwork === true;
    const ip = isHostNetwork ? undefined : await network.allocate(pod.metadata.uid ?? '');
    await hostFiles.write(pod, ip);
    const isNamed = !isHostNetwork || pod.spec.hostname !== undefined;
    const hostname = isNamed ? podHostname(pod, settings().clusterDomain).hostname : node().name;
    await runtime.runSandbox({ pod, attempt, hostname, ip, mounts: hostFiles.sandboxMounts(pod), labels: {} }, signal);
  }

  /** Without it the pod cannot reach itself through a Service; nothing else fails, so the pod goes on. */
  async attach(pod: Pod, sandboxId: string, pid: number): Promise<Outcome> {
    try {
      await this.#options.network.attach(pid);
    } catch (err) {
      this.#options.log.warn({ pod: podKey(pod), err }, 'the pod cannot reach itself through its Services');
    }
    return done((memory) => networkAttached(memory, sandboxId));
  }

  /** Volumes first (the directory holds their mounts), the directory last: while it is there a restarted agent finds the pod. */
  async tearDown(podUid: string): Promise<Outcome> {
    const { volumes, network, hostFiles } = this.#options;
    await volumes.tearDown(podUid);
    await network.release(podUid);
    await hostFiles.remove(podUid);
    return done(tornDown);
  }
}
