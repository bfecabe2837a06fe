import type { StatusCause } from '../../../meta/errors.ts';
import { forbidden, invalid, withoutRepeats } from '../../../meta/field-errors.ts';
import type { Pod, PodTemplateSpec } from '../../../types.ts';
import { MIRROR_ANNOTATION } from '../mirror.ts';
import { validatePodSpec } from './spec.ts';

const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';

/** All that is wrong with a Pod beside its metadata (core/validation, ValidatePodCreate). The pod has its defaults. */
export function validatePod(pod: Pod): StatusCause[] {
  return withoutRepeats([
    ...podAnnotationCauses(pod, 'metadata.annotations'),
    ...validatePodSpec(pod.spec, 'spec', { isPod: true, podName: pod.metadata.name }),
    ...tokenCauses(pod),
    ...createCauses(pod),
  ]);
}

/** Annotations that mean something, of a Pod or of a template. */
export function podAnnotationCauses({ metadata, spec }: PodTemplateSpec, path: string): StatusCause[] {
  const { [MIRROR_ANNOTATION]: mirror, [DELETION_COST]: cost } = metadata?.annotations ?? {};
  const causes: StatusCause[] = [];
  if (mirror !== undefined && !spec.nodeName) {
    const text = 'must set spec.nodeName if mirror pod annotation is set';
    causes.push(invalid(`${path}[${MIRROR_ANNOTATION}]`, mirror, text));
  }
  if (cost !== undefined && !isInt32(cost)) {
    causes.push(invalid(`${path}[${DELETION_COST}]`, cost, 'must be a 32bit integer'));
  }
  return causes;
}

/** Canonical decimal: no plus sign, no leading zero. */
function isInt32(text: string): boolean {
  return /^(0|-?[1-9][0-9]{0,9})$/.test(text) && Number(text) >= -(2 ** 31) && Number(text) < 2 ** 31;
}

function tokenCauses({ spec }: Pod): StatusCause[] {
  if (spec.serviceAccountName) return [];
  return (spec.volumes ?? []).flatMap((volume, at) =>
    (volume.projected?.sources ?? []).flatMap((source, index) => {
      if (!source.serviceAccountToken) return [];
      const field = `spec.volumes[${at}].projected.sources[${index}].serviceAccountToken`;
      return [forbidden(field, 'must not be specified when serviceAccountName is not set')];
    }),
  );
}

function createCauses({ spec }: Pod): StatusCause[] {
  const causes: StatusCause[] = [];
  if (spec.ephemeralContainers?.length) {
    causes.push(forbidden('spec.ephemeralContainers', 'cannot be set on create'));
  }
  if (spec.nodeName && spec.schedulingGates?.length) {
    causes.push(forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'));
  }
  return causes;
}
