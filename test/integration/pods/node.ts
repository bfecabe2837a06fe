import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentEvent, Assignments, Reports } from '../../../src/agent/assignments.ts';
import { DockerPodNetwork } from '../../../src/agent/network/pod-network.ts';
import { PodManager } from '../../../src/agent/pods/manager.ts';
import { DockerRuntime } from '../../../src/agent/runtime/docker.ts';
import { tar } from '../../../src/agent/runtime/tar.ts';
import type { ConfigMap, Container, Pod, PodStatus, Secret, Service } from '../../../src/api/types.ts';
import { type Clock, type Millis, systemClock } from '../../../src/lib/clock.ts';
import { createLogger } from '../../../src/lib/logger.ts';
import { referencesOf, referenceText } from '../../../src/rpc/pod-references.ts';

/** Of this run alone: whoever runs these tests beside it on the same engine must neither lose nor adopt containers. */
const NAME = `bramble-pods-test-${process.pid}`;
/** Interface and chain names are short. */
const SHORT_NAME = `brp${process.pid}`;
const CIDR = `10.197.${process.pid % 256}.0/24`;

/** Real time that a test can push on: back-offs pass at once, the engine's own times stay true. */
class SkippingClock implements Clock {
  #ahead = 0;
  #timers = new Set<{ at: Millis; run: () => void; cancel: () => void }>();

  now(): Millis {
    return systemClock.now() + this.#ahead;
  }

  monotonic(): Millis {
    return systemClock.monotonic() + this.#ahead;
  }

  after(ms: number, run: () => void): () => void {
    const fire = () => {
      this.#timers.delete(timer);
      run();
    };
    const timer = { at: this.now() + ms, run: fire, cancel: systemClock.after(ms, fire) };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
      timer.cancel();
    };
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return systemClock.sleep(ms, signal);
  }

  /** Back to the real time. */
  reset(): void {
    this.#ahead = 0;
  }

  skip(ms: number): void {
    this.#ahead += ms;
    for (const timer of [...this.#timers].filter(({ at }) => at <= this.now())) {
      timer.cancel();
      timer.run();
    }
  }
}

/** A line to the real engine that a test can cut: to the agent the engine is away, its containers go on. */
class EngineLine {
  readonly path: string;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  constructor(path: string) {
    this.path = path;
  }

