import type { StatusCause } from '../../../meta/errors.ts';
import { forbidden, invalid, invalidEach, ofEach, required, withoutRepeats } from '../../../meta/field-errors.ts';
import { checkInRange } from '../../../meta/validation.ts';
import type { Container, Pod, PodSpec, Toleration } from '../../../types.ts';
import { MIRROR_ANNOTATION } from '../mirror.ts';
import type { NodeSelectorTerm } from '../parts.ts';
import { differences, isSame } from './difference.ts';

const MAX_INT32 = 2 ** 31 - 1;

/** Kubernetes' own list, in its own words. */
const MUTABLE = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
].join(',');

/** What may change of a pod once it is there (core/validation, ValidatePodUpdate). Both pods have their defaults. */
export function validatePodUpdate(pod: Pod, old: Pod): StatusCause[] {
  const listCauses = [
    ...containerCauses(pod.spec.containers, old.spec.containers, 'spec.containers'),
    ...containerCauses(pod.spec.initContainers ?? [], old.spec.initContainers ?? [], 'spec.initContainers'),
  ];
  // With containers gone or added there is no telling which one changed.
  if (listCauses.some((cause) => cause.reason === 'FieldValueForbidden')) return listCauses;
  return withoutRepeats([
    ...annotationCauses(pod, old),
    ...listCauses,
    ...deadlineCauses(pod.spec.activeDeadlineSeconds, old.spec.activeDeadlineSeconds),
    ...tolerationCauses(pod.spec.tolerations ?? [], old.spec.tolerations ?? []),
    ...gateCauses(pod.spec, old.spec),
    ...gatedCauses(pod.spec, old.spec),
    ...otherCauses(pod.spec, old.spec),
  ]);
}

function annotationCauses(pod: Pod, old: Pod): StatusCause[] {
  const now = pod.metadata.annotations?.[MIRROR_ANNOTATION];
  const before = old.metadata.annotations?.[MIRROR_ANNOTATION];
  if (now === before) return [];
  const verb = before === undefined ? 'add' : 'remove or update';
  return [forbidden(`metadata.annotations[${MIRROR_ANNOTATION}]`, `may not ${verb} mirror pod annotation`)];
}

function containerCauses(now: readonly Container[], before: readonly Container[], field: string): StatusCause[] {
  if (now.length !== before.length) return [forbidden(field, 'pod updates may not add or remove containers')];
  return now.flatMap(({ image }, index) => {
    if (!image) return [required(`${field}[${index}].image`)];
    if (image.trim() === image) return [];
    return [invalid(`${field}[${index}].image`, image, 'must not have leading or trailing whitespace')];
  });
}

function deadlineCauses(now: number | undefined, before: number | undefined): StatusCause[] {
  const field = 'spec.activeDeadlineSeconds';
  if (now === undefined) {
    return before === undefined ? [] : [invalid(field, now, 'must not update from a positive integer to nil value')];
  }
  const wrong = checkInRange(now, 0, MAX_INT32);
  if (wrong.length > 0) return invalidEach(field, now, wrong);
  if (before === undefined || now <= before) return [];
  return [invalid(field, now, 'must be less than or equal to previous value')];
}

function tolerationCauses(now: readonly Toleration[], before: readonly Toleration[]): StatusCause[] {
  const isKept = (old: Toleration) =>
    now.some((toleration) => isSame({ ...old, tolerationSeconds: toleration.tolerationSeconds }, toleration));
  if (before.every(isKept)) return [];
  return [forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds')];
}

function gateCauses(spec: PodSpec, old: PodSpec): StatusCause[] {
  const before = new Set(old.schedulingGates?.map(({ name }) => name));
  return (spec.schedulingGates ?? []).flatMap(({ name }, index) => {
    if (before.has(name)) return [];
    const text = `only deletion is allowed, but found new scheduling gate '${name}'`;
    return [forbidden(`spec.schedulingGates[${index}].name`, text)];
  });
}

/** A pod that waits at a gate may still be told more of where to run. */
function gatedCauses(spec: PodSpec, old: PodSpec): StatusCause[] {
  if (!old.schedulingGates?.length) return [];
  const selector = spec.nodeSelector ?? {};
  const isNarrower = Object.entries(old.nodeSelector ?? {}).every(([key, value]) => selector[key] === value);
  const text = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)';
  return [...(isNarrower ? [] : [invalid('spec.nodeSelector', selector, text)]), ...gatedAffinityCauses(spec, old)];
}

