import type { StatusCause } from '../../../meta/errors.ts';
import { invalid, invalidEach, required } from '../../../meta/field-errors.ts';
import { checkAbsolutePath, checkInRange, checkLocalPath } from '../../../meta/validation.ts';
import type { Volume } from '../../../types.ts';

/** Volumes that live elsewhere: none is mounted yet, all are checked as far as a manifest can be wrong without one. */

/** Source -> fields that must not be empty. */
export const REQUIRED_FIELDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['awsElasticBlockStore', ['volumeID']],
  ['azureDisk', ['diskName', 'diskURI']],
  ['azureFile', ['secretName', 'shareName']],
  ['cephfs', ['monitors']],
  ['cinder', ['volumeID']],
  ['csi', ['driver']],
  ['fc', []],
  ['flexVolume', ['driver']],
  ['flocker', []],
  ['gcePersistentDisk', ['pdName']],
  ['gitRepo', ['repository']],
  ['glusterfs', ['endpoints', 'path']],
  ['iscsi', ['targetPortal', 'iqn']],
  ['nfs', ['server', 'path']],
  ['persistentVolumeClaim', ['claimName']],
  ['photonPersistentDisk', ['pdID']],
  ['portworxVolume', ['volumeID']],
  ['quobyte', ['registry', 'volume']],
  ['rbd', ['monitors', 'image']],
  ['scaleIO', ['gateway', 'system', 'volumeName']],
  ['storageos', []],
  ['vsphereVolume', ['volumePath']],
]);

const MAX_LUN = 255;
const MAX_PARTITION = 255;

/** @param key one of REQUIRED_FIELDS, set in this volume */
export function storageCauses(volume: Volume, key: string, field: string): StatusCause[] {
  const source = new Map<string, unknown>(
    Object.entries(Object.entries(volume).find(([name]) => name === key)?.[1] ?? {}),
  );
  return [
    ...(REQUIRED_FIELDS.get(key) ?? [])
      .filter((name) => isMissing(source.get(name)))
      .map((name) => required(`${field}.${name}`)),
    ...ownCauses(volume, key, field),
  ];
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

function ownCauses({ nfs, iscsi, fc, flocker, gitRepo, ...disks }: Volume, key: string, field: string): StatusCause[] {
  switch (key) {
    case 'nfs':
      return invalidEach(`${field}.path`, nfs?.path ?? '', checkAbsolutePath(nfs?.path ?? ''));
    case 'iscsi':
      return iscsi ? iscsiCauses(iscsi, field) : [];
    case 'fc':
      return fc ? fibreCauses(fc, field) : [];
    case 'gitRepo':
      return gitRepo?.directory
        ? invalidEach(`${field}.directory`, gitRepo.directory, checkLocalPath(gitRepo.directory))
        : [];
    case 'flocker':
      return flockerCauses(flocker ?? {}, field);
    case 'awsElasticBlockStore':
      return partitionCauses(disks.awsElasticBlockStore?.partition, field);
    case 'gcePersistentDisk':
      return partitionCauses(disks.gcePersistentDisk?.partition, field);
    default:
      return [];
  }
}

function partitionCauses(partition: number | undefined, field: string): StatusCause[] {
  // Zero is "no partition"; Kubernetes' message leaves it out all the same.
  if (partition === undefined || partition === 0) return [];
  return invalidEach(`${field}.partition`, partition, checkInRange(partition, 1, MAX_PARTITION));
}

function iscsiCauses(iscsi: NonNullable<Volume['iscsi']>, field: string): StatusCause[] {
  const hasChap = iscsi.chapAuthDiscovery || iscsi.chapAuthSession;
  return [
    ...(iscsi.iqn && !/^(iqn|eui|naa)/.test(iscsi.iqn)
      ? [invalid(`${field}.iqn`, iscsi.iqn, 'must be valid format starting with iqn, eui, or naa')]
      : []),
    ...invalidEach(`${field}.lun`, iscsi.lun, checkInRange(iscsi.lun ?? 0, 0, MAX_LUN)),
    ...(hasChap && !iscsi.secretRef ? [required(`${field}.secretRef`)] : []),
  ];
}

function fibreCauses({ targetWWNs = [], wwids = [], lun }: NonNullable<Volume['fc']>, field: string): StatusCause[] {
  const at = `${field}.targetWWNs`;
  const causes: StatusCause[] = [];
  if (targetWWNs.length + wwids.length === 0) {
    causes.push(required(at, 'must specify either targetWWNs or wwids, but not both'));
  }
  if (targetWWNs.length > 0 && wwids.length > 0) {
    causes.push(invalid(at, targetWWNs, 'targetWWNs and wwids can not be specified simultaneously'));
  }
  if (targetWWNs.length === 0) return causes;
  if (lun === undefined) return [...causes, required(`${field}.lun`, 'lun is required if targetWWNs is specified')];
  return [...causes, ...invalidEach(`${field}.lun`, lun, checkInRange(lun, 0, MAX_LUN))];
}

function flockerCauses({ datasetName, datasetUUID }: NonNullable<Volume['flocker']>, field: string): StatusCause[] {
  return [
    ...(datasetName || datasetUUID ? [] : [required(field, 'one of datasetName and datasetUUID is required')]),
    ...(datasetName && datasetUUID
      ? [invalid(field, 'resource', 'datasetName and datasetUUID can not be specified simultaneously')]
      : []),
    ...(datasetName?.includes('/') ? [invalid(`${field}.datasetName`, datasetName, "must not contain '/'")] : []),
  ];
}
