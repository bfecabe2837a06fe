import type { KindDefinition } from '../registry.ts';
import type { CoreEvent } from '../types.ts';
import { EVENT_COLUMNS } from './event/columns.ts';
import { involvedFields } from './event/fields.ts';
import { validateCore } from './event/validation.ts';

/** Events as they are stored; events.k8s.io/v1 (events-v1.ts) is another view of the same ones. */
export const EVENT: KindDefinition<CoreEvent> = {
  group: '',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  singular: 'event',
  shortNames: ['ev'],
  namespaced: true,
  hasStatus: false,
  hasGeneration: false,
  durability: 'memory',
  selectableFields: (event) => ({
    ...involvedFields('involvedObject', event.involvedObject),
    reason: event.reason ?? '',
    reportingComponent: event.reportingComponent ?? '',
    source: event.source?.component || event.reportingComponent || '',
    type: event.type ?? '',
  }),
  columns: EVENT_COLUMNS,
  strategy: {
    defaultPropagation: 'Unsupported',
    setDefaults(event) {
      event.source ??= {};
      event.reportingComponent ??= '';
      event.reportingInstance ??= '';
    },
    validate: validateCore,
  },
};
