import { isDeepStrictEqual } from 'node:util';
import type { KubeObject, Node, PersistentVolume, Pod, PodStatus } from '../../api/types.ts';
import type { AgentMessage, PodGone, VolumeGone } from '../../rpc/messages.ts';
import type { AgentEvent, Reports } from '../assignments.ts';

/** Events kept while the master is away; older ones make room for newer. */
const MAX_EVENTS = 256;

interface PodEntry {
  readonly about: PodGone;
  status: PodStatus | undefined;
  isGone: boolean;
  isDirty: boolean;
}

function aboutOf({ metadata }: KubeObject): PodGone {
  const { namespace = '', name, uid = '' } = metadata;
  return { namespace, name, uid };
}

function json(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

/**
 * What this node has to say: of its Node and of each pod the newest status, and events in order. It is kept as long as it is
 * true, so that a new session can be told all of it; a slow link costs the steps in between, never the last state.
 */
export class Outbox implements Reports {
  readonly #pods = new Map<string, PodEntry>();
  readonly #onMessage: () => void;
  readonly #isKnown: (podUid: string) => boolean;
  #events: AgentEvent[] = [];
  #goneVolumes: VolumeGone[] = [];
  /** Of this session, and not sent yet. */
  #appliedMark: number | undefined;
  #node: Node | undefined;
  #isNodeDirty = false;

  /**
   * @param options.onMessage called when there is something to `take`.
   * @param options.isKnown whether the master still has that pod: of others nothing is kept once it was sent.
   */
  constructor(options: { readonly onMessage: () => void; readonly isKnown: (podUid: string) => boolean }) {
    this.#onMessage = options.onMessage;
    this.#isKnown = options.isKnown;
  }

  /** What the agent last saw of its node. */
  get node(): Node | undefined {
    return this.#node;
  }

  nodeStatus(node: Node): void {
    if (isDeepStrictEqual(node, this.#node)) return;
    this.#node = node;
    this.#isNodeDirty = true;
    this.#onMessage();
  }

  podStatus(pod: Pod, status: PodStatus): void {
    const entry = this.#entryOf(pod);
    if (entry.status && isDeepStrictEqual(entry.status, status)) return;
    entry.status = status;
    entry.isDirty = true;
    this.#onMessage();
  }

  podGone(pod: Pod): void {
    const entry = this.#entryOf(pod);
    entry.isGone = true;
    entry.isDirty = true;
    this.#onMessage();
  }

  /** Told once: the next snapshot asks again for what was not heard. */
  volumeGone({ metadata: { name, uid = '' } }: PersistentVolume): void {
    this.#goneVolumes.push({ name, uid });
    this.#onMessage();
  }

  servicesApplied(mark: number): void {
    this.#appliedMark = mark;
    this.#onMessage();
  }

  event(event: AgentEvent): void {
    this.#events.push(event);
    if (this.#events.length > MAX_EVENTS) this.#events = this.#events.slice(-MAX_EVENTS);
    this.#onMessage();
  }

  /**
   * A new session: every pod is told anew.
   * @param toldNode the node as it went along with the Hello; since then there may have been news of it
   */
  resend(toldNode: Node | undefined): void {
    for (const entry of this.#pods.values()) entry.isDirty = true;
    this.#isNodeDirty = this.#node !== toldNode;
    this.#appliedMark = undefined; // of another count, perhaps
  }

  /** The messages to send now, oldest news first; they count as sent. */
  take(): AgentMessage[] {
    const messages: AgentMessage[] = [];
    if (this.#isNodeDirty && this.#node) messages.push({ node: { node: json(this.#node) } });
    this.#isNodeDirty = false;
    if (this.#appliedMark !== undefined) messages.push({ servicesApplied: { mark: this.#appliedMark } });
    this.#appliedMark = undefined;
    for (const event of this.#events) messages.push({ event: this.#eventOf(event) });
    this.#events = [];
    for (const volume of this.#goneVolumes) messages.push({ volumeGone: volume });
    this.#goneVolumes = [];
    for (const [uid, entry] of this.#pods) {
      if (!this.#isKnown(uid)) this.#pods.delete(uid);
      if (!entry.isDirty) continue;
      entry.isDirty = false;
      // A pod's last status comes before the word that it is gone: its exit codes are in there.
      if (entry.status) messages.push({ pod: { ...entry.about, status: json(entry.status) } });
      if (entry.isGone) messages.push({ podGone: entry.about });
    }
    return messages;
  }

  #entryOf(pod: Pod): PodEntry {
    const about = aboutOf(pod);
    const entry = this.#pods.get(about.uid) ?? { about, status: undefined, isGone: false, isDirty: false };
    this.#pods.set(about.uid, entry);
    return entry;
  }

  #eventOf({ pod, service, fieldPath, type, reason, message }: AgentEvent): NonNullable<AgentMessage['event']> {
    const facts = { fieldPath, type, reason, message };
    if (pod) return { kind: 'Pod', ...aboutOf(pod), ...facts };
    if (service) return { kind: 'Service', ...aboutOf(service), ...facts };
    return { kind: 'Node', namespace: '', name: this.#node?.metadata.name ?? '', uid: '', ...facts };
  }
}
