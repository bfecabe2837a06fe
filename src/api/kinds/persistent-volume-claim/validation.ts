import { isDeepStrictEqual } from 'node:util';
import type { StatusCause } from '../../meta/errors.ts';
import { forbidden, invalidEach, required } from '../../meta/field-errors.ts';
import { validateLabelSelector } from '../../meta/labels.ts';
import { checkDns1123Subdomain } from '../../meta/validation.ts';
import type { PersistentVolumeClaim } from '../../types.ts';
import { oneOfIfSet } from '../pod/validation/values.ts';
import { accessModeCauses } from '../storage/access-modes.ts';
import { compareStorage, storageCauses } from '../storage/amounts.ts';

type Spec = PersistentVolumeClaim['spec'];

const MODES = ['Block', 'Filesystem'];
const IMMUTABLE =
  'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';

export function validateClaim({ spec }: PersistentVolumeClaim): StatusCause[] {
  return spec ? claimSpecCauses(spec, 'spec') : [required('spec')];
}

/** Source: core/validation, ValidatePersistentVolumeClaimSpec. */
function claimSpecCauses(spec: Spec, field: string): StatusCause[] {
  const { storageClassName: className } = spec;
  return [
    ...accessModeCauses(spec.accessModes, `${field}.accessModes`),
    ...(spec.selector ? validateLabelSelector(spec.selector, `${field}.selector`) : []),
    ...storageCauses(spec.resources?.requests, `${field}.resources`),
    ...(className ? invalidEach(`${field}.storageClassName`, className, checkDns1123Subdomain(className)) : []),
    ...oneOfIfSet(spec.volumeMode, `${field}.volumeMode`, MODES),
  ];
}

/**
 * A claim gets its volume and its class once, and may ask a bound volume for more.
 * Source: core/validation, ValidatePersistentVolumeClaimUpdate.
 */
export function validateClaimUpdate(now: PersistentVolumeClaim, old: PersistentVolumeClaim): StatusCause[] {
  if (!now.spec) return []; // `validateClaim` asks for it
  const isBound = old.status?.phase === 'Bound';
  const fixed = ({ volumeName, resources, storageClassName, volumeAttributesClassName, ...rest }: Spec) => ({
    ...rest,
    // Whoever binds it sets them; whoever set them does not change them.
    volumeName: old.spec.volumeName ? volumeName : undefined,
    storageClassName: old.spec.storageClassName === undefined ? undefined : storageClassName,
    resources: isBound ? { ...resources, requests: undefined } : resources,
    volumeAttributesClassName: isBound ? undefined : volumeAttributesClassName,
  });
  if (!isDeepStrictEqual(fixed(now.spec), fixed(old.spec))) return [forbidden('spec', IMMUTABLE)];
  const [asked, before] = [now.spec.resources?.requests, old.spec.resources?.requests];
  if (compareStorage(asked, before) < 0 && compareStorage(asked, old.status?.capacity) < 0) {
    return [forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity')];
  }
  return [];
}

/** What is kept and not acted on: for `Warning` headers. */
export function claimWarnings({ spec }: PersistentVolumeClaim): string[] {
  const fields = ['dataSource', 'dataSourceRef', 'volumeAttributesClassName'] as const;
  return [
    ...fields
      .filter((field) => spec[field])
      .map((field) => `spec.${field}: is accepted but not acted on by this version of Bramble`),
    ...(spec.volumeMode === 'Block'
      ? ['spec.volumeMode: Block is accepted but not acted on by this version of Bramble']
      : []),
  ];
}