/** Terms are alternatives: one more would widen the choice, one more requirement of a term narrows it. */
function gatedAffinityCauses(spec: PodSpec, old: PodSpec): StatusCause[] {
  const field = 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms';
  const before = requiredTerms(old);
  const now = requiredTerms(spec);
  if (before.length === 0) return [];
  if (before.length !== now.length) {
    return [invalid(field, now, 'no additions/deletions to non-empty NodeSelectorTerms list are allowed')];
  }
  const text = 'only additions are allowed (no mutations or deletions)';
  return ofEach(now, field, (term, path, index) =>
    hasOnlyAdditions(term, before[index] ?? {}) ? [] : [invalid(path, term, text)],
  );
}

function requiredTerms({ affinity }: PodSpec): readonly NodeSelectorTerm[] {
  return affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
}

/** What was there comes first and is the same. A term of nothing matches no node: with a requirement it would match some. */
function hasOnlyAdditions(now: NodeSelectorTerm, before: NodeSelectorTerm): boolean {
  const lists = (term: NodeSelectorTerm) => [term.matchExpressions ?? [], term.matchFields ?? []] as const;
  const isEmpty = lists(before).every((list) => list.length === 0);
  if (isEmpty) return lists(now).every((list) => list.length === 0);
  return lists(before).every((list, i) => isSame(lists(now)[i]?.slice(0, list.length), list));
}

function otherCauses(spec: PodSpec, old: PodSpec): StatusCause[] {
  const changes = differences(withMutableFieldsOf(spec, old), old, 'spec');
  if (changes.length === 0) return [];
  return [forbidden('spec', `pod updates may not change fields other than ${MUTABLE}\n${changes.join('\n')}`)];
}

/** `spec` with what may change put back to what it was: what still differs may not. */
function withMutableFieldsOf(spec: PodSpec, old: PodSpec): PodSpec {
  const { terminationGracePeriodSeconds: grace } = spec;
  const isGraceMended = grace === 1 && (old.terminationGracePeriodSeconds ?? 0) < 0;
  const isGated = (old.schedulingGates?.length ?? 0) > 0;
  return {
    ...spec,
    containers: withImagesOf(spec.containers, old.containers),
    initContainers: withImagesOf(spec.initContainers ?? [], old.initContainers ?? []),
    activeDeadlineSeconds: old.activeDeadlineSeconds,
    tolerations: old.tolerations,
    schedulingGates: old.schedulingGates,
    terminationGracePeriodSeconds: isGraceMended ? old.terminationGracePeriodSeconds : grace,
    nodeSelector: isGated ? old.nodeSelector : spec.nodeSelector,
    affinity: isGated ? withNodeAffinityOf(spec.affinity, old.affinity) : spec.affinity,
  };
}

/** Undefined, as `old` may be, when nothing else is in it. */
function withNodeAffinityOf(affinity: PodSpec['affinity'], old: PodSpec['affinity']): PodSpec['affinity'] {
  if (!affinity && !old) return undefined;
  const { nodeAffinity: _, ...rest } = affinity ?? {};
  if (!old && Object.keys(rest).length === 0) return undefined;
  return { ...rest, ...(old?.nodeAffinity ? { nodeAffinity: old.nodeAffinity } : {}) };
}

function withImagesOf(containers: readonly Container[], old: readonly Container[]): Container[] {
  return containers.map((container, index) => ({ ...container, image: old[index]?.image }));
}
