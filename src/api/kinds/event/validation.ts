import { isDeepStrictEqual } from 'node:util';
import type { StatusCause } from '../../meta/errors.ts';
import { immutable, invalid, invalidEach, required } from '../../meta/field-errors.ts';
import { checkDns1123Subdomain, checkQualifiedName } from '../../meta/validation.ts';
import type { CoreEvent, EventsV1Event } from '../../types.ts';
import { toCore } from './conversion.ts';

const MAX_TEXT = 128;
const MAX_NOTE = 1024;
/** After the first write only the series goes on; named as they are stored, as Kubernetes reports them. */
const FIXED_FIELDS = [
  'involvedObject',
  'reason',
  'message',
  'type',
  'eventTime',
  'firstTimestamp',
  'lastTimestamp',
  'count',
  'action',
  'related',
  'reportingInstance',
  'source',
] as const;

/** Source: core, validation.legacyValidateEvent: all there is for core/v1. */
export function validateCore(event: CoreEvent): StatusCause[] {
  return validateEvent(event, 'reportingComponent');
}

/** Paths are those of the stored Event, as Kubernetes reports them. Source: core, validation.ValidateEventCreate. */
export function validateEventsV1(object: EventsV1Event): StatusCause[] {
  const event = toCore(object);
  // An object that is stored already may be an older client's, for which the strict rules never held.
  const isNew = !object.metadata.resourceVersion;
  return [...validateEvent(event, 'reportingController'), ...(isNew ? validateStrictly(event) : [])];
}

function validateStrictly(event: CoreEvent): StatusCause[] {
  const { eventTime, type = '', firstTimestamp, lastTimestamp, count, source } = event;
  const unset = Object.entries({
    firstTimestamp,
    lastTimestamp,
    count: count || undefined,
    source: source?.component || source?.host,
  }).filter(([, value]) => value);
  return [
    ...validateSeries(event),
    ...(eventTime ? [] : [required('eventTime')]),
    ...(type === 'Normal' || type === 'Warning' ? [] : [invalid('type', '', `has invalid value: ${type}`)]),
    ...unset.map(([field]) => invalid(field, '', 'needs to be unset')),
  ];
}

export function validateEventsV1Update(object: EventsV1Event, oldObject: EventsV1Event): StatusCause[] {
  const event = toCore(object);
  const old = toCore(oldObject);
  const changed = FIXED_FIELDS.filter((field) => !isSame(event[field], old[field]));
  return [
    ...(isSame(event.series, old.series) ? [] : validateSeries(event)),
    ...changed.map((field) => immutable(field, event[field])),
    ...(isSame(event.reportingComponent, old.reportingComponent)
      ? []
      : [immutable('reportingController', event.reportingComponent)]),
  ];
}

/** Go clients send what is not set as '', 0 or {}. */
function isSame(value: unknown, old: unknown): boolean {
  return isDeepStrictEqual(value, old) || (isBlank(value) && isBlank(old));
}

function isBlank(value: unknown): boolean {
  return !value || (typeof value === 'object' && Object.keys(value).length === 0);
}

function validateEvent(event: CoreEvent, controllerField: string): StatusCause[] {
  const namespace = event.metadata.namespace ?? '';
  return [
    ...(event.eventTime ? validateNew(event, controllerField) : validateNamespace(event)),
    ...invalidEach('namespace', namespace, checkDns1123Subdomain(namespace)),
  ];
}

/** Events about what has no namespace are kept in `default`. */
function validateNamespace({ metadata: { namespace }, involvedObject }: CoreEvent): StatusCause[] {
  const involved = involvedObject?.namespace ?? '';
  if (involved === '' ? !namespace || namespace === 'default' : namespace === involved) return [];
  return [invalid('involvedObject.namespace', involved, 'does not match event.namespace')];
}

/** With eventTime set: written by a recorder of events.k8s.io/v1, whichever version it came in. */
function validateNew(event: CoreEvent, controllerField: string): StatusCause[] {
  const { metadata, involvedObject, reportingComponent = '', reportingInstance = '', action = '', reason = '' } = event;
  const isElsewhere =
    !involvedObject?.namespace && metadata.namespace !== 'default' && metadata.namespace !== 'kube-system';
  return [
    ...(isElsewhere ? [invalid('involvedObject.namespace', '', 'does not match event.namespace')] : []),
    ...(reportingComponent ? [] : [required(controllerField)]),
    ...invalidEach(controllerField, reportingComponent, checkQualifiedName(reportingComponent)),
    ...validateText('reportingInstance', reportingInstance),
    ...validateText('action', action),
    ...validateText('reason', reason),
    ...validateLength('message', event.message ?? '', MAX_NOTE),
  ];
}

function validateText(field: string, value: string): StatusCause[] {
  return value ? validateLength(field, value, MAX_TEXT) : [required(field)];
}

function validateLength(field: string, value: string, max: number): StatusCause[] {
  return Buffer.byteLength(value) > max ? [invalid(field, '', `can have at most ${max} characters`)] : [];
}

function validateSeries({ series }: CoreEvent): StatusCause[] {
  if (!series) return [];
  return [
    ...((series.count ?? 0) < 2 ? [invalid('series.count', '', 'should be at least 2')] : []),
    ...(series.lastObservedTime ? [] : [required('series.lastObservedTime')]),
  ];
}
