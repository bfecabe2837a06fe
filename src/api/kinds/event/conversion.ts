import type { CoreEvent, EventsV1Event } from '../../types.ts';

/** Both versions hold the same under other names; conversions lose nothing. Source: k8s.io/kubernetes, apis/events/v1. */
export function toCore(event: EventsV1Event): CoreEvent {
  const {
    note,
    regarding,
    deprecatedSource,
    deprecatedFirstTimestamp,
    deprecatedLastTimestamp,
    deprecatedCount,
    reportingController,
    ...same
  } = event;
  return withoutUndefined({
    ...same,
    apiVersion: 'v1',
    involvedObject: regarding ?? {},
    message: note,
    source: deprecatedSource,
    firstTimestamp: deprecatedFirstTimestamp,
    lastTimestamp: deprecatedLastTimestamp,
    count: deprecatedCount,
    reportingComponent: reportingController,
  });
}

export function toEventsV1(event: CoreEvent): EventsV1Event {
  const { involvedObject, message, source, firstTimestamp, lastTimestamp, count, reportingComponent, ...same } = event;
  const { eventTime, series, ...rest } = same;
  return withoutUndefined({
    ...rest,
    apiVersion: 'events.k8s.io/v1',
    eventTime: eventTime as EventsV1Event['eventTime'],
    series: series as EventsV1Event['series'],
    regarding: involvedObject,
    note: message,
    deprecatedSource: source,
    deprecatedFirstTimestamp: firstTimestamp,
    deprecatedLastTimestamp: lastTimestamp,
    deprecatedCount: count,
    reportingController: reportingComponent,
  });
}

/** A key without a value is another object to whoever compares. */
function withoutUndefined<T extends object>(object: T): T {
  for (const key of Object.keys(object) as (keyof T)[]) {
    if (object[key] === undefined) delete object[key];
  }
  return object;
}
