import { templateGenerationOf } from '../../../api/kinds/daemon-set/template-generation.ts';
import type { DaemonSet, Pod } from '../../../api/types.ts';
import { CONTROLLER_REVISION_HASH } from '../history/revision.ts';
import { podFromTemplate } from '../workload/pod-from-template.ts';
import { daemonTolerations } from './eligibility.ts';

const TEMPLATE_GENERATION = 'pod-template-generation';
const NODE_NAME = 'metadata.name';

/** The pod for a node: the scheduler binds it there, or leaves it waiting until there is room. */
export function daemonPod(set: DaemonSet, node: string, hash: string): Pod {
  const { metadata, spec, ...rest } = podFromTemplate(set.spec.template, set);
  const generation = templateGenerationOf(set);
  const isOnNode = { matchFields: [{ key: NODE_NAME, operator: 'In' as const, values: [node] }] };
  const nodeAffinity = {
    ...spec.affinity?.nodeAffinity,
    // In place of what the template requires: that was asked when the node was chosen.
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [isOnNode] },
  };
  return {
    ...rest,
    metadata: {
      ...metadata,
      labels: {
        ...metadata.labels,
        ...(generation === undefined ? {} : { [TEMPLATE_GENERATION]: String(generation) }),
        [CONTROLLER_REVISION_HASH]: hash,
      },
    },
    spec: { ...spec, affinity: { ...spec.affinity, nodeAffinity }, tolerations: daemonTolerations(spec) },
  };
}

/** Where a pod is, or is meant to be. @returns undefined for one that was made for no node in particular */
export function targetNodeOf({ spec }: Pod): string | undefined {
  if (spec.nodeName) return spec.nodeName;
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const fields = (required?.nodeSelectorTerms ?? []).flatMap(({ matchFields = [] }) => matchFields);
  return fields.find(({ key, operator }) => key === NODE_NAME && operator === 'In')?.values?.[0];
}
