import type { StatusCause } from '../../meta/errors.ts';
import { invalid, required } from '../../meta/field-errors.ts';
import { labelSelectorMatcher, validateLabelSelector } from '../../meta/labels.ts';
import { checkDns1123Label } from '../../meta/validation.ts';
import type { Job, JobSpec, PodTemplateSpec } from '../../types.ts';
import { isSame } from '../pod/validation/difference.ts';
import { validateSelects } from '../workload/selector.ts';
import {
  CONTROLLER_UID_LABEL,
  JOB_NAME_LABEL,
  LEGACY_CONTROLLER_UID_LABEL,
  LEGACY_JOB_NAME_LABEL,
} from './defaults.ts';
import { unchanged } from './field-errors.ts';
import { hasLabelCauses, jobSpecCauses } from './spec-validation.ts';
import { isConditionTrue } from './status-validation.ts';

/** Source: batch/validation, ValidateJob. */
export function validateJob(job: Job): StatusCause[] {
  const { spec } = job;
  return [
    ...generatedSelectorCauses(job),
    ...jobSpecCauses(spec, 'spec'),
    ...(spec.selector ? validateLabelSelector(spec.selector, 'spec.selector') : [required('spec.selector')]),
    ...validateSelects(spec.selector, spec.template, 'spec.template'),
    ...hostnameCauses(job),
  ];
}

/** A selector that the server makes has to be the one that it makes, so that no two Jobs share pods. */
function generatedSelectorCauses({ metadata, spec }: Job): StatusCause[] {
  if (spec.manualSelector || !spec.selector) return [];
  const { name, uid = '' } = metadata;
  const expected = {
    [CONTROLLER_UID_LABEL]: uid,
    [JOB_NAME_LABEL]: name,
    [LEGACY_CONTROLLER_UID_LABEL]: uid,
    [LEGACY_JOB_NAME_LABEL]: name,
  };
  const labels = spec.template.metadata?.labels ?? {};
  const isSelector = validateLabelSelector(spec.selector, '').length === 0;
  const isGenerated = !isSelector || labelSelectorMatcher(spec.selector).matches(expected);
  return [
    ...Object.entries(expected).flatMap(([key, value]) => hasLabelCauses(labels, key, value, 'spec.template.metadata')),
    ...(isGenerated ? [] : [invalid('spec.selector', spec.selector, '`selector` not auto-generated')]),
  ];
}

/** Pods of an Indexed Job are called by its name and their index: the longest has to be a hostname. */
function hostnameCauses({ metadata, spec }: Job): StatusCause[] {
  const { completionMode, completions = 0 } = spec;
  if (completionMode !== 'Indexed' || completions <= 0) return [];
  const longest = `${metadata.name}-${completions - 1}`;
  if (checkDns1123Label(longest).length === 0) return [];
  const text = `will not able to create pod with invalid DNS label: ${longest}`;
  return [invalid('metadata.name', metadata.name, text)];
}

/** What may not change (batch/validation, ValidateJobSpecUpdate). */
export function validateJobUpdate(job: Job, old: Job): StatusCause[] {
  const { spec } = job;
  return [
    ...completionsCauses(spec, old.spec),
    ...unchanged(spec, old.spec, 'spec', ['selector']),
    ...(isSame(spec.template, allowedTemplate(spec.template, old))
      ? []
      : [invalid('spec.template', spec.template, 'field is immutable')]),
    ...unchanged(spec, old.spec, 'spec', [
      'completionMode',
      'podFailurePolicy',
      'backoffLimitPerIndex',
      'managedBy',
      'successPolicy',
    ]),
  ];
}

/** An Indexed Job grows and shrinks with its parallelism. */
function completionsCauses(spec: JobSpec, old: JobSpec): StatusCause[] {
  if (spec.completionMode !== 'Indexed') return unchanged(spec, old, 'spec', ['completions']);
  const { completions, parallelism } = spec;
  if (completions === old.completions || completions === undefined || completions === parallelism) return [];
  return [invalid('spec.completions', completions, 'can only be modified in tandem with spec.parallelism')];
}

/**
 * The old template with what may change of it taken from the new one: while a Job is suspended and has not begun (or has
 * stopped), where its pods may run and what they are given is still open.
 */
function allowedTemplate(template: PodTemplateSpec, { spec, status = {} }: Job): PodTemplateSpec {
  const hasStopped = isConditionTrue(status, 'Suspended') && (status.active ?? 0) === 0;
  if (!spec.suspend || (status.startTime && !hasStopped)) return spec.template;
  const old = spec.template;
  return {
    metadata: {
      ...old.metadata,
      annotations: template.metadata?.annotations,
      labels: template.metadata?.labels,
    },
    spec: {
      ...old.spec,
      affinity: allowedAffinity(template, old),
      nodeSelector: template.spec.nodeSelector,
      tolerations: template.spec.tolerations,
      schedulingGates: template.spec.schedulingGates,
      containers: withResourcesOf(template.spec.containers, old.spec.containers),
      initContainers: withResourcesOf(template.spec.initContainers ?? [], old.spec.initContainers ?? []),
    },
  };
}

/** The affinity to nodes alone is open; gone altogether it may be if there was no other. */
function allowedAffinity(
  { spec: now }: PodTemplateSpec,
  { spec: old }: PodTemplateSpec,
): PodTemplateSpec['spec']['affinity'] {
  return { ...old.affinity, nodeAffinity: now.affinity?.nodeAffinity };
}

type Containers = PodTemplateSpec['spec']['containers'];

function withResourcesOf(now: Containers, old: Containers): Containers {
  return old.map((container, index) => ({ ...container, resources: now[index]?.resources ?? container.resources }));
}
