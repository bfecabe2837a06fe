import type { Pod, ServiceAccount, Toleration } from '../../types.ts';

/** What Kubernetes' default admission plugins decide about a pod. Each that changes it does so in place and is idempotent. */

/** ServiceAccount: `default` where the pod names none; the deprecated spec.serviceAccount says the same. */
export function setServiceAccount(pod: Pod): void {
  const name = pod.spec.serviceAccountName || pod.spec.serviceAccount || 'default';
  pod.spec.serviceAccountName = name;
  pod.spec.serviceAccount = name;
}

/** ServiceAccount: a pod that names no secrets for its images has those of its account. */
export function takePullSecrets({ spec }: Pod, { imagePullSecrets = [] }: ServiceAccount): void {
  if (spec.imagePullSecrets?.length || imagePullSecrets.length === 0) return;
  spec.imagePullSecrets = imagePullSecrets.map(({ name = '' }) => ({ name }));
}

/** DefaultTolerationSeconds: the pod stays on a lost node for `seconds`, unless it says otherwise for that taint. */
export function addDefaultTolerations(pod: Pod, seconds: number): void {
  const own = pod.spec.tolerations ?? [];
  const missing = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']
    .filter((key) => !own.some((toleration) => coversNoExecute(toleration, key)))
    .map((key): Toleration => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: seconds }));
  if (missing.length > 0) pod.spec.tolerations = [...own, ...missing];
}

function coversNoExecute(toleration: Toleration, key: string): boolean {
  const isKey = toleration.key === key || !toleration.key;
  return isKey && (toleration.effect === 'NoExecute' || !toleration.effect);
}
