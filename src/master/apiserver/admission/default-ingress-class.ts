import { INGRESS_CLASS_ANNOTATION } from '../../../api/kinds/ingress/names.ts';
import { INGRESS } from '../../../api/kinds/ingress.ts';
import { INGRESS_CLASS, isDefaultIngressClass } from '../../../api/kinds/ingress-class.ts';
import type { Ingress } from '../../../api/types.ts';
import type { ObjectCache } from '../../resource-client.ts';
import { type AdmissionPlugin, type AdmissionRequest, isOf } from './chain.ts';
import { newestDefault } from './default-class.ts';

/** Gives Ingresses that name no class the default one (Kubernetes' plugin of that name). */
export class DefaultIngressClass implements AdmissionPlugin {
  readonly name = 'DefaultIngressClass';
  readonly #cache: ObjectCache;

  constructor(cache: ObjectCache) {
    this.#cache = cache;
  }

  mutate(request: AdmissionRequest): void {
    if (request.operation !== 'CREATE' || request.subresource !== '' || !isOf(request, INGRESS)) return;
    const { metadata, spec } = request.object as Ingress;
    if (spec.ingressClassName !== undefined || metadata.annotations?.[INGRESS_CLASS_ANNOTATION] !== undefined) return;
    const found = newestDefault(this.#cache.list(INGRESS_CLASS), isDefaultIngressClass);
    if (found) spec.ingressClassName = found.metadata.name;
  }
}
