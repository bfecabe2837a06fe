import { ageText } from '../../meta/age.ts';
import type { Column } from '../../registry.ts';
import type { CoreEvent } from '../../types.ts';

/** Of both versions: the other one is converted first. */
export const EVENT_COLUMNS: readonly Column<CoreEvent>[] = [
  text('Last Seen', 0, 'Time since it happened last.', lastSeen),
  text('Type', 0, 'Normal or Warning.', ({ type }) => type ?? ''),
  text('Reason', 0, 'What happened, in one word.', ({ reason }) => reason ?? ''),
  text('Object', 0, 'What it happened to.', objectText),
  text('Subobject', 1, 'Part of the object.', ({ involvedObject }) => involvedObject?.fieldPath ?? ''),
  text('Source', 1, 'Component that reported it, and where that ran.', sourceText),
  text('Message', 0, 'What happened, in a sentence.', ({ message = '' }) => message.trim()),
  text('First Seen', 1, 'Time since it happened first.', firstSeen),
  {
    name: 'Count',
    type: 'string',
    description: 'How often it happened.',
    priority: 1,
    cell: ({ series, count }) => (series ? (series.count ?? 0) : count || 1),
  },
  {
    name: 'Name',
    type: 'string',
    format: 'name',
    description: 'Name of the Event.',
    priority: 1,
    cell: ({ metadata }) => metadata.name,
  },
];

function text(
  name: string,
  priority: 0 | 1,
  description: string,
  cell: (event: CoreEvent, nowMs: number) => string,
): Column<CoreEvent> {
  return { name, type: 'string', description, priority, cell };
}

/** Recorders of events.k8s.io/v1 set eventTime and no first and last. */
function firstSeen({ firstTimestamp, eventTime }: CoreEvent, nowMs: number): string {
  return ageText(firstTimestamp ?? eventTime, nowMs);
}

function lastSeen(event: CoreEvent, nowMs: number): string {
  if (event.series) return ageText(event.series.lastObservedTime, nowMs);
  return event.lastTimestamp ? ageText(event.lastTimestamp, nowMs) : firstSeen(event, nowMs);
}

function objectText({ involvedObject }: CoreEvent): string {
  const kind = (involvedObject?.kind ?? '').toLowerCase();
  return involvedObject?.name ? `${kind}/${involvedObject.name}` : kind;
}

function sourceText({ source, reportingComponent, reportingInstance }: CoreEvent): string {
  const component = source?.component || reportingComponent || '';
  const instance = source?.host || reportingInstance;
  return instance ? `${component}, ${instance}` : component;
}
