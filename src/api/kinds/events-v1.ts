import type { KindDefinition } from '../registry.ts';
import type { CoreEvent, EventsV1Event } from '../types.ts';
import { EVENT_COLUMNS } from './event/columns.ts';
import { toCore, toEventsV1 } from './event/conversion.ts';
import { involvedFields } from './event/fields.ts';
import { validateEventsV1, validateEventsV1Update } from './event/validation.ts';
import { EVENT } from './event.ts';

/** events.k8s.io/v1: what newer recorders write. Stored as core/v1 Events. */
export const EVENTS_V1: KindDefinition<EventsV1Event> = {
  group: 'events.k8s.io',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  singular: 'event',
  shortNames: ['ev'],
  namespaced: true,
  hasStatus: false,
  hasGeneration: false,
  durability: 'memory',
  storedAs: {
    kind: EVENT,
    toStored: toCore,
    fromStored: (object) => toEventsV1(object as CoreEvent),
  },
  selectableFields: (event) => ({
    ...involvedFields('regarding', event.regarding),
    reason: event.reason ?? '',
    reportingController: event.reportingController ?? '',
    type: event.type ?? '',
  }),
  columns: EVENT_COLUMNS.map((column) => ({ ...column, cell: (event, nowMs) => column.cell(toCore(event), nowMs) })),
  strategy: {
    defaultPropagation: 'Unsupported',
    validate: validateEventsV1,
    validateUpdate: validateEventsV1Update,
  },
};
