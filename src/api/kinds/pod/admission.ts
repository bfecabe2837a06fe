import type { Pod, Toleration } from '../../types.ts';

/** The parts of Kubernetes' default admission plugins that only touch the pod itself. Each changes `pod` in place and is idempotent. */

/** ServiceAccount: `default` where the pod names none; the deprecated spec.serviceAccount says the same. */
export function setServiceAccount(pod: Pod): void {
  const name = pod.spec.serviceAccountName || pod.spec.serviceAccount || 'default';
  pod.spec.serviceAccountName = name;
  pod.spec.serviceAccount = name;
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
