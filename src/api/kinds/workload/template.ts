import type { StatusCause } from '../../meta/errors.ts';
import { forbidden, notSupported } from '../../meta/field-errors.ts';
import { validateLabels } from '../../meta/labels.ts';
import { validateAnnotations } from '../../meta/object-meta.ts';
import type { PodTemplateSpec } from '../../types.ts';
import { setPodSpecDefaults } from '../pod/defaults.ts';
import { notHonoured } from '../pod/not-honoured.ts';
import { podAnnotationCauses } from '../pod/validation/pod.ts';
import { validatePodSpec } from '../pod/validation/spec.ts';

/**
 * The spec of an object that came in, of which nothing need be there: the types say what is there after defaults.
 * An absent spec is made, empty.
 */
export function givenSpec<T extends object>(object: { spec: T }): Partial<T> {
  const given: { spec?: Partial<T> } = object;
  given.spec ??= {};
  return given.spec;
}

/** A template that has its defaults, in place; an absent one is made, empty, for validation to complain about. */
export function setTemplateDefaults(owner: { template?: PodTemplateSpec }): void {
  owner.template ??= { spec: { containers: [] } };
  owner.template.spec ??= { containers: [] };
  setPodSpecDefaults(owner.template.spec);
}

/** All that is wrong with a template (core/validation, ValidatePodTemplateSpec). @param path `spec.template` */
export function validateTemplate(template: PodTemplateSpec, path: string): StatusCause[] {
  const { metadata, spec } = template;
  return [
    // Not `metadata.labels`: the missing part is Kubernetes' own.
    ...validateLabels(metadata?.labels, `${path}.labels`),
    ...validateAnnotations(metadata?.annotations ?? {}, `${path}.annotations`),
    ...podAnnotationCauses(template, `${path}.annotations`),
    ...validatePodSpec(spec, `${path}.spec`, { isPod: false }),
    ...(spec.ephemeralContainers?.length
      ? [forbidden(`${path}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template')]
      : []),
  ];
}

/** Pods that are replaced when they end are neither left alone nor given a deadline. @param kind as the message says it */
export function validateReplaceable({ spec }: PodTemplateSpec, path: string, kind: string): StatusCause[] {
  return [
    ...(spec.restartPolicy === 'Always'
      ? []
      : [notSupported(`${path}.spec.restartPolicy`, spec.restartPolicy, ['Always'])]),
    ...(spec.activeDeadlineSeconds === undefined
      ? []
      : [forbidden(`${path}.spec.activeDeadlineSeconds`, `activeDeadlineSeconds in ${kind} is not Supported`)]),
  ];
}

export function templateWarnings(template: PodTemplateSpec, path: string): string[] {
  return notHonoured(template, `${path}.spec`);
}
