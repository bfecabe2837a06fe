import type { ApiError } from '../../api/meta/errors.ts';
import type { KubeObject, Node, PersistentVolume, Pod, Secret } from '../../api/types.ts';
import { hasTlsKeys } from '../../lib/ingress/tls-secret.ts';
import type { MessageStream } from '../../rpc/message-stream.ts';
import type { AgentMessage, MasterMessage, OpenStream, Welcome } from '../../rpc/messages.ts';
import { type Reference, referencesOf, referenceText } from '../../rpc/pod-references.ts';
import { type PlannedDelta, planDeltas, planSharedDeltas, type Sent, versionOf, wantedObjects } from './assignment.ts';

/** What a session reads of the cluster, as it is now. */
export interface SessionView {
  node(): Node | undefined;
  pods(): readonly Pod[];
  lookUp(reference: Reference): KubeObject | undefined;
  /** Secrets with the certificates of Ingresses: every node serves these. */
  ingressSecrets(): readonly Reference[];
  /** Deleted volumes whose folders this node has. */
  goingVolumes(): readonly PersistentVolume[];
  /** Identities of what every node is told. */
  sharedIdentities(): Iterable<string>;
  shared(identity: string): PlannedDelta | undefined;
  /** How many changes of endpoints there were, and which is in every node's rules. */
  progress(): { readonly newest: number; readonly everywhere: number };
  /** Where the master can be reached. */
  masterAddresses(): readonly string[];
}

/** Any Secret can be named there: nodes get no other than those that there is a use for. */
function hasCertificate(object: KubeObject | undefined): boolean {
  return object?.kind === 'Secret' && hasTlsKeys(object as Secret);
}

/**
 * One connection of one agent. Downwards it is level-triggered: woken by any change, it sends what brings the agent from
 * what it was sent to what it is to hold; a slow agent gets fewer, newer deltas instead of a queue.
 */
export class NodeSession {
  readonly nodeName: string;
  /** A node is no peer of its own. */
  readonly #ownPeer: string;
  readonly #stream: MessageStream<AgentMessage, MasterMessage>;
  readonly #view: SessionView;
  readonly #sent = new Map<string, Sent>();
  /** Something beside what all nodes are told may have changed. */
  #isOwnDue = true;
  readonly #sentShared = new Map<string, Sent>();
  #changedShared: Set<string>;
  #sentAddresses = '';
  /** The newest change of endpoints that has been sent. */
  #sentMark = 0;
  #sentProgress = '';
  readonly #ended = Promise.withResolvers<never>();
  /** Objects of the cache never change, so what is made of one holds as long as it lives. */
  readonly #versions = new WeakMap<KubeObject, string>();
  /** What the pods that were looked at last name. */
  #references = new Set<string>();
  #wake = Promise.withResolvers<void>();
  #isAnswering = false;
  #isOver = false;

  constructor(nodeName: string, stream: MessageStream<AgentMessage, MasterMessage>, view: SessionView) {
    this.nodeName = nodeName;
    this.#stream = stream;
    this.#view = view;
    this.#ownPeer = `Peer//${nodeName}`;
    this.#changedShared = new Set(view.sharedIdentities());
    this.#changedShared.delete(this.#ownPeer);
    this.#ended.promise.catch(() => {}); // heard in `run`, which may not have begun
  }

