import type { Taint, Toleration } from '../../types.ts';

/**
 * Does one of the tolerations cover the taint? An empty key with operator Exists covers every key, an empty effect every effect.
 * Source: the API reference of Toleration (core/v1).
 */
export function tolerates(tolerations: readonly Toleration[], taint: Taint): boolean {
  return tolerations.some(
    (toleration) =>
      (!toleration.effect || toleration.effect === taint.effect) &&
      (toleration.key ? toleration.key === taint.key : toleration.operator === 'Exists') &&
      (toleration.operator === 'Exists' || (toleration.value ?? '') === (taint.value ?? '')),
  );
}
