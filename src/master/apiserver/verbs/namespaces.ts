import type { KubeObject } from '../../../api/types.ts';

/** A Namespace goes through phases of its own when deleted: spec.finalizers, beside metadata's, hold it. */
interface NamespaceShape extends KubeObject {
  spec?: { finalizers?: readonly string[] };
  status?: { phase?: string };
}

function asNamespace(object: KubeObject): NamespaceShape | undefined {
  return object.kind === 'Namespace' && object.apiVersion === 'v1' ? object : undefined;
}

/** Finalizers outside metadata keep this object although it is deleted. */
export function isHeldBySpec(object: KubeObject): boolean {
  return (asNamespace(object)?.spec?.finalizers?.length ?? 0) > 0;
}

/** What changes beside metadata when deletion begins. */
export function markTerminating(object: KubeObject): void {
  const namespace = asNamespace(object);
  if (!namespace) return;
  namespace.status = { ...namespace.status, phase: 'Terminating' };
  // Namespaces know no grace: Kubernetes leaves it out of them.
  delete namespace.metadata.deletionGracePeriodSeconds;
}

/** What PUT namespaces/x/finalize changes: spec.finalizers and nothing else. */
export function withFinalizersOf(current: KubeObject, wanted: KubeObject): KubeObject {
  const finalizers = asNamespace(wanted)?.spec?.finalizers ?? [];
  const next: NamespaceShape = structuredClone(current);
  next.spec = { ...next.spec, finalizers };
  return next;
}
