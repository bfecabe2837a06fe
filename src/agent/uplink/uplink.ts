import { ApiError } from '../../api/meta/errors.ts';
import type { Node } from '../../api/types.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Part } from '../../lib/lifecycle.ts';
import type { Logger } from '../../lib/logger.ts';
import { renewAt } from '../../lib/renewal.ts';
import { RpcClient } from '../../rpc/client.ts';
import type { Welcome } from '../../rpc/messages.ts';
import type { NodePeer } from '../../rpc/node-peer.ts';
import type { Keepalive } from '../../rpc/transport.ts';
import type { Assignments, ClusterSettings, Reports } from '../assignments.ts';
import { AssignmentStore } from './assignment-store.ts';
import type { Contact } from './contact.ts';
import { clockHint } from './enroll.ts';
import { certificateRequest, type EnrolledIdentity, type IdentityStore } from './identity.ts';
import type { DurableMap } from './kept/durable-map.ts';
import { Outbox } from './outbox.ts';
import { Retry } from './retry.ts';
import { type OpenStreamHandler, Session } from './session.ts';

export interface UplinkOptions {
  readonly masters: readonly string[];
  readonly nodeName: string;
  /** From `ensureEnrolled`. */
  readonly identity: EnrolledIdentity;
  readonly store: IdentityStore;
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

/** The least time between two renewals: after one that failed, or when this clock is far ahead of the master's. */
const RENEW_RETRY_MS = 3_600_000;

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
  #identity: EnrolledIdentity;
  #session: Session | undefined;
  #settings: ClusterSettings | undefined;
  #onOpenStream: OpenStreamHandler | undefined;
  readonly #hasNode = Promise.withResolvers<void>();
  #loop: Promise<void> | undefined;

  constructor(options: UplinkOptions) {
    this.#options = options;
    this.#identity = options.identity;
    this.#assignments = new AssignmentStore(options.kept);
    this.#settings = settingsOf(options.kept);
    this.#reports = {
      podStatus: (pod, status) => {
        this.#assignments.noteStatus(pod, status);
        this.#outbox.podStatus(pod, status);
      },
      podGone: (pod) => this.#outbox.podGone(pod),
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

  onPeers(listener: () => void): () => void {
    return this.#assignments.onPeers(listener);
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
    this.#scheduleRenewal(this.#renewalDueMs());
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the agent is stopping'));
    this.#hasNode.resolve();
    await this.#loop;
    await this.#options.kept.close();
  }

  async #run(): Promise<void> {
    const { masters, clock, log } = this.#options;
    const { signal } = this.#stopping;
    const retry = new Retry(clock);
    /** Why there is no session, as it was told last. */
    let told: string | undefined;
    await this.#hasNode.promise;
    for (let attempt = 0; !signal.aborted; attempt++) {
      const address = masters[attempt % masters.length] ?? '';
      try {
        await this.#connect(address, ({ heartbeatIntervalMs }) => {
          retry.reset();
          retry.keepUpWith(heartbeatIntervalMs);
          told = undefined;
          log.info({ master: address }, 'connected to the master');
        });
      } catch (err) {
        if (signal.aborted) return;
        // Transitions are told, turns are not: from "not there" to "not you" is one.
        const text = `no session with the master; will try again${clockHint(err, clock.now())}`;
        const why = err instanceof ApiError ? err.reason : 'InternalError';
        if (why === told) log.debug({ master: address, err }, text);
        else log.warn({ master: address, err }, text);
        told = why;
      }
      await retry.wait(signal).catch(() => {}); // only an abort rejects it: the loop's condition sees that
    }
  }

  async #connect(address: string, onOpen: (welcome: Welcome) => void): Promise<void> {
    const { agentVersion, clock, keepalive, contact } = this.#options;
    const { caPem, certPem, keyPem } = this.#identity;
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
        onSnapshot: () => contact.made(),
        onBeat: () => contact.seen(),
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

  #renewalDueMs(): number {
    return renewAt(this.#identity.certPem) - this.#options.clock.now();
  }

  #scheduleRenewal(ms: number): void {
    // Timers hold at most 24.8 days; a certificate lives longer.
    const step = Math.min(Math.max(ms, 0), 86_400_000);
    const cancel = this.#options.clock.after(step, () => {
      this.#stopping.signal.removeEventListener('abort', cancel);
      if (ms > step) {
        this.#scheduleRenewal(ms - step);
        return;
      }
      this.#renew().then(
        () => this.#scheduleRenewal(Math.max(this.#renewalDueMs(), RENEW_RETRY_MS)),
        (err: unknown) => {
          this.#options.log.warn({ err }, 'could not renew the node certificate; will try again');
          this.#scheduleRenewal(RENEW_RETRY_MS);
        },
      );
    });
    this.#stopping.signal.addEventListener('abort', cancel, { once: true });
  }

  /** A new certificate for the same key. The open session goes on; the next one uses it. */
  async #renew(): Promise<void> {
    const { masters, nodeName, store, log } = this.#options;
    const { caPem, certPem, keyPem } = this.#identity;
    const csrPem = await certificateRequest(keyPem, nodeName);
    for (const [index, address] of masters.entries()) {
      const client = new RpcClient({ address, caPem, identity: { certPem, keyPem } });
      try {
        const answer = await client.renew({ csrPem });
        await store.save({ certPem: answer.certificatePem, caPem });
        this.#identity = { keyPem, caPem, certPem: answer.certificatePem };
        log.info('renewed the node certificate');
        return;
      } catch (error) {
        if (index === masters.length - 1) throw error;
      } finally {
        client.close();
      }
    }
  }
}

function settingsOf(kept: DurableMap): ClusterSettings | undefined {
  const text = kept.get(SETTINGS);
  return text === undefined ? undefined : (JSON.parse(text) as ClusterSettings);
}
