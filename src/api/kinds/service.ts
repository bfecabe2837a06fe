import { checkDns1035Label } from '../meta/validation.ts';
import type { KindDefinition } from '../registry.ts';
import type { Service } from '../types.ts';
import { SERVICE_COLUMNS } from './service/columns.ts';
import { setDefaults } from './service/defaults.ts';
import { warnings } from './service/not-honoured.ts';
import { prepareForUpdate } from './service/prepare-update.ts';
import { validateUpdate } from './service/update-validation.ts';
import { validate, validateStatusUpdate } from './service/validation.ts';

export const SERVICE: KindDefinition<Service> = {
  group: '',
  version: 'v1',
  kind: 'Service',
  plural: 'services',
  singular: 'service',
  shortNames: ['svc'],
  categories: ['all'],
  namespaced: true,
  hasStatus: true,
  hasGeneration: false,
  subresources: [{ name: 'proxy', kind: 'ServiceProxyOptions', verbs: ['create', 'delete', 'get', 'patch', 'update'] }],
  selectableFields: ({ spec }) => ({ 'spec.clusterIP': spec?.clusterIP ?? '', 'spec.type': spec?.type ?? '' }),
  columns: SERVICE_COLUMNS,
  strategy: {
    setDefaults,
    prepareForCreate(service) {
      service.status = { loadBalancer: {} };
    },
    prepareForUpdate,
    validate,
    validateUpdate,
    validateStatusUpdate,
    validateName: checkDns1035Label,
    warnings,
  },
};