  async mend(): Promise<void> {
    this.#server = createServer({ allowHalfOpen: true }, (near) => {
      const far = connect({ path: '/var/run/docker.sock', allowHalfOpen: true });
      for (const socket of [near, far]) {
        this.#sockets.add(socket);
        socket.on('error', () => socket.destroy());
        socket.on('close', () => {
          this.#sockets.delete(socket);
          (socket === near ? far : near).destroy();
        });
      }
      near.pipe(far);
      far.pipe(near);
    }).listen(this.path);
    await once(this.#server, 'listening');
  }

  async cut(): Promise<void> {
    const closed = this.#server && once(this.#server, 'close');
    this.#server?.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

/** What the master wants, by hand. */
class HandAssignments implements Assignments {
  isComplete = true;
  readonly pods = new Map<string, Pod>();
  readonly services = new Map<string, Service>();
  readonly #listeners = new Set<(uid: string) => void>();

  readonly #objects = new Map<string, ConfigMap | Secret>();
  #version = 0;

  configMap(namespace: string, name: string): ConfigMap | undefined {
    return this.#objects.get(`ConfigMap/${namespace}/${name}`);
  }

  secret(namespace: string, name: string): Secret | undefined {
    return this.#objects.get(`Secret/${namespace}/${name}`);
  }

  claim(): undefined {}

  volume(): undefined {}

  onVolume(): () => void {
    return () => {};
  }

  /** Makes or changes a ConfigMap (text) or Secret (base64) of the namespace `default`; without data takes it away. */
  put(kind: 'ConfigMap' | 'Secret', name: string, data: Record<string, string> | undefined): void {
    const key = `${kind}/default/${name}`;
    this.#version += 1;
    const metadata = { name, namespace: 'default', uid: name, resourceVersion: String(this.#version) };
    if (data) this.#objects.set(key, { apiVersion: 'v1', kind, metadata, data });
    else this.#objects.delete(key);
    for (const [uid, pod] of this.pods) {
      if (!referencesOf(pod).some((reference) => referenceText(reference) === key)) continue;
      for (const listener of this.#listeners) listener(uid);
    }
  }

  subscribe(onChange: (uid: string) => void): () => void {
    this.#listeners.add(onChange);
    return () => this.#listeners.delete(onChange);
  }

  set(uid: string, pod: Pod | undefined): void {
    if (pod) this.pods.set(uid, pod);
    else this.pods.delete(uid);
    for (const listener of this.#listeners) listener(uid);
  }
}

/** The line to the master, by hand. */
class HandContact {
  silenceMs = 0;
  readonly #listeners = new Set<() => void>();

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  set(silenceMs: number): void {
    this.silenceMs = silenceMs;
    for (const listener of this.#listeners) listener();
  }
}

/** Keeps what the agent reports, and acts on it as the master does. */
class KeptReports implements Reports {
  readonly statuses = new Map<string, PodStatus>();
  /** All of them, of all pods, in order. */
  readonly told: { readonly uid: string; readonly status: PodStatus }[] = [];
  readonly gone = new Set<string>();
  readonly events: AgentEvent[] = [];

  podStatus(pod: Pod, status: PodStatus): void {
    const { uid = '' } = pod.metadata;
    this.statuses.set(uid, status);
    this.told.push({ uid, status });
  }

  servicesApplied(): void {}

  podGone(pod: Pod): void {
    this.gone.add(pod.metadata.uid ?? '');
  }

  volumeGone(): void {}

  event(event: AgentEvent): void {
    this.events.push(event);
  }
}

/** One node's pods on the real engine: its own network, directory and owner label. */
export class TestNode {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'bramble-pods-'));
  readonly image = `bramble-test/pods:${randomUUID()}`;
  readonly clock = new SkippingClock();
  readonly assignments = new HandAssignments();
  readonly reports = new KeptReports();
  readonly contact = new HandContact();
  readonly engine = new EngineLine(join(this.dataDir, 'docker.sock'));
  readonly runtime = new DockerRuntime({
    host: `unix://${this.engine.path}`,
    owner: NAME,
    network: NAME,
    clock: systemClock,
    log: createLogger('silent'),
  });
  readonly network = new DockerPodNetwork({
    engine: this.runtime.networks,
    log: createLogger('silent'),
    dataDir: this.dataDir,
    clusterCidr: () => CIDR,
    networkName: NAME,
    bridge: SHORT_NAME,
    chainPrefix: SHORT_NAME.toUpperCase(),
  });
  manager: PodManager;

  constructor() {
    this.manager = this.#newManager();
  }

  async start(): Promise<void> {
    await this.engine.mend();
    const busybox = readFileSync('/bin/busybox');
    const names = ['sh', 'sleep', 'cat', 'echo', 'hostname', 'ls', 'touch', 'df', 'kill', 'true'];
    const root = tar(['busybox', ...names].map((name) => ({ path: `bin/${name}`, mode: 0o755, content: busybox })));
    execFileSync('docker', ['import', '-c', 'CMD ["sleep","3600"]', '-', this.image], { input: root });
    await this.network.ensure(CIDR);
    this.manager.start();
  }

  /** The agent's process ends and a new one takes its place; the engine never notices. */
  async restartAgent(change: () => Promise<void> = async () => {}): Promise<void> {
    await this.manager.stop();
    // The master's snapshot brings what was reported.
    for (const [uid, pod] of this.assignments.pods) {
      this.assignments.pods.set(uid, { ...pod, status: { ...pod.status, ...this.status(uid) } });
    }
    await change();
    this.manager = this.#newManager();
    this.manager.start();
  }

  async stop(): Promise<void> {
    await this.manager.stop();
    for (const { id } of await this.runtime.list()) await this.runtime.removeContainer(id);
    await this.network.remove();
    await this.engine.cut();
    execFileSync('docker', ['rmi', '-f', this.image], { stdio: 'ignore' });
    rmSync(this.dataDir, { recursive: true });
  }

  pod(name: string, spec: Partial<Pod['spec']>, metadata: Partial<Pod['metadata']> = {}): Pod {
    const pod: Pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default', uid: randomUUID(), ...metadata },
      spec: { restartPolicy: 'Always', terminationGracePeriodSeconds: 1, containers: [], ...spec },
      status: { phase: 'Pending', qosClass: 'BestEffort' },
    };
    return pod;
  }

  /** A container that runs a shell script. */
  container(name: string, script: string, extra: Partial<Container> = {}): Container {
    return { name, image: this.image, imagePullPolicy: 'IfNotPresent', command: ['sh', '-c', script], ...extra };
  }

  assign(pod: Pod): string {
    const uid = pod.metadata.uid ?? '';
    this.assignments.set(uid, pod);
    return uid;
  }

  delete(uid: string, graceSeconds = 1): void {
    const pod = this.assignments.pods.get(uid);
    if (!pod) throw new Error(`no pod ${uid}`);
    const deletionTimestamp = new Date(systemClock.now()).toISOString();
    const metadata = { ...pod.metadata, deletionTimestamp, deletionGracePeriodSeconds: graceSeconds };
    this.assignments.set(uid, { ...pod, metadata });
  }

  status(uid: string): PodStatus {
    return this.reports.statuses.get(uid) ?? {};
  }

  containerId(uid: string, name: string): string {
    const all = [...(this.status(uid).initContainerStatuses ?? []), ...(this.status(uid).containerStatuses ?? [])];
    return all.find((c) => c.name === name)?.containerID?.replace('docker://', '') ?? '';
  }

  reasons(uid: string): string[] {
    return this.reports.events.filter((event) => event.pod?.metadata.uid === uid).map((event) => event.reason);
  }

  #newManager(): PodManager {
    return new PodManager({
      runtime: this.runtime,
      network: this.network,
      assignments: this.assignments,
      reports: this.reports,
      contact: this.contact,
      graceMs: () => 0,
      clock: this.clock,
      log: createLogger('error'),
      dataDir: this.dataDir,
      settings: () => ({ clusterDomain: 'cluster.local', clusterDns: undefined }),
      standings: {
        of: () => ({ role: 'none', progress: { held: 0, isCounted: false, everywhere: 0 } }),
        subscribe: () => () => {},
      },
      refusal: () => undefined,
      onPulled: async () => {},
      node: () => ({
        name: 'test-node',
        ip: '192.0.2.1',
        isNetworkReady: true,
        allocatable: { cpu: '4', memory: '8Gi' },
      }),
      boot: 'this',
    });
  }
}
