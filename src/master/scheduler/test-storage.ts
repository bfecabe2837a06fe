import { BIND_COMPLETED } from '../../api/kinds/storage/names.ts';
import type { Node, PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '../../api/types.ts';
import type { StorageView } from './volumes/storage-view.ts';

/** Builders of what pods keep their data in, for tests. */

const HOSTNAME = 'kubernetes.io/hostname';

export function aNamedNode(name: string, labels: Readonly<Record<string, string>> = {}): Node {
  const allocatable = { cpu: '4', memory: '4Gi', pods: '110' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { [HOSTNAME]: name, ...labels } },
    spec: {},
    status: { allocatable },
  };
}

/** A free one of class `static`. @param node that alone reaches it */
export function aFreeVolume(name: string, { node = 'a', storage = '1Gi' } = {}): PersistentVolume {
  const here = { matchExpressions: [{ key: HOSTNAME, operator: 'In' as const, values: [node] }] };
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name, uid: name, resourceVersion: '1' },
    spec: {
      capacity: { storage },
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'static',
      nodeAffinity: { required: { nodeSelectorTerms: [here] } },
    },
    status: { phase: 'Available' },
  };
}

export function anOpenClaim(
  name: string,
  { storage = '1Gi', className = 'static', annotations = {} }: ClaimParts = {},
): PersistentVolumeClaim {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: 'default', uid: `uid-of-${name}`, resourceVersion: '1', annotations },
    spec: { storageClassName: className, accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
  };
}

interface ClaimParts {
  readonly storage?: string;
  readonly className?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** As the controller leaves it. */
export function bound(claim: PersistentVolumeClaim, volumeName: string): PersistentVolumeClaim {
  const annotations = { ...claim.metadata.annotations, [BIND_COMPLETED]: 'yes' };
  return { ...claim, metadata: { ...claim.metadata, annotations }, spec: { ...claim.spec, volumeName } };
}

export function aPodWithClaims(name: string, ...claims: string[]): Pod {
  const volumes = claims.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: `uid-of-${name}` },
    spec: { containers: [], volumes },
  };
}

/** Class `static` makes no volumes, `made` does: both wait for the pod. */
export function aClassOf(name: string): StorageClass | undefined {
  const provisioner = { static: 'kubernetes.io/no-provisioner', made: 'bramble.dev/local-path' }[name];
  return provisioner === undefined
    ? undefined
    : {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'StorageClass',
        metadata: { name },
        provisioner,
        volumeBindingMode: 'WaitForFirstConsumer',
      };
}

export function storageOf(
  claims: readonly PersistentVolumeClaim[],
  volumes: readonly PersistentVolume[] = [],
): StorageView {
  return {
    claim: (_, name) => claims.find(({ metadata }) => metadata.name === name),
    storageClass: aClassOf,
    volumes: () => volumes,
  };
}
