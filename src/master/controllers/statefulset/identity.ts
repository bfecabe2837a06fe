import type { Pod, PodTemplateSpec, StatefulSet } from '../../../api/types.ts';
import { CONTROLLER_REVISION_HASH } from '../history/revision.ts';
import { podFromTemplate } from '../workload/pod-from-template.ts';

const POD_NAME = 'statefulset.kubernetes.io/pod-name';
const POD_INDEX = 'apps.kubernetes.io/pod-index';

export function firstOrdinal({ spec }: StatefulSet): number {
  return spec.ordinals?.start ?? 0;
}

/** Of a pod that bears the set's name and a number. @returns undefined for any other, which no set takes */
export function ordinalOf(set: StatefulSet, { metadata }: Pod): number | undefined {
  return ordinalIn(set, metadata.name);
}

/** The same of a pod that need not be there. */
export function ordinalIn(set: StatefulSet, podName: string): number | undefined {
  const prefix = `${set.metadata.name}-`;
  const digits = podName.startsWith(prefix) ? podName.slice(prefix.length) : '';
  return /^(0|[1-9]\d{0,9})$/.test(digits) ? Number(digits) : undefined;
}

export function podNameOf({ metadata }: StatefulSet, ordinal: number): string {
  return `${metadata.name}-${ordinal}`;
}

/**
 * The pod of an ordinal: its name is its hostname, in the domain of the governing service.
 * @param revision the name of the revision that `template` is of
 */
export function podOf(
  set: StatefulSet,
  ordinal: number,
  { template, revision }: { readonly template: PodTemplateSpec; readonly revision: string },
): Pod {
  const made = podFromTemplate(template, set);
  const { generateName: _none, ...metadata } = made.metadata;
  const name = podNameOf(set, ordinal);
  const labels = { ...metadata.labels, ...identityLabels(name, ordinal), [CONTROLLER_REVISION_HASH]: revision };
  const { serviceName } = set.spec;
  return {
    ...made,
    metadata: { ...metadata, name, labels },
    spec: {
      ...made.spec,
      hostname: name,
      ...(serviceName ? { subdomain: serviceName } : {}),
      ...volumesOf(set, name, made.spec.volumes),
    },
  };
}

/** The pod with the labels of its ordinal, the same object when it has them: one that was adopted may lack them. */
export function withIdentity(pod: Pod, ordinal: number): Pod {
  const wanted = identityLabels(pod.metadata.name, ordinal);
  const labels = pod.metadata.labels ?? {};
  if (Object.entries(wanted).every(([key, value]) => labels[key] === value)) return pod;
  return { ...pod, metadata: { ...pod.metadata, labels: { ...labels, ...wanted } } };
}

/** The claims of a pod: `<template>-<pod>`. They outlive it, so that its successor finds its data. */
export function claimNames({ spec }: StatefulSet, podName: string): string[] {
  return (spec.volumeClaimTemplates ?? []).map(({ metadata }) => `${metadata?.name}-${podName}`);
}

function identityLabels(name: string, ordinal: number): Record<string, string> {
  return { [POD_NAME]: name, [POD_INDEX]: String(ordinal) };
}

/** A volume of the template gives way to a claim of its name. */
function volumesOf(set: StatefulSet, podName: string, own: Pod['spec']['volumes'] = []) {
  const templates = (set.spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata?.name ?? '');
  if (templates.length === 0) return {};
  const names = claimNames(set, podName);
  const claimed = templates.map((name, index) => ({
    name,
    persistentVolumeClaim: { claimName: names[index] ?? '', readOnly: false },
  }));
  return { volumes: [...claimed, ...own.filter(({ name }) => !templates.includes(name))] };
}
