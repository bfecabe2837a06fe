import { setCanonicalAmounts } from '../meta/quantity.ts';
import type { KindDefinition } from '../registry.ts';
import type { LimitRange, LimitRangeItem } from '../types.ts';
import { NAME } from './columns.ts';
import { validateLimitRange } from './limit-range/validation.ts';
import { text } from './workload/columns.ts';

export const LIMIT_RANGE: KindDefinition<LimitRange> = {
  group: '',
  version: 'v1',
  kind: 'LimitRange',
  plural: 'limitranges',
  singular: 'limitrange',
  shortNames: ['limits'],
  namespaced: true,
  hasStatus: false,
  hasGeneration: false,
  columns: [
    NAME,
    text('Created At', 'When the object was created.', ({ metadata }) => metadata.creationTimestamp ?? ''),
  ],
  strategy: {
    setDefaults(range) {
      // Go's zero value: a range of nothing is right, and limits nothing.
      range.spec ??= { limits: [] };
      range.spec.limits ??= [];
      for (const item of range.spec.limits) setItemDefaults(item);
    },
    validate: validateLimitRange,
  },
};

/** Containers get as default limits the most, and as default requests those limits, or the least (core/v1 defaults). */
function setItemDefaults(item: LimitRangeItem): void {
  for (const list of [item.max, item.min, item.default, item.defaultRequest, item.maxLimitRequestRatio]) {
    setCanonicalAmounts(list);
  }
  if (item.type !== 'Container') return;
  item.default = { ...item.max, ...item.default };
  item.defaultRequest = { ...item.min, ...item.default, ...item.defaultRequest };
}
