import type { StatusCause } from '../../meta/errors.ts';
import { duplicate, invalidEach, ofEach, required } from '../../meta/field-errors.ts';
import { checkDns1123Label } from '../../meta/validation.ts';
import type { PodSpec, StatefulSet, VolumeClaimTemplate } from '../../types.ts';
import { oneOf } from '../pod/validation/values.ts';

const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];

/** A claim that stands in a template has the defaults of a claim that stands by itself. */
export function setClaimDefaults(claim: VolumeClaimTemplate): void {
  claim.apiVersion ||= 'v1';
  claim.kind ||= 'PersistentVolumeClaim';
  claim.spec ??= {};
  claim.spec.volumeMode ||= 'Filesystem';
  claim.status ??= {};
  claim.status.phase ||= 'Pending';
}

/** What a claim needs to be made at all; the rest is said of each claim when it is. */
export function validateClaims(claims: StatefulSet['spec']['volumeClaimTemplates'], path: string): StatusCause[] {
  const seen = new Set<string>();
  return ofEach(claims, path, ({ metadata, spec }, at) => {
    const name = metadata?.name ?? '';
    const isRepeated = seen.has(name);
    seen.add(name);
    const modes = spec?.accessModes ?? [];
    return [
      ...(name
        ? invalidEach(`${at}.metadata.name`, name, checkDns1123Label(name))
        : [required(`${at}.metadata.name`, 'name or generateName is required')]),
      ...(name && isRepeated ? [duplicate(`${at}.metadata.name`, name)] : []),
      ...(modes.length > 0 ? [] : [required(`${at}.spec.accessModes`, 'at least 1 access mode is required')]),
      ...ofEach(modes, `${at}.spec.accessModes`, (mode) => oneOf(mode, `${at}.spec.accessModes`, ACCESS_MODES)),
      ...(spec?.resources?.requests?.storage === undefined ? [required(`${at}.spec.resources[storage]`)] : []),
    ];
  });
}

/** Claims of pods that are scaled away stay, whatever the set says. */
export function claimWarnings({ spec }: StatefulSet): string[] {
  return spec.persistentVolumeClaimRetentionPolicy?.whenScaled === 'Delete'
    ? ['spec.persistentVolumeClaimRetentionPolicy.whenScaled: is accepted but not acted on by this version of Bramble']
    : [];
}

/** The spec that a pod gets: a volume for each claim, instead of one that has its name. */
export function withClaims(spec: PodSpec, claims: StatefulSet['spec']['volumeClaimTemplates'] = []): PodSpec {
  const names = claims.flatMap(({ metadata }) => metadata?.name || []);
  if (names.length === 0) return spec;
  const own = (spec.volumes ?? []).filter(({ name }) => !names.includes(name));
  const claimed = names.map((name) => ({ name, persistentVolumeClaim: { claimName: name } }));
  return { ...spec, volumes: [...own, ...claimed] };
}
