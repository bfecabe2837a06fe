import assert from 'node:assert/strict';
import type { CoreEvent, EventsV1Event } from '../types.ts';
import { EVENT } from './event.ts';
import { EVENTS_V1 } from './events-v1.ts';

const NOW = Date.parse('2026-01-01T01:00:00Z');

function aCoreEvent(part: Partial<CoreEvent> = {}): CoreEvent {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'web.1', namespace: 'default' },
    involvedObject: { kind: 'Pod', name: 'web', namespace: 'default', fieldPath: 'spec.containers{web}' },
    reason: 'Pulled',
    message: ' Pulled it\n',
    type: 'Normal',
    source: { component: 'kubelet', host: 'pi1' },
    firstTimestamp: '2026-01-01T00:00:00Z',
    lastTimestamp: '2026-01-01T00:59:00Z',
    count: 3,
    ...part,
  };
}

function aNewEvent(part: Partial<EventsV1Event> = {}): EventsV1Event {
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: 'web.2', namespace: 'default' },
    regarding: { kind: 'Pod', name: 'web', namespace: 'default' },
    eventTime: '2026-01-01T00:00:00.000000Z',
    reportingController: 'default-scheduler',
    reportingInstance: 'default-scheduler-m',
    action: 'Binding',
    reason: 'Scheduled',
    note: 'Assigned',
    type: 'Normal',
    ...part,
  };
}

describe('a core Event', () => {
  const cases: [title: string, part: Partial<CoreEvent>, causes: string[]][] = [
    ['is right', {}, []],
    [
      'lies beside what it is about',
      { involvedObject: { kind: 'Pod', namespace: 'other' } },
      ['involvedObject.namespace: Invalid value: "other": does not match event.namespace'],
    ],
    ['lies in default when that has no namespace', { involvedObject: { kind: 'Node', name: 'pi1' } }, []],
    [
      'does not lie elsewhere then',
      { metadata: { name: 'x', namespace: 'team' }, involvedObject: { kind: 'Node', name: 'pi1' } },
      ['involvedObject.namespace: Invalid value: "": does not match event.namespace'],
    ],
    [
      'says who reports it when it has a time of its own',
      { eventTime: '2026-01-01T00:00:00Z', reportingInstance: 'x'.repeat(129) },
      [
        'reportingComponent: Required value',
        'reportingComponent: Invalid value: "": name part must be non-empty',
        `reportingComponent: Invalid value: "": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
        'reportingInstance: Invalid value: "": can have at most 128 characters',
        'action: Required value',
      ],
    ],
  ];
  for (const [title, part, causes] of cases) {
    it(title, () => {
      assert.deepEqual(
        EVENT.strategy.validate(aCoreEvent(part)).map(({ field, message }) => `${field}: ${message}`),
        causes,
      );
    });
  }

  it('shows when, what and how often', () => {
    const cells = EVENT.columns.map(({ cell }) => cell(aCoreEvent(), NOW));
    const first = ['60s', 'Normal', 'Pulled', 'pod/web', 'spec.containers{web}', 'kubelet, pi1', 'Pulled it', '60m', 3];
    assert.deepEqual(cells, [...first, 'web.1']);
  });

  it('is selected by what it is about', () => {
    const fields = EVENT.selectableFields?.(aCoreEvent()) ?? {};
    assert.equal(fields['involvedObject.name'], 'web');
    assert.equal(fields['involvedObject.uid'], '');
    assert.equal(fields.source, 'kubelet');
    assert.equal(fields.reason, 'Pulled');
  });
});

describe('an events.k8s.io Event', () => {
  const { storedAs, strategy, columns } = EVENTS_V1;

  it('comes back from the store as it went in', () => {
    assert.ok(storedAs);
    const event = aNewEvent({ series: { count: 2, lastObservedTime: '2026-01-01T00:30:00.000000Z' } });
    assert.deepEqual(storedAs.fromStored(storedAs.toStored(structuredClone(event))), event);
    const core = aCoreEvent();
    assert.deepEqual(storedAs.toStored(storedAs.fromStored(structuredClone(core)) as EventsV1Event), core);
  });

  it('is stored under the older names', () => {
    const stored = storedAs?.toStored(aNewEvent()) as CoreEvent;
    assert.equal(stored.apiVersion, 'v1');
    assert.equal(stored.message, 'Assigned');
    assert.equal(stored.involvedObject.name, 'web');
    assert.equal(stored.reportingComponent, 'default-scheduler');
  });

  it('shows its series', () => {
    const event = aNewEvent({ series: { count: 7, lastObservedTime: '2026-01-01T00:30:00.000000Z' } });
    const cells = columns.map(({ cell }) => cell(event, NOW));
    const source = 'default-scheduler, default-scheduler-m';
    assert.deepEqual(cells, ['30m', 'Normal', 'Scheduled', 'pod/web', '', source, 'Assigned', '60m', 7, 'web.2']);
  });

  const cases: [title: string, part: Partial<EventsV1Event>, causes: string[]][] = [
    ['is right', {}, []],
    [
      'takes no old fields when it is new',
      { deprecatedCount: 1, deprecatedSource: { component: 'a' }, deprecatedFirstTimestamp: '2026-01-01T00:00:00Z' },
      [
        'firstTimestamp: Invalid value: "": needs to be unset',
        'count: Invalid value: "": needs to be unset',
        'source: Invalid value: "": needs to be unset',
      ],
    ],
    ['takes empty old fields', { deprecatedCount: 0, deprecatedSource: {} }, []],
    ['is Normal or Warning', { type: 'Odd' }, ['type: Invalid value: "": has invalid value: Odd']],
    [
      'has a series from the second time on',
      { series: { count: 1, lastObservedTime: '2026-01-01T00:00:00Z' } },
      ['series.count: Invalid value: "": should be at least 2'],
    ],
    [
      'is let alone when an older client wrote it',
      { metadata: { name: 'x', namespace: 'default', resourceVersion: '1' }, deprecatedCount: 1 },
      [],
    ],
  ];
  for (const [title, part, causes] of cases) {
    it(title, () => {
      assert.deepEqual(
        strategy.validate(aNewEvent(part)).map(({ field, message }) => `${field}: ${message}`),
        causes,
      );
    });
  }

  it('changes its series only', () => {
    const series = { count: 2, lastObservedTime: '2026-01-01T00:30:00Z' };
    assert.deepEqual(strategy.validateUpdate?.(aNewEvent({ series, deprecatedSource: {} }), aNewEvent()), []);
    const found = strategy.validateUpdate?.(aNewEvent({ note: 'b', reportingController: 'c' }), aNewEvent()) ?? [];
    assert.deepEqual(
      found.map(({ field, message }) => `${field}: ${message}`),
      [
        'message: Invalid value: "b": field is immutable',
        'reportingController: Invalid value: "c": field is immutable',
      ],
    );
  });
});
