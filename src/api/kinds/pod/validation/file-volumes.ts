import type { StatusCause } from '../../../meta/errors.ts';
import { forbidden, invalid, invalidEach, ofEach, required } from '../../../meta/field-errors.ts';
import { checkLocalPath } from '../../../meta/validation.ts';
import type { Volume } from '../../../types.ts';
import type { DownwardApiFile, KeyToPath, ProjectedSource } from '../parts.ts';
import { fieldRefCauses, resourceRefCauses } from './env.ts';
import { modeCauses, notEmpty } from './values.ts';

/** Volumes whose files come from objects of the API. */

const VOLUME_FIELDS = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
];
const MIN_TOKEN_SECONDS = 600;
const MAX_TOKEN_SECONDS = 2 ** 32;

export function secretCauses(secret: NonNullable<Volume['secret']>, field: string): StatusCause[] {
  return [
    ...notEmpty(secret.secretName, `${field}.secretName`),
    ...modeCauses(secret.defaultMode, `${field}.defaultMode`),
    ...ofEach(secret.items, `${field}.items`, keyCauses),
  ];
}

export function configMapCauses(configMap: NonNullable<Volume['configMap']>, field: string): StatusCause[] {
  return [
    ...notEmpty(configMap.name, `${field}.name`),
    ...modeCauses(configMap.defaultMode, `${field}.defaultMode`),
    ...ofEach(configMap.items, `${field}.items`, keyCauses),
  ];
}

export function downwardApiCauses(source: NonNullable<Volume['downwardAPI']>, field: string): StatusCause[] {
  return [
    ...modeCauses(source.defaultMode, `${field}.defaultMode`),
    ...ofEach(source.items, '', (file) => fileCauses(file, field)),
  ];
}

export function projectedCauses(projected: NonNullable<Volume['projected']>, field: string): StatusCause[] {
  const taken = new Set<string>();
  return [
    ...modeCauses(projected.defaultMode, `${field}.defaultMode`),
    ...ofEach(projected.sources, `${field}.sources`, (source, path) => [
      ...projectedSourceCauses(source, path),
      ...conflictCauses(source, field, taken),
    ]),
  ];
}

function projectedSourceCauses(source: ProjectedSource, field: string): StatusCause[] {
  const { secret, configMap, downwardAPI, serviceAccountToken, clusterTrustBundle } = source;
  const count = Object.values(source).filter((value) => value !== undefined && value !== null).length;
  return [
    ...(secret
      ? [...notEmpty(secret.name, `${field}.secret.name`), ...ofEach(secret.items, `${field}.secret.items`, keyCauses)]
      : []),
    ...(configMap
      ? [
          ...notEmpty(configMap.name, `${field}.configMap.name`),
          ...ofEach(configMap.items, `${field}.configMap.items`, keyCauses),
        ]
      : []),
    ...ofEach(downwardAPI?.items, '', (file) => fileCauses(file, `${field}.downwardAPI`)),
    ...(serviceAccountToken ? tokenCauses(serviceAccountToken, `${field}.serviceAccountToken`) : []),
    ...(clusterTrustBundle ? bundleCauses(clusterTrustBundle, `${field}.clusterTrustBundle`) : []),
    ...(count > 1 ? [forbidden(field, 'may not specify more than 1 volume type per source')] : []),
  ];
}

/** Two sources may not write the same file. */
function conflictCauses(source: ProjectedSource, field: string, taken: Set<string>): StatusCause[] {
  const { secret, configMap, downwardAPI, serviceAccountToken, clusterTrustBundle } = source;
  const files = [
    ...(secret?.items ?? []).map(({ path }) => ({ path, owner: secret?.name })),
    ...(configMap?.items ?? []).map(({ path }) => ({ path, owner: configMap?.name })),
    ...(downwardAPI?.items ?? []).map(({ path }) => ({ path, owner: path })),
    ...[serviceAccountToken, clusterTrustBundle].flatMap((item) =>
      item ? [{ path: item.path, owner: item.path }] : [],
    ),
  ];
  return files.flatMap(({ path, owner }) => {
    if (!path) return [];
    if (taken.has(path)) return [invalid(field, owner, 'conflicting duplicate paths')];
    taken.add(path);
    return [];
  });
}

function keyCauses({ key, path, mode }: KeyToPath, field: string): StatusCause[] {
  return [
    ...notEmpty(key, `${field}.key`),
    ...notEmpty(path, `${field}.path`),
    ...filePathCauses(path, `${field}.path`),
    ...modeCauses(mode, `${field}.mode`),
  ];
}

function fileCauses({ path, mode, fieldRef, resourceFieldRef }: DownwardApiFile, field: string): StatusCause[] {
  const causes = [...notEmpty(path, `${field}.path`), ...filePathCauses(path, `${field}.path`)];
  if (fieldRef) {
    causes.push(...fieldRefCauses(fieldRef, `${field}.fieldRef`, VOLUME_FIELDS));
    if (resourceFieldRef) {
      causes.push(invalid(field, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'));
    }
  } else if (resourceFieldRef) causes.push(...resourceRefCauses(resourceFieldRef, `${field}.resourceFieldRef`, true));
  else causes.push(required(field, 'one of fieldRef and resourceFieldRef is required'));
  return [...causes, ...modeCauses(mode, `${field}.mode`)];
}

/** `..data` and kin are how a volume's files change all at once: names that begin so are taken. */
function filePathCauses(path: string | undefined, field: string): StatusCause[] {
  if (!path) return [];
  const isReserved = path.startsWith('..') && !path.startsWith('../') && path !== '..';
  return [
    ...invalidEach(field, path, checkLocalPath(path)),
    ...(isReserved ? [invalid(field, path, "must not start with '..'")] : []),
  ];
}

function tokenCauses(token: { path: string; expirationSeconds?: number }, field: string): StatusCause[] {
  const seconds = token.expirationSeconds ?? MIN_TOKEN_SECONDS;
  const at = `${field}.expirationSeconds`;
  return [
    ...(seconds < MIN_TOKEN_SECONDS ? [invalid(at, seconds, 'may not specify a duration less than 10 minutes')] : []),
    ...(seconds > MAX_TOKEN_SECONDS
      ? [invalid(at, seconds, 'may not specify a duration larger than 2^32 seconds')]
      : []),
    ...notEmpty(token.path, `${field}.path`),
    ...filePathCauses(token.path, `${field}.path`),
  ];
}

function bundleCauses(
  bundle: { name?: string; signerName?: string; path: string; labelSelector?: unknown },
  field: string,
): StatusCause[] {
  const { name, signerName, path, labelSelector } = bundle;
  const causes: StatusCause[] = [];
  if (name !== undefined && signerName !== undefined) {
    causes.push(invalid(field, bundle, 'only one of name and signerName may be used'));
  } else if (name !== undefined) {
    causes.push(...notEmpty(name, `${field}.name`, 'must be a valid object name'));
    if (labelSelector) {
      const text = 'labelSelector must be unset if name is specified';
      causes.push(invalid(`${field}.labelSelector`, labelSelector, text));
    }
  } else if (signerName !== undefined) {
    causes.push(...notEmpty(signerName, `${field}.signerName`, 'must be a valid signer name'));
  } else causes.push(required(field, 'either name or signerName must be specified'));
  return [...causes, ...notEmpty(path, `${field}.path`), ...filePathCauses(path, `${field}.path`)];
}
