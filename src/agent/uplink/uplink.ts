import { ApiError } from '../../api/meta/errors.ts';
import type { EndpointSlice, Node, Service, ServiceCIDR } from '../../api/types.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Part } from '../../lib/lifecycle.ts';
import type { Logger } from '../../lib/logger.ts';
import { RpcClient } from '../../rpc/client.ts';
import type { Welcome } from '../../rpc/messages.ts';
import type { NodePeer } from '../../rpc/node-peer.ts';
import type { Keepalive } from '../../rpc/transport.ts';
import type { Assignments, ClusterSettings, EndpointsProgress, IngressSources, Reports } from '../assignments.ts';
import { AssignmentStore } from './assignment-store.ts';
import type { Contact } from './contact.ts';
import { clockHint } from './enroll.ts';
import type { EnrolledIdentity, IdentityStore } from './identity.ts';
import type { DurableMap } from './kept/durable-map.ts';
import { KnownMasters } from './known-masters.ts';
import { NodeCertificate } from './node-certificate.ts';
import { Outbox } from './outbox.ts';
import { Retry } from './retry.ts';
import { type OpenStreamHandler, Session } from './session.ts';

export interface UplinkOptions {
  readonly masters: readonly string[];
  readonly nodeName: string;
  /** From `ensureEnrolled`. */
  readonly identity: EnrolledIdentity;
  readonly store: IdentityStore;
  readonly enrollAgain: ((address: string) => Promise<EnrolledIdentity>) | undefined;
  /** What this node was told last, on its disk. */
  readonly kept: DurableMap;
  readonly contact: Contact;
  readonly agentVersion: string;
  readonly keepalive?: Keepalive;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Under which key the settings are kept. */
const SETTINGS = 'settings';

/**
 * The agent's line to the master: keeps a session open, whatever happens to the link or the master, keeps the assignment
 * current and brings up what the parts of the agent report.
 */
export class Uplink implements Part {
  readonly name = 'uplink';
  readonly #options: UplinkOptions;
  readonly #assignments: AssignmentStore;
  readonly #reports: Reports;
  readonly #outbox = new Outbox({
    onMessage: () => this.#session?.wake(),
    // Before the first snapshot nobody can say which pods are gone.
    isKnown: (podUid) => !this.#assignments.isComplete || this.#assignments.pods.has(podUid),
  });
  readonly #stopping = new AbortController();
  readonly #settingsListeners = new Set<(settings: ClusterSettings) => void>();
  readonly #masters: KnownMasters;
  readonly #certificate: NodeCertificate;
  readonly #retry: Retry;
  /** Why there is no session, as it was told last. */
  #told: string | undefined;
  #session: Session | undefined;
  #settings: ClusterSettings | undefined;
  #onOpenStream: OpenStreamHandler | undefined;
  readonly #hasNode = Promise.withResolvers<void>();
  #loop: Promise<void> | undefined;

  constructor(options: UplinkOptions) {
    this.#options = options;
    this.#masters = new KnownMasters(options.masters, options.kept);
    this.#certificate = new NodeCertificate({ ...options, masters: () => this.#masters.all });
    this.#retry = new Retry(options.clock);
    this.#assignments = new AssignmentStore(options.kept);
    this.#settings = settingsOf(options.kept);
    this.#reports = {
      podStatus: (pod, status) => {
        this.#assignments.noteStatus(pod, status);
        this.#outbox.podStatus(pod, status);
      },
      podGone: (pod) => this.#outbox.podGone(pod),
      volumeGone: (volume) => this.#outbox.volumeGone(volume),
      servicesApplied: (mark) => this.#outbox.servicesApplied(mark),
      event: (event) => this.#outbox.event(event),
    };
  }

  get assignments(): Assignments {
    return this.#assignments;
  }

  get reports(): Reports {
    return this.#reports;
  }

  /** Whether the master is in reach, and since when not. */
  get contact(): Contact {
    return this.#options.contact;
  }

  /** This node's object as the master has it (spec.podCIDR), or had it last; undefined before the first session of all. */
  get node(): Node | undefined {
    return this.#assignments.node;
  }

  /** The other nodes as the master has them; all of them once `assignments.isComplete`. */
  get peers(): readonly NodePeer[] {
    return [...this.#assignments.peers.values()];
  }

  /** Dials anew: the connection's own end is gone, and only its time-out would tell. */
  redial(why: string): void {
    this.#session?.cancel(why);
  }

  onPeers(listener: () => void): () => void {
    return this.#assignments.onPeers(listener);
  }

  get services(): ReadonlyMap<string, Service> {
    return this.#assignments.services;
  }

  get endpointSlices(): ReadonlyMap<string, EndpointSlice> {
    return this.#assignments.endpointSlices;
  }

  /** What Ingresses are served from. */
  get ingress(): IngressSources {
    return this.#assignments;
  }

  /** The ranges of Services' addresses. */
  get serviceCidrs(): readonly ServiceCIDR[] {
    return [...this.#assignments.serviceCidrs.values()];
  }

  onServices(listener: () => void): () => void {
    return this.#assignments.onServices(listener);
  }

  get endpoints(): EndpointsProgress {
    return this.#assignments.endpoints;
  }

  onProgress(listener: () => void): () => void {
    return this.#assignments.onProgress(listener);
  }

  /** As told last, maybe before a restart; undefined before the first session of all. */
  get settings(): ClusterSettings | undefined {
    return this.#settings;
  }

  onNode(listener: (node: Node) => void): () => void {
    return this.#assignments.onNode(listener);
  }

  /** Calls back whenever a session opened, with what the master says of the cluster. */
  onSettings(listener: (settings: ClusterSettings) => void): () => void {
    this.#settingsListeners.add(listener);
    return () => this.#settingsListeners.delete(listener);
  }

  /** Who serves logs, exec, attach and port-forward; one handler, set before `start`. */
  onOpenStream(handler: OpenStreamHandler): void {
    this.#onOpenStream = handler;
  }

  /** The node as it is now. The first one opens the line: a Hello says what machine this is. */
  reportNode(node: Node): void {
    this.#outbox.nodeStatus(node);
    this.#hasNode.resolve();
  }

  start(): void {
    this.#loop = this.#run();
    this.#certificate.keepRenewed(this.#stopping.signal);
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the agent is stopping'));
    this.#hasNode.resolve();
    await this.#loop;
    await this.#options.kept.close();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    await this.#hasNode.promise;
    while (!signal.aborted) {
      for (const address of this.#masters.all) {
        if ((await this.#attempt(address)) || signal.aborted) break;
      }
      await this.#retry.wait(signal).catch(() => {}); // only an abort rejects it: the loop's condition sees that
    }
  }

  /** @returns whether a session was open until now. */
  async #attempt(address: string): Promise<boolean> {
    const { clock, log } = this.#options;
    let hasOpened = false;
    try {
      await this.#connect(address, ({ heartbeatIntervalMs }) => {
        hasOpened = true;
        this.#told = undefined;
        this.#retry.reset();
        this.#retry.keepUpWith(heartbeatIntervalMs);
        this.#options.contact.expectEvery(heartbeatIntervalMs);
        this.#masters.answered(address);
        log.info({ master: address }, 'connected to the master');
      });
    } catch (err) {
      if (this.#stopping.signal.aborted) return hasOpened;
      if (err instanceof ApiError && err.reason === 'Unauthorized' && (await this.#recover(address))) return true;
      // Transitions are told, turns are not: from "not there" to "not you" is one.
      const text = `no session with the master; will try again${clockHint(err, clock.now())}`;
      const why = err instanceof ApiError ? err.reason : 'InternalError';
      if (why === this.#told) log.debug({ master: address, err }, text);
      else log.warn({ master: address, err }, text);
      this.#told = why;
    }
    return hasOpened;
  }

  async #recover(address: string): Promise<boolean> {
    try {
      return await this.#certificate.recover(address);
    } catch (err) {
      this.#options.log.debug({ master: address, err }, 'could not get the expired certificate renewed');
      return false;
    }
  }

  async #connect(address: string, onOpen: (welcome: Welcome) => void): Promise<void> {
    const { agentVersion, clock, keepalive, contact } = this.#options;
    const { caPem, certPem, keyPem } = this.#certificate.identity;
    const client = new RpcClient({
      address,
      caPem,
      identity: { certPem, keyPem },
      ...(keepalive ? { keepalive } : {}),
    });
    try {
      this.#session = new Session({
        client,
        agentVersion,
        clock,
        assignments: this.#assignments,
        outbox: this.#outbox,
        onWelcome: (welcome) => {
          this.#settle(welcome);
          onOpen(welcome);
        },
        onMasters: (addresses) => this.#masters.told(addresses),
        contact,
        onOpenStream: (request, dial) => this.#onOpenStream?.(request, dial),
        signal: this.#stopping.signal,
      });
      await this.#session.run();
    } finally {
      this.#session = undefined;
      contact.lost();
      client.close();
    }
  }

  #settle({ heartbeatIntervalMs: _, ...settings }: Welcome): void {
    this.#settings = settings;
    this.#options.kept.set(SETTINGS, JSON.stringify(settings));
    for (const listener of this.#settingsListeners) listener(settings);
  }
}

function settingsOf(kept: DurableMap): ClusterSettings | undefined {
  const text = kept.get(SETTINGS);
  return text === undefined ? undefined : (JSON.parse(text) as ClusterSettings);
}