  /**
   * Serves the agent until it goes away (resolves) or something fails (rejects: the agent is told).
   * @param onMessage takes each message that comes; what it throws ends the session.
   */
  async run(welcome: Welcome, onMessage: (message: AgentMessage) => void): Promise<void> {
    try {
      await Promise.race([this.#receive(onMessage), this.#send(welcome), this.#ended.promise]);
    } finally {
      this.#isOver = true;
      this.#wake.resolve();
    }
  }

  /** Something of this node changed. */
  wake(): void {
    this.#isOwnDue = true;
    this.#wake.resolve();
  }

  /** Something that every node is told came, went or changed. */
  sharedChanged(identity: string): void {
    if (identity === this.#ownPeer) return;
    this.#changedShared.add(identity);
    if (identity.startsWith('Ingress/')) this.#isOwnDue = true; // it may name other Secrets
    this.#wake.resolve();
  }

  /** Nodes have caught up with changes of endpoints. */
  progressed(): void {
    this.#wake.resolve();
  }

  /** Whether a pod of this node, or an Ingress, names that object. */
  names(reference: Reference): boolean {
    return this.#references.has(referenceText(reference));
  }

  openStream(open: OpenStream): Promise<void> {
    return this.#stream.write({ openStream: open });
  }

  /** Ends it from this side; the agent is told why. */
  end(error: ApiError): void {
    this.#ended.reject(error);
  }

  async #receive(onMessage: (message: AgentMessage) => void): Promise<void> {
    for await (const message of this.#stream) {
      onMessage(message);
      if (message.heartbeat) this.#answerHeartbeat();
    }
  }

  /** Not while an answer still waits for the line: they would pile up, and one tells all. */
  #answerHeartbeat(): void {
    if (this.#isAnswering) return;
    this.#isAnswering = true;
    const done = () => {
      this.#isAnswering = false;
    };
    this.#stream.write({ heartbeat: {} }).then(done, done); // a broken stream ends the session by itself
  }

  async #send(welcome: Welcome): Promise<void> {
    await this.#stream.write({ welcome });
    await this.#sendDeltas();
    await this.#stream.write({ snapshotEnd: {} });
    while (!this.#isOver) {
      await this.#wake.promise;
      if (this.#isOver) return;
      await this.#sendDeltas();
    }
  }

  async #sendDeltas(): Promise<void> {
    // Before looking: a change that comes while this pass writes wakes the next one.
    this.#wake = Promise.withResolvers<void>();
    const isOwnDue = this.#isOwnDue;
    this.#isOwnDue = false;
    if (isOwnDue) await this.#sendAddresses();
    await this.#sendShared();
    await this.#sendProgress();
    // A thousand nodes that join are a million changes of peers: none of them concerns a node's own pods.
    if (!isOwnDue) return;
    const pods = this.#view.pods();
    const named = this.#view.ingressSecrets();
    this.#references = new Set([...pods.flatMap(referencesOf), ...named].map(referenceText));
    const lookUp = (reference: Reference) => this.#view.lookUp(reference);
    const beside = {
      named: named.filter((reference) => hasCertificate(lookUp(reference))),
      going: this.#view.goingVolumes(),
    };
    const wanted = wantedObjects(this.#view.node(), pods, lookUp, beside);
    await this.#sendAll(
      planDeltas(wanted, this.#sent, (object) => this.#version(object)),
      this.#sent,
    );
  }

  async #sendAddresses(): Promise<void> {
    const address = this.#view.masterAddresses();
    if (address.join() === this.#sentAddresses) return;
    this.#sentAddresses = address.join();
    await this.#stream.write({ masterAddresses: { address } });
  }

  /** Before the node and its pods: the network is made with a view of where the others are, and pods find Services there. */
  async #sendShared(): Promise<void> {
    const changed = this.#changedShared;
    this.#changedShared = new Set();
    // In the same moment: the deltas are what there is after that many changes.
    const { newest } = this.#view.progress();
    const planned = planSharedDeltas(changed, (identity) => this.#view.shared(identity), this.#sentShared);
    await this.#sendAll(planned, this.#sentShared);
    this.#sentMark = newest;
  }

  async #sendProgress(): Promise<void> {
    const servicesProgress = { sent: this.#sentMark, everywhere: this.#view.progress().everywhere };
    const text = `${servicesProgress.sent} ${servicesProgress.everywhere}`;
    if (text === this.#sentProgress) return;
    this.#sentProgress = text;
    await this.#stream.write({ servicesProgress });
  }

  async #sendAll(planned: readonly PlannedDelta[], remembered: Map<string, Sent>): Promise<void> {
    for (const { identity, delta, sent } of planned) {
      await this.#stream.write({ delta });
      if (sent) remembered.set(identity, sent);
      else remembered.delete(identity);
    }
  }

  #version(object: KubeObject): string {
    const known = this.#versions.get(object);
    if (known !== undefined) return known;
    const version = versionOf(object);
    this.#versions.set(object, version);
    return version;
  }
}
