import type { Pod } from '../api/types.ts';

/** What a pod names, or (a volume) what that names. */
export interface Reference {
  readonly kind: 'ConfigMap' | 'Secret' | 'PersistentVolumeClaim' | 'PersistentVolume';
  readonly namespace: string;
  readonly name: string;
}

/** `ConfigMap/ns/name`. */
export function referenceText(reference: Reference): string {
  return `${reference.kind}/${reference.namespace}/${reference.name}`;
}

/**
 * Every ConfigMap, Secret and claim that this pod names, each once: image pull secrets, environment, volumes. The master sends a node
 * these along with the pod and no others.
 */
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
    add('PersistentVolumeClaim', volume.persistentVolumeClaim?.claimName);
    for (const source of volume.projected?.sources ?? []) {
      add('ConfigMap', source.configMap?.name);
      add('Secret', source.secret?.name);
    }
  }
  return [...found.values()];
}
