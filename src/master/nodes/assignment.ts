import type { KubeObject, Node, PersistentVolume, PersistentVolumeClaim, Pod } from '../../api/types.ts';
import type { ObjectDelta } from '../../rpc/messages.ts';
import { type Reference, referencesOf, referenceText } from '../../rpc/pod-references.ts';

/** How a session tells objects apart: pods by uid, since a name may come back as another pod. */
export function identityOf(object: KubeObject): string {
  const { namespace = '', name, uid = '' } = object.metadata;
  return object.kind === 'Pod' ? `Pod/${uid}` : `${object.kind}/${namespace}/${name}`;
}

/** What a node holds that its pods do not name. */
export interface BesidePods {
  /** Secrets of Ingresses. */
  readonly named?: readonly Reference[];
  /** Volumes whose folders on this node are to go. */
  readonly going?: readonly PersistentVolume[];
}

/**
 * What a node is to hold, in the order to send it: its Node, what its pods and Ingresses name, its pods. What a pod names comes
 * before it, so that a pod that arrives can start.
 * @param lookUp a named object as it is now; undefined when there is none (yet).
 */
export function wantedObjects(
  node: Node | undefined,
  pods: readonly Pod[],
  lookUp: (reference: Reference) => KubeObject | undefined,
  { named: others = [], going = [] }: BesidePods = {},
): KubeObject[] {
  const all = [...pods.flatMap(referencesOf), ...others];
  const references = new Map(all.map((reference) => [referenceText(reference), reference]));
  const named = [...references.values()].map(lookUp).filter((object) => object !== undefined);
  const volumes = named.filter(isClaim).flatMap(({ spec }) => {
    const name = spec.volumeName;
    return (name && lookUp({ kind: 'PersistentVolume', namespace: '', name })) || [];
  });
  return [...(node ? [node] : []), ...new Set([...named, ...volumes, ...going]), ...pods];
}

/**
 * What makes an object worth sending again. Of pods and nodes not the status: the agent itself wrote it, and sending it back
 * would make an echo of every report. But the conditions that a pod's readiness gates name are others' to write.
 */
export function versionOf(object: KubeObject): string {
  if (object.kind !== 'Pod' && object.kind !== 'Node') return object.metadata.resourceVersion ?? '';
  const { resourceVersion: _, managedFields: __, ...metadata } = object.metadata;
  return JSON.stringify([metadata, 'spec' in object ? object.spec : undefined, isPod(object) ? gatesOf(object) : []]);
}

function isClaim(object: KubeObject): object is PersistentVolumeClaim {
  return object.kind === 'PersistentVolumeClaim';
}

function isPod(object: KubeObject): object is Pod {
  return object.kind === 'Pod';
}

function gatesOf({ spec, status }: Pod): string[] {
  const gates = new Set((spec.readinessGates ?? []).map(({ conditionType }) => conditionType));
  return (status?.conditions ?? []).filter(({ type }) => gates.has(type)).map((c) => `${c.type}=${c.status}`);
}

/** What a session has sent of one object. */
export interface Sent {
  readonly version: string;
  /** The object without its content: what a DELETE says. */
  readonly tombstone: ObjectDelta;
}

export interface PlannedDelta {
  readonly identity: string;
  readonly delta: ObjectDelta;
  /** undefined with DELETE. */
  readonly sent: Sent | undefined;
}

/** What sends an object. */
export function put(object: KubeObject, version: string): PlannedDelta {
  const { managedFields: _, ...metadata } = object.metadata;
  const about = {
    kind: object.kind,
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    uid: metadata.uid ?? '',
    resourceVersion: metadata.resourceVersion ?? '',
  };
  const text = JSON.stringify({ ...object, metadata });
  return {
    identity: identityOf(object),
    delta: { ...about, operation: 'PUT', object: Buffer.from(text) },
    sent: { version, tombstone: { ...about, operation: 'DELETE', object: Buffer.alloc(0) } },
  };
}

/**
 * Decides what brings an agent from what it was sent to what it is to hold; empty when it is there.
 * Order: pods that go, then what is new or changed, then what no pod names any more.
 * @param version `versionOf`, or what remembers its results.
 */
export function planDeltas(
  wanted: readonly KubeObject[],
  sent: ReadonlyMap<string, Sent>,
  version: (object: KubeObject) => string = versionOf,
): PlannedDelta[] {
  const identities = new Set(wanted.map(identityOf));
  const gone = [...sent]
    .filter(([identity]) => !identities.has(identity))
    .map(([identity, { tombstone }]): PlannedDelta => ({ identity, delta: tombstone, sent: undefined }));
  const changed = wanted.flatMap((object): PlannedDelta[] => {
    const current = version(object);
    return sent.get(identityOf(object))?.version === current ? [] : [put(object, current)];
  });
  const isPod = ({ delta }: PlannedDelta) => delta.kind === 'Pod';
  return [...gone.filter(isPod), ...changed, ...gone.filter((planned) => !isPod(planned))];
}

/**
 * The same for what all nodes are told. Only what changed is looked at: of a thousand nodes each would otherwise look at all
 * Services whenever one of its pods changes.
 * @param changed identities of what may be other than what was sent.
 * @param lookUp what sends it as it is now, made once for all sessions; undefined when it is gone.
 */
export function planSharedDeltas(
  changed: ReadonlySet<string>,
  lookUp: (identity: string) => PlannedDelta | undefined,
  sent: ReadonlyMap<string, Sent>,
): PlannedDelta[] {
  return [...changed].flatMap((identity): PlannedDelta[] => {
    const now = lookUp(identity);
    const before = sent.get(identity);
    if (now) return before?.version === now.sent?.version ? [] : [now];
    return before ? [{ identity, delta: before.tombstone, sent: undefined }] : [];
  });
}
