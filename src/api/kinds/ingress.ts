import type { KindDefinition } from '../registry.ts';
import type { Ingress } from '../types.ts';
import { INGRESS_COLUMNS } from './ingress/columns.ts';
import { INGRESS_CLASS_ANNOTATION } from './ingress/names.ts';
import { validate, validateCreate, validateStatusUpdate } from './ingress/validation.ts';
import { givenSpec } from './workload/template.ts';

export const INGRESS: KindDefinition<Ingress> = {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'Ingress',
  plural: 'ingresses',
  singular: 'ingress',
  shortNames: ['ing'],
  namespaced: true,
  hasStatus: true,
  hasGeneration: true,
  columns: INGRESS_COLUMNS,
  strategy: {
    setDefaults: (ingress) => void givenSpec(ingress),
    prepareForCreate(ingress) {
      ingress.status = { loadBalancer: {} };
    },
    validate,
    validateCreate,
    validateStatusUpdate,
    warnings: ({ metadata, spec }) =>
      metadata.annotations?.[INGRESS_CLASS_ANNOTATION] !== undefined && spec.ingressClassName === undefined
        ? [`annotation "${INGRESS_CLASS_ANNOTATION}" is deprecated, please use 'spec.ingressClassName' instead`]
        : [],
  },
};
