import type { StatusCause } from '../../../meta/errors.ts';
import {
  duplicate,
  forbidden,
  invalid,
  invalidEach,
  notSupported,
  ofEach,
  required,
} from '../../../meta/field-errors.ts';
import { tryParseQuantity } from '../../../meta/quantity.ts';
import { checkDns1123Label, checkDns1123Subdomain, checkNoBacksteps } from '../../../meta/validation.ts';
import type { Volume } from '../../../types.ts';
import { configMapCauses, downwardApiCauses, projectedCauses, secretCauses } from './file-volumes.ts';
import { REQUIRED_FIELDS, storageCauses } from './storage-volumes.ts';
import { notEmpty, oneOf } from './values.ts';

const HOST_PATH_TYPES = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];

/** @param podName with it, the claims that ephemeral volumes will be named for are judged as well */
export function volumeCauses(volumes: readonly Volume[] | undefined, field: string, podName?: string): StatusCause[] {
  const seen = new Set<string>();
  return ofEach(volumes, field, (volume, path) => {
    const { name } = volume;
    const causes = sourceCauses(volume, path);
    if (!name) causes.push(required(`${path}.name`));
    else causes.push(...invalidEach(`${path}.name`, name, checkDns1123Label(name)));
    if (name && seen.has(name)) causes.push(duplicate(`${path}.name`, name));
    seen.add(name);
    return [...causes, ...claimNameCauses(volume, path, podName)];
  });
}

function claimNameCauses({ name, ephemeral }: Volume, field: string, podName?: string): StatusCause[] {
  if (!ephemeral || !name || !podName) return [];
  const claim = `${podName}-${name}`;
  return checkDns1123Subdomain(claim).map((text) => invalid(`${field}.name`, name, `PVC name "${claim}": ${text}`));
}

/** Exactly one source; what follows the first is refused without a look. */
function sourceCauses(volume: Volume, field: string): StatusCause[] {
  const [first, ...more] = Object.entries(volume)
    .filter(([key, value]) => key !== 'name' && value !== undefined && value !== null)
    .map(([key]) => key);
  if (first === undefined) return [required(field, 'must specify a volume type')];
  return [
    ...oneSourceCauses(volume, first, `${field}.${first}`),
    ...more.map((key) => forbidden(`${field}.${key}`, 'may not specify more than 1 volume type')),
  ];
}

function oneSourceCauses(volume: Volume, key: string, field: string): StatusCause[] {
  const { emptyDir, hostPath, secret, configMap, downwardAPI, projected, ephemeral, image } = volume;
  if (emptyDir && key === 'emptyDir') return emptyDirCauses(emptyDir, field);
  if (hostPath && key === 'hostPath') return hostPathCauses(hostPath, field);
  if (secret && key === 'secret') return secretCauses(secret, field);
  if (configMap && key === 'configMap') return configMapCauses(configMap, field);
  if (downwardAPI && key === 'downwardAPI') return downwardApiCauses(downwardAPI, field);
  if (projected && key === 'projected') return projectedCauses(projected, field);
  if (ephemeral && key === 'ephemeral') {
    return ephemeral.volumeClaimTemplate ? [] : [required(`${field}.volumeClaimTemplate`)];
  }
  if (image && key === 'image') {
    return [
      ...notEmpty(image.reference, `${field}.reference`),
      ...oneOf(image.pullPolicy, `${field}.pullPolicy`, ['Always', 'IfNotPresent', 'Never']),
    ];
  }
  return REQUIRED_FIELDS.has(key) ? storageCauses(volume, key, field) : [];
}

function emptyDirCauses({ sizeLimit }: NonNullable<Volume['emptyDir']>, field: string): StatusCause[] {
  if (sizeLimit === undefined) return [];
  const quantity = tryParseQuantity(sizeLimit);
  if (quantity && quantity.nano >= 0n) return [];
  return [forbidden(`${field}.sizeLimit`, 'SizeLimit field must be a valid resource quantity')];
}

function hostPathCauses({ path, type }: NonNullable<Volume['hostPath']>, field: string): StatusCause[] {
  if (!path) return [required(`${field}.path`)];
  return [
    ...invalidEach(`${field}.path`, path, checkNoBacksteps(path)),
    ...(type === undefined || HOST_PATH_TYPES.includes(type)
      ? []
      : [notSupported(`${field}.type`, type, HOST_PATH_TYPES)]),
  ];
}
