import { setCanonicalAmounts } from '../meta/quantity.ts';
import type { KindDefinition } from '../registry.ts';
import type { ResourceQuota } from '../types.ts';
import { AGE, NAME } from './columns.ts';
import {
  validateResourceQuota,
  validateResourceQuotaStatus,
  validateResourceQuotaUpdate,
} from './resource-quota/validation.ts';
import { text } from './workload/columns.ts';

export const RESOURCE_QUOTA: KindDefinition<ResourceQuota> = {
  group: '',
  version: 'v1',
  kind: 'ResourceQuota',
  plural: 'resourcequotas',
  singular: 'resourcequota',
  shortNames: ['quota'],
  namespaced: true,
  hasStatus: true,
  hasGeneration: false,
  columns: [
    NAME,
    text('Request', 'What is used, of what may be, but for limits.', (quota) => amountsText(quota, false)),
    text('Limit', 'Limits that are set, of those that may be.', (quota) => amountsText(quota, true)),
    AGE,
  ],
  strategy: {
    setDefaults(quota) {
      quota.spec ??= {};
      for (const list of [quota.spec.hard, quota.status?.hard, quota.status?.used]) setCanonicalAmounts(list);
    },
    prepareForCreate(quota) {
      quota.status = {};
    },
    validate: validateResourceQuota,
    validateUpdate: validateResourceQuotaUpdate,
    validateStatusUpdate: validateResourceQuotaStatus,
  },
};

/** `pods: 1/3, requests.cpu: 100m/1`. */
function amountsText({ status = {} }: ResourceQuota, isLimits: boolean): string {
  return Object.entries(status.hard ?? {})
    .filter(([name]) => name.startsWith('limits.') === isLimits)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, hard]) => `${name}: ${status.used?.[name] ?? 0}/${hard}`)
    .join(', ');
}
