import type { KubeObject, Node, Pod } from '../../api/types.ts';
import type { ObjectDelta } from '../../rpc/messages.ts';

/** A ConfigMap or Secret that a pod names. */
export interface Reference {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly namespace: string;
  readonly name: string;
}

/** `ConfigMap/ns/name`: one object of a session; pods go by uid, since a name may come back as another pod. */
export function referenceText(reference: Reference): string {
  return `${reference.kind}/${reference.namespace}/${reference.name}`;
}

function identityOf(object: KubeObject): string {
  const { namespace = '', name, uid = '' } = object.metadata;
  return object.kind === 'Pod' ? `Pod/${uid}` : `${object.kind}/${namespace}/${name}`;
}

/** Every ConfigMap and Secret that this pod names, each once: image pull secrets, environment, volumes. */
export function referencesOf(pod: Pod): Reference[] {
  const found = new Map<string, Reference>();
  const add = (kind: Reference['kind'], name: string | undefined) => {
    if (!name) return;
    const reference = { kind, namespace: pod.metadata.namespace ?? '', name };
    found.set(referenceText(reference), reference);
  };
  const { spec } = pod;
  for (const secret of spec.imagePullSecrets ?? []) add('Secret', secret.name);
  for (const container of [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])]) {
    for (const source of container.envFrom ?? []) {
      add('ConfigMap', source.configMapRef?.name);
      add('Secret', source.secretRef?.name);
    }
    for (const variable of container.env ?? []) {
      add('ConfigMap', variable.valueFrom?.configMapKeyRef?.name);
      add('Secret', variable.valueFrom?.secretKeyRef?.name);
    }
  }
  for (const volume of spec.volumes ?? []) {
    add('ConfigMap', volume.configMap?.name);
    add('Secret', volume.secret?.secretName);
    for (const source of volume.projected?.sources ?? []) {
      add('ConfigMap', source.configMap?.name);
      add('Secret', source.secret?.name);
    }
  }
  return [...found.values()];
}

/**
 * What a node is to hold, in the order to send it: its Node, what its pods name, its pods. What a pod names comes before it, so that
 * a pod that arrives can start.
 * @param lookUp a named object as it is now; undefined when there is none (yet).
 */
export function wantedObjects(
  node: Node | undefined,
  pods: readonly Pod[],
  lookUp: (reference: Reference) => KubeObject | undefined,
): KubeObject[] {
  const references = new Map(pods.flatMap(referencesOf).map((reference) => [referenceText(reference), reference]));
  const named = [...references.values()].map(lookUp).filter((object) => object !== undefined);
  return [...(node ? [node] : []), ...named, ...pods];
}

/**
 * What makes an object worth sending again. Of pods and nodes not the status: the agent itself wrote it, and sending it back
 * would make an echo of every report.
 */
export function versionOf(object: KubeObject): string {
  if (object.kind !== 'Pod' && object.kind !== 'Node') return object.metadata.resourceVersion ?? '';
  const { resourceVersion: _, managedFields: __, ...metadata } = object.metadata;
  return JSON.stringify([metadata, 'spec' in object ? object.spec : undefined]);
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

function put(object: KubeObject, version: string): PlannedDelta {
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
 */
export function planDeltas(wanted: readonly KubeObject[], sent: ReadonlyMap<string, Sent>): PlannedDelta[] {
  const identities = new Set(wanted.map(identityOf));
  const gone = [...sent]
    .filter(([identity]) => !identities.has(identity))
    .map(([identity, { tombstone }]): PlannedDelta => ({ identity, delta: tombstone, sent: undefined }));
  const changed = wanted.flatMap((object): PlannedDelta[] => {
    const version = versionOf(object);
    return sent.get(identityOf(object))?.version === version ? [] : [put(object, version)];
  });
  const isPod = ({ delta }: PlannedDelta) => delta.kind === 'Pod';
  return [...gone.filter(isPod), ...changed, ...gone.filter((planned) => !isPod(planned))];
}
