import { isDeepStrictEqual } from 'node:util';
import type { StatusCause } from '../../meta/errors.ts';
import { forbidden, immutable, invalid, invalidEach, ofEach, required } from '../../meta/field-errors.ts';
import { checkDns1123Subdomain, checkNoBacksteps } from '../../meta/validation.ts';
import type { PersistentVolume } from '../../types.ts';
import { nodeTermCauses } from '../pod/validation/affinity.ts';
import { oneOfIfSet } from '../pod/validation/values.ts';
import { accessModeCauses } from '../storage/access-modes.ts';
import { storageCauses } from '../storage/amounts.ts';

type Spec = PersistentVolume['spec'];

/** What a volume can be, as its spec names it. */
const SOURCES = [
  ...['awsElasticBlockStore', 'azureDisk', 'azureFile', 'cephfs', 'cinder', 'csi', 'fc', 'flexVolume', 'flocker'],
  ...['gcePersistentDisk', 'glusterfs', 'hostPath', 'iscsi', 'local', 'nfs', 'photonPersistentDisk', 'portworxVolume'],
  ...['quobyte', 'rbd', 'scaleIO', 'storageos', 'vsphereVolume'],
] as const;
/** Those that an agent mounts. */
const MOUNTED: readonly string[] = ['hostPath', 'local'];
const POLICIES = ['Delete', 'Recycle', 'Retain'];
const MODES = ['Block', 'Filesystem'];

/** The keys under which the spec says where the data is; one, in a volume that is right. */
function sourcesOf(spec: Spec): string[] {
  return SOURCES.filter((source) => spec[source] !== undefined && spec[source] !== null);
}

/** Source: core/validation, ValidatePersistentVolume. */
export function validateVolume({ spec }: PersistentVolume): StatusCause[] {
  if (!spec) return [required('spec')];
  const { storageClassName: className } = spec;
  return [
    ...accessModeCauses(spec.accessModes, 'spec.accessModes'),
    ...storageCauses(spec.capacity, 'spec.capacity'),
    ...extraCapacity(spec.capacity),
    ...oneOfIfSet(spec.persistentVolumeReclaimPolicy, 'spec.persistentVolumeReclaimPolicy', POLICIES),
    ...sourceCauses(spec),
    ...(className ? invalidEach('spec.storageClassName', className, checkDns1123Subdomain(className)) : []),
    ...oneOfIfSet(spec.volumeMode, 'spec.volumeMode', MODES),
    ...affinityCauses(spec),
  ];
}

function extraCapacity(capacity: Spec['capacity']): StatusCause[] {
  const isExtra = Object.keys(capacity ?? {}).some((name) => name !== 'storage');
  return isExtra ? [invalid('spec.capacity', capacity, 'must be only "storage"')] : [];
}

function sourceCauses(spec: Spec): StatusCause[] {
  const [first, ...more] = sourcesOf(spec);
  if (first === undefined) return [required('spec', 'must specify a volume type')];
  return [
    ...pathCauses(spec),
    ...more.map((source) => forbidden(`spec.${source}`, 'may not specify more than 1 volume type')),
    ...(first === 'hostPath' && spec.hostPath?.path === '/' && spec.persistentVolumeReclaimPolicy === 'Recycle'
      ? [forbidden('spec.persistentVolumeReclaimPolicy', "may not be 'recycle' for a hostPath mount of '/'")]
      : []),
  ];
}

function pathCauses({ hostPath, local }: Spec): StatusCause[] {
  const judge = (path: string | undefined, field: string) =>
    path ? invalidEach(field, path, checkNoBacksteps(path)) : [required(field)];
  return [
    ...(hostPath ? judge(hostPath.path, 'spec.hostPath.path') : []),
    ...(local ? judge(local.path, 'spec.local.path') : []),
  ];
}

/** A volume that is on one machine has to say on which. */
function affinityCauses({ local, nodeAffinity }: Spec): StatusCause[] {
  const field = 'spec.nodeAffinity';
  if (!nodeAffinity) return local ? [required(field, 'Local volume requires node affinity')] : [];
  if (!nodeAffinity.required) {
    return [required(`${field}.required`, 'must specify required node constraints')];
  }
  const { nodeSelectorTerms: terms } = nodeAffinity.required;
  const at = `${field}.required.nodeSelectorTerms`;
  if (!terms?.length) return [required(at, 'must have at least one node selector term')];
  return ofEach(terms, at, (term, path) => nodeTermCauses(term, path, true));
}

/** Source: core/validation, ValidatePersistentVolumeUpdate. */
export function validateVolumeUpdate({ spec }: PersistentVolume, { spec: old }: PersistentVolume): StatusCause[] {
  if (!spec) return []; // `validateVolume` asks for it
  const where = (of: Spec) => SOURCES.map((source) => of[source]);
  return [
    ...(isDeepStrictEqual(where(spec), where(old))
      ? []
      : [forbidden('spec.persistentvolumesource', 'spec.persistentvolumesource is immutable after creation')]),
    ...(spec.volumeMode === old.volumeMode ? [] : [immutable('spec.volumeMode', spec.volumeMode)]),
    ...(old.nodeAffinity && !isDeepStrictEqual(spec.nodeAffinity, old.nodeAffinity)
      ? [immutable('spec.nodeAffinity', spec.nodeAffinity)]
      : []),
  ];
}

/** What is kept and not acted on: for `Warning` headers. */
export function volumeWarnings({ spec }: PersistentVolume): string[] {
  const unserved = sourcesOf(spec).filter((source) => !MOUNTED.includes(source));
  const notActedOn = 'is accepted but not acted on by this version of Bramble';
  return [
    ...unserved.map((source) => `spec.${source}: ${notActedOn}`),
    ...(spec.mountOptions?.length ? [`spec.mountOptions: ${notActedOn}`] : []),
    ...(spec.volumeMode === 'Block' ? [`spec.volumeMode: Block ${notActedOn}`] : []),
    ...(spec.persistentVolumeReclaimPolicy === 'Recycle'
      ? [
          'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
        ]
      : []),
  ];
}
