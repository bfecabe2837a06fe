import type { Job, Pod, PodSpec } from '../../../api/types.ts';
import { podFromTemplate } from '../workload/pod-from-template.ts';
import { judgeFailure } from './failure-policy.ts';
import {
  COMPLETION_INDEX,
  failuresBefore,
  INDEX_FAILURES,
  INDEX_IGNORED_FAILURES,
  TRACKING_FINALIZER,
} from './pod-facts.ts';
import type { Creation } from './pod-plan.ts';

const INDEX_VARIABLE = 'JOB_COMPLETION_INDEX';
/** What the server leaves of a generateName, so that its five letters still fit. */
const MAX_GENERATED = 58;

type Container = PodSpec['containers'][number];

/** The pod to be made: with an index, it knows it by its name, hostname, label, annotation and environment. */
export function podOfJob(job: Job, creation: Creation): Pod {
  const pod = podFromTemplate(job.spec.template, job);
  const finalizers = new Set([...(pod.metadata.finalizers ?? []), TRACKING_FINALIZER]);
  pod.metadata.finalizers = [...finalizers];
  if (creation.index === undefined) return pod;
  const index = String(creation.index);
  const { metadata, spec } = pod;
  return {
    ...pod,
    metadata: {
      ...metadata,
      generateName: generateName(job.metadata.name, index),
      labels: { ...metadata.labels, [COMPLETION_INDEX]: index },
      annotations: { ...metadata.annotations, [COMPLETION_INDEX]: index, ...failureCounts(job, creation) },
    },
    spec: {
      ...spec,
      hostname: `${job.metadata.name}-${index}`,
      containers: spec.containers.map(withIndexVariable),
      ...(spec.initContainers ? { initContainers: spec.initContainers.map(withIndexVariable) } : {}),
    },
  };
}

function generateName(name: string, index: string): string {
  const suffix = `-${index}-`;
  return name.slice(0, MAX_GENERATED - suffix.length) + suffix;
}

function withIndexVariable(container: Container): Container {
  if (container.env?.some(({ name }) => name === INDEX_VARIABLE)) return container;
  const fieldRef = { fieldPath: `metadata.labels['${COMPLETION_INDEX}']` };
  return { ...container, env: [...(container.env ?? []), { name: INDEX_VARIABLE, valueFrom: { fieldRef } }] };
}

/** What the failed pod of the index that this one follows says, and that one more. */
function failureCounts({ spec }: Job, { after }: Creation): Record<string, string> {
  if (spec.backoffLimitPerIndex === undefined) return {};
  if (!after) return { [INDEX_FAILURES]: '0' };
  const { counted, ignored } = failuresBefore(after);
  const isIgnored = judgeFailure(after, spec.podFailurePolicy).action === 'Ignore';
  const nowIgnored = ignored + (isIgnored ? 1 : 0);
  return {
    [INDEX_FAILURES]: String(counted + (isIgnored ? 0 : 1)),
    ...(nowIgnored > 0 ? { [INDEX_IGNORED_FAILURES]: String(nowIgnored) } : {}),
  };
}
