import type { Service } from '../../types.ts';
import { SERVICE } from '../service.ts';

/** As it is before admission gives out addresses. */
export function aService(spec: Service['spec']): Service {
  const service: Service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'default' },
    spec: structuredClone(spec),
  };
  SERVICE.strategy.setDefaults?.(service);
  return service;
}
