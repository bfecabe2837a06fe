import { INGRESS_CLASS_ANNOTATION, INGRESS_CONTROLLER } from '../../api/kinds/ingress/names.ts';
import type { Ingress, IngressClass } from '../../api/types.ts';

/** Is it ours to serve? Of classes the controller counts, whatever their names are. */
export function isOurs({ metadata, spec }: Ingress, classes: readonly IngressClass[]): boolean {
  const name = spec.ingressClassName ?? metadata.annotations?.[INGRESS_CLASS_ANNOTATION];
  return classes.some((one) => one.metadata.name === name && one.spec.controller === INGRESS_CONTROLLER);
}
