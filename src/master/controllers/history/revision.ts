import { isSame } from '../../../api/kinds/pod/validation/difference.ts';
import type { ControllerRevision, KubeObject, PodTemplateSpec } from '../../../api/types.ts';
import type { Claimant } from '../workload/claim.ts';
import { controllerReference } from '../workload/owner.ts';
import { shortHash } from '../workload/template-hash.ts';

/** Marks the pods of one revision: with its hash (DaemonSets) or its name (StatefulSets). */
export const CONTROLLER_REVISION_HASH = 'controller-revision-hash';

/** What is left of an owner's name, so that the hash fits in. */
const MAX_PREFIX = 223;

/** A workload that keeps the templates it had. */
export interface HistoryOwner extends Claimant {
  readonly spec: Claimant['spec'] & { readonly template: PodTemplateSpec; readonly revisionHistoryLimit?: number };
  readonly status?: { readonly collisionCount?: number };
}

/** What the owner's template is kept as: a strategic merge patch that puts it back, as `kubectl rollout undo` does. */
export function newRevision(owner: HistoryOwner, revision: number, hashLabel: string): ControllerRevision {
  const { name, namespace, annotations } = owner.metadata;
  const data = { spec: { template: { ...owner.spec.template, $patch: 'replace' } } };
  const { collisionCount } = owner.status ?? {};
  const hash = shortHash(collisionCount ? [data, collisionCount] : [data]);
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${name.slice(0, MAX_PREFIX)}-${hash}`,
      ...(namespace ? { namespace } : {}),
      // So that the owner's selector finds it.
      labels: { ...owner.spec.template.metadata?.labels, [hashLabel]: hash },
      // kubernetes.io/change-cause among them: the history tells why.
      ...(annotations ? { annotations: { ...annotations } } : {}),
      ownerReferences: [controllerReference(owner)],
    },
    data,
    revision,
  };
}

/** Whether both put back the same template; names and numbers do not count. */
export function isSameRevision(a: ControllerRevision, b: ControllerRevision): boolean {
  return isSame(a.data, b.data);
}

/** The template that a revision keeps. @returns undefined for data of another shape, which somebody else wrote */
export function templateOf({ data }: ControllerRevision): PodTemplateSpec | undefined {
  const { spec } = (data ?? {}) as { readonly spec?: { readonly template?: PodTemplateSpec & { $patch?: string } } };
  if (!spec?.template?.spec?.containers) return undefined;
  const { $patch: _directive, ...template } = spec.template;
  return template;
}

/** The value of the label that a pod bears, '' without. */
export function revisionOfPod({ metadata }: KubeObject): string {
  return metadata.labels?.[CONTROLLER_REVISION_HASH] ?? '';
}
